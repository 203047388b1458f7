"""An assistant that finds out by itself which blocks and graphs it needs, and runs them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from pydantic import Field

from blocks.base import BlockError, Example, NodeCall, Pins, PinValue, Suspend, WaitsFor
from blocks.library.agent_talk import Talk, WantedCall, result_text
from blocks.library.autopilot_tools import (
    Errand,
    chosen_blocks,
    chosen_tools,
    errand_for,
    find_blocks,
    find_graphs,
    run_errand,
)
from blocks.library.llm import AiBlock, ModelPins, conversation
from blocks.limits import json_size
from blocks.ports import MAX_KEPT_BYTES, ChatReply, Ports
from blocks.registry import register

MAX_STEPS = 50  # questions to the model
MAX_REMEMBERED = 100  # messages of a session
_SYSTEM = (
    "You help the user with blocks and graphs. Find those that help, run them, and never make up what they"
    " could tell you. Answer once you know enough."
)
_ERRAND = {"block_id": "calculator_block", "inputs": {"operation": "Add", "a": 1, "b": 2}}
_CALL = {"tool_call_id": "call_1", "tool_name": "run_block", "input": _ERRAND}


@register
class AutoPilot(AiBlock["AutoPilot.Input"]):
    id = "autopilot_block"
    aliases = ("c069dc6b-c3ed-4c12-b6e5-d47361e64ce6",)
    name = "AutoPilot"
    description = (
        "An assistant that finds and runs blocks and your graphs by itself until it can answer. It runs blocks"
        " that cost nothing, need no credential and do no harm twice; for everything else it runs a graph."
    )
    icon = "robot"
    limits = "At most 50 questions to the model; of a session, the last 100 messages are remembered, 1 MB at most."

    class Input(ModelPins):
        prompt: str = Field(description="What it is to do.")
        system_context: str = Field(default="", description="What else it should know.")
        session_id: str = Field(
            default="",
            max_length=100,
            description="The session that goes on, shared by all your graphs; a name that is new begins one.",
        )
        max_recursion_depth: int = Field(
            default=3, ge=1, le=10, description="How deep runs may be nested by the graphs it runs."
        )
        tools: list[str] = Field(
            default=[], description="Names of tools: find_block, run_block, find_graph, run_graph."
        )
        tools_exclude: bool = Field(
            default=True,
            description="Whether it has all tools but these; otherwise it has these alone.",
        )
        blocks: list[str] = Field(default=[], description="Blocks by id or name.")
        blocks_exclude: bool = Field(
            default=True,
            description="Whether it may run all blocks but these; otherwise these alone.",
        )
        dry_run: bool = Field(
            default=False, description="Only look: what it would run is told, and not run."
        )
        errand: Errand | None = Field(
            default=None,
            description="Filled by the block itself: what another firing of the node runs for it.",
        )

    class Output(Pins):
        response: str = Field(description="What it answers in the end.")
        tool_calls: list[dict[str, Any]] = Field(
            description="What it did: tool_call_id, tool_name, input, output, success."
        )
        conversation_history: str = Field(description="All messages, as JSON.")
        session_id: str = Field(description="The session, to go on with later.")
        token_usage: dict[str, int] = Field(
            description="prompt_tokens, completion_tokens and total_tokens."
        )
        errand_outputs: dict[str, list[Any]] = Field(
            description="What another firing gave, for the one that answers."
        )

    examples = (
        Example(
            given={"prompt": "Hello", "session_id": "tea"},
            answers=[{"text": "Hi!", "input_tokens": 9, "output_tokens": 2}],
            yields=[
                ("response", "Hi!"),
                ("tool_calls", []),
                ("conversation_history", str),
                ("session_id", "tea"),
                (
                    "token_usage",
                    {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
                ),
            ],
        ),
        Example(
            given={"prompt": "1 + 2?"},
            memory={
                "messages": [{"role": "user", "content": "1 + 2?"}],
                "calls": [{**_CALL, "errand": _ERRAND}],
                "steps": 1,
                "tokens": [9, 2],
            },
            goes_on={
                "by": "tools",
                "data": {
                    "results": [
                        {
                            "id": "call_1",
                            "outputs": {"errand_outputs": [{"result": [3]}]},
                            "error": "",
                        }
                    ]
                },
            },
            answers=[{"text": "It is 3."}],
            yields=[
                ("response", "It is 3."),
                ("tool_calls", [{**_CALL, "output": "3", "success": True}]),
                ("conversation_history", str),
                ("session_id", str),
                ("token_usage", dict),
            ],
        ),
        Example(
            given={"prompt": "1 + 2?", "errand": _ERRAND},
            yields=[("errand_outputs", {"result": [3]})],
        ),
        Example(
            given={"prompt": "Hello", "tools": ["bash"], "tools_exclude": False},
            error='There is no tool "bash"',
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.errand:
            yield "errand_outputs", run_errand(data.errand, data.max_recursion_depth, ports)
        else:
            yield from _Loop(data, ports).go_on()


class _Loop:
    """Ask, do what is asked for, ask again. Between two steps everything is in the node execution's row.

    A block or graph that is wanted is run by another firing of the same node: it is seen, kept and limited as every
    node execution is.
    """

    def __init__(self, data: AutoPilot.Input, ports: Ports) -> None:
        self._data = data
        self._ports = ports
        self._tools = chosen_tools(data.tools, is_all_but=data.tools_exclude)
        self._blocks = chosen_blocks(data.blocks, is_all_but=data.blocks_exclude)
        self._session = data.session_id or str(uuid5(NAMESPACE_OID, ports.run.idempotency_key))
        kept = ports.run.memory or {"messages": self._begin()}
        self._talk = Talk([*kept["messages"]])
        self._calls: list[dict[str, Any]] = [*kept.get("calls", ())]  # as `tool_calls` tells them
        self._steps: int = kept.get("steps", 0)
        self._tokens: list[int] = [*kept.get("tokens", (0, 0))]

    def go_on(self) -> Iterator[PinValue]:
        """Take in what was run, and ask the model."""
        answer = self._ports.run.answer
        if answer and answer.by == WaitsFor.TOOLS:
            for result in answer.data["results"]:
                self._note(result["id"], _told(result), is_good=not result["error"])
        reply = self._asked()
        errands = [
            NodeCall(call["tool_call_id"], self._ports.run.node_id, self._inputs(call["errand"]))
            for call in self._calls
            if "errand" in call
        ]
        if errands:
            raise Suspend(WaitsFor.TOOLS, memory=self._memory(), calls=errands)
        if reply.tool_calls:
            raise Suspend(WaitsFor.TIMER, seconds=0, memory=self._memory())
        yield from self._end(reply.text)

    def _begin(self) -> list[dict[str, str]]:
        if not self._data.prompt.strip():
            raise BlockError("The prompt is empty")
        system = f"{_SYSTEM}\n\n{self._data.system_context}".strip()
        question = {"role": "user", "content": self._data.prompt}
        return [{"role": "system", "content": system}, *self._remembered(), question]

    def _remembered(self) -> list[dict[str, str]]:
        kept = self._ports.storage.find(self._key, is_shared=True)
        if kept and not isinstance(kept.value, list):
            raise BlockError(f'What is kept as "{self._key}" is no session')
        return conversation(kept.value) if kept else []

    @property
    def _key(self) -> str:
        return f"autopilot/{self._session}"

    def _asked(self) -> ChatReply:
        if self._steps >= MAX_STEPS:
            raise BlockError(
                f"The AutoPilot was not done after asking the model {MAX_STEPS} times",
                code="agent_limit",
            )
        request = self._data.request(self._talk.messages, self._ports, tools=self._tools)
        reply = self._ports.llm.chat(request)
        self._steps += 1
        self._tokens[0] += reply.input_tokens
        self._tokens[1] += reply.output_tokens
        for wanted in self._talk.add_reply(reply, self._tools):
            self._begin_call(wanted)
        return reply

    def _begin_call(self, wanted: WantedCall) -> None:
        """Look at once where looking is enough; note down what another firing is to run."""
        call: dict[str, Any] = {
            "tool_call_id": wanted.id,
            "tool_name": wanted.tool.name,
            "input": dict(wanted.arguments),
        }
        self._calls.append(call)
        try:
            if wanted.tool.name == "find_block":
                found = find_blocks(str(wanted.arguments["query"]), self._blocks)
            elif wanted.tool.name == "find_graph":
                found = find_graphs(str(wanted.arguments["query"]), self._ports)
            elif self._data.dry_run:
                found = "This is a dry run: it was not run."
            else:
                errand = errand_for(wanted.tool.name, wanted.arguments, self._blocks)
                call["errand"] = errand.model_dump()
                return
            self._note(wanted.id, found)
        except BlockError as error:
            self._note(wanted.id, result_text({}, str(error)), is_good=False)

    def _inputs(self, errand: dict[str, Any]) -> dict[str, Any]:
        depth = self._data.max_recursion_depth
        return {"prompt": self._data.prompt, "errand": errand, "max_recursion_depth": depth}

    def _note(self, id_: str, output: str, *, is_good: bool = True) -> None:
        self._talk.add_result(id_, output)
        call = next(each for each in self._calls if each["tool_call_id"] == id_)
        call.pop("errand", None)
        call |= {"output": self._talk.messages[-1]["content"], "success": is_good}

    def _memory(self) -> dict[str, Any]:
        return {
            "messages": self._talk.messages,
            "calls": self._calls,
            "steps": self._steps,
            "tokens": self._tokens,
        }

    def _end(self, text: str) -> Iterator[PinValue]:
        yield "response", text
        yield "tool_calls", self._calls
        yield "conversation_history", json.dumps(self._talk.messages, ensure_ascii=False)
        yield "session_id", self._session
        taken, given = self._tokens
        usage = {"prompt_tokens": taken, "completion_tokens": given, "total_tokens": taken + given}
        yield "token_usage", usage
        self._remember(text)

    def _remember(self, text: str) -> None:
        said = [
            {"role": "user", "content": self._data.prompt},
            {"role": "assistant", "content": text},
        ]
        remembered = self._remembered()
        if remembered[-2:] != said:  # else an attempt that was lost has done so
            messages = [*remembered, *said][-MAX_REMEMBERED:]
            while len(messages) > 2 and json_size(messages) > MAX_KEPT_BYTES:
                messages = messages[2:]
            self._ports.storage.keep(self._key, messages, is_shared=True)


def _told(result: Mapping[str, Any]) -> str:
    """What a model is told of what was run."""
    outputs: list[dict[str, list[Any]]] = result["outputs"].get("errand_outputs") or [{}]
    return result_text(outputs[0], result["error"])

"""An agent: a language model that chooses among tools, until it has an answer or a limit is reached."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from blocks.base import BlockError, Example, NodeCall, Pins, PinValue, Suspend, WaitsFor
from blocks.library.agent_talk import Talk, WantedCall, result_text
from blocks.library.llm import UNUSED, AiBlock, ModelPins
from blocks.library.prompts import fill
from blocks.ports import ChatRequest, NodeTool, Ports
from blocks.registry import register
from blocks.values import as_text

MAX_STEPS = 100
_DAY = 86_400.0
_SYSTEM = (
    "Use the tools that you are given to do what the user wants. Never make up what a tool could tell"
    " you. Answer without a tool once you know enough."
)
_ADD = NodeTool(
    name="add",
    description="Adds two numbers.",
    parameters={"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"]},
    node_id="sum",
    pins={"a": "a", "b": "b"},
)
_ASKED = {"id": "c1", "name": "add", "arguments": '{"a": 1, "b": 2}'}
_TALK = [
    {"role": "user", "content": "1 + 2?"},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'},
            }
        ],
    },
]


@register
class Agent(AiBlock["Agent.Input"]):
    id = "agent_block"
    aliases = ("3b191d9f-356f-482d-8238-ba04b6d18381",)
    name = "Agent"
    description = (
        "Lets a language model choose among tools. Link the pin tools to pins of other nodes: each node is a"
        " tool, the linked pins are what the model gives it."
    )

    returns = frozenset({"conversation_history", "last_tool_output"})
    icon = "robot"

    class Input(ModelPins):
        prompt: str = Field(
            default="",
            description=(
                "What the agent is to do. {name} is replaced by the prompt value. Not needed while a conversation"
                " goes on."
            ),
        )
        sys_prompt: str = Field(default=_SYSTEM, description="How the agent should behave.")
        prompt_values: dict[str, Any] = Field(
            default={}, description="Variables for the prompts by name."
        )
        conversation_history: list[Any] | None = Field(
            default=[], description="Messages that came before."
        )
        last_tool_output: Any = Field(
            default=None,
            description="What the tool gave, where links lead back; for a single step only.",
        )
        multiple_tool_calls: bool = Field(
            default=False, description="Whether the model may ask for several tools at once."
        )
        agent_mode_max_iterations: int = Field(
            default=0,
            ge=-1,
            le=MAX_STEPS,
            description=(
                "How often the model may be asked; its tools are run, and it is told what they gave. -1: up to"
                " a hundred times. 0: once, and its arguments are sent along the links."
            ),
        )
        max_seconds: float = Field(
            default=3600, gt=0, le=7 * _DAY, description="How long the agent may take."
        )
        max_cost: int | None = Field(
            default=None, ge=1, description="Credits that it and its tools may cost; empty: any."
        )
        retry: int = Field(
            default=3, ge=0, le=10, description="How often to ask when calls cannot be made."
        )
        execution_mode: str = Field(default="built_in", description=UNUSED)
        conversation_compaction: bool = Field(default=True, description=UNUSED)

    class Output(Pins):
        model_config = ConfigDict(extra="allow")

        tools: Any = Field(default=None, description="Leads to the nodes that are tools.")
        finished: str = Field(description="What the agent answers in the end.")
        conversations: list[dict[str, Any]] = Field(description="All messages so far.")

    examples = (
        Example(
            given={"prompt": "1 + 2?", "sys_prompt": ""},
            tools=[_ADD],
            answers=[{"tool_calls": [_ASKED]}],
            yields=[
                ("tools_^_sum_~_a", 1),
                ("tools_^_sum_~_b", 2),
                ("conversations", _TALK),
            ],
        ),
        Example(
            given={"prompt": "1 + 2?", "conversation_history": _TALK, "last_tool_output": 3},
            tools=[_ADD],
            answers=[{"text": "It is 3."}],
            yields=[("finished", "It is 3."), ("conversations", list)],
        ),
        Example(
            given={"prompt": "1 + 2?", "agent_mode_max_iterations": 5},
            tools=[_ADD],
            memory={
                "messages": _TALK,
                "tools": [asdict(_ADD)],
                "steps": 1,
                "began": "2026-01-31T09:30:00+00:00",
            },
            goes_on={
                "by": "tools",
                "data": {
                    "results": [{"id": "call_1", "outputs": {"result": [3]}, "error": ""}],
                    "spent": 1,
                },
            },
            answers=[{"text": "It is 3."}],
            yields=[("finished", "It is 3."), ("conversations", list)],
        ),
        Example(
            given={"prompt": "1 + 2?", "retry": 2},
            tools=[_ADD],
            answers=[{"tool_calls": [{"id": "", "name": "sub", "arguments": "{}"}]}] * 2,
            error='there is no tool "sub"',
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.agent_mode_max_iterations == 0:
            yield from _single_step(data, ports)
        else:
            yield from _Loop(data, ports).go_on()


def _begin(data: Agent.Input, ports: Ports) -> Talk:
    """The conversation up to the question."""
    talk = Talk.of(data.conversation_history or [])
    system = fill(data.sys_prompt, data.prompt_values, ports.templates)
    if system and not any(message["role"] == "system" for message in talk.messages):
        talk.messages.insert(0, {"role": "system", "content": system})
    prompt = fill(data.prompt, data.prompt_values, ports.templates)
    if not prompt.strip():
        raise BlockError("The prompt is empty")
    talk.add("user", prompt)
    return talk


def _request(data: Agent.Input, ports: Ports, talk: Talk, tools: list[NodeTool]) -> ChatRequest:
    return data.request(talk.messages, ports, tools=tools, parallel_tools=data.multiple_tool_calls)


def _single_step(data: Agent.Input, ports: Ports) -> Iterator[PinValue]:
    """Ask once; links lead to the tools, and from them back to here."""
    tools = [*ports.tools.available()]
    talk = Talk.of(data.conversation_history or [])
    pending = talk.pending()
    if pending and data.last_tool_output is not None:
        talk.add_result(pending.pop(0), as_text(data.last_tool_output))
    elif not pending:
        talk = _begin(data, ports)
    if not pending:
        yield from _asked(data, ports, talk, tools)
    yield "conversations", talk.messages  # with calls pending it goes on when their results come


def _asked(
    data: Agent.Input, ports: Ports, talk: Talk, tools: list[NodeTool]
) -> Iterator[PinValue]:
    """What the model answers, once it is an answer or calls that can be made."""
    for _ in range(max(1, data.retry)):
        reply = ports.llm.chat(_request(data, ports, talk, tools))
        wanted = talk.add_reply(reply, tools)
        for call in wanted:
            inputs = call.tool.inputs(call.arguments)
            for pin in call.tool.pins.values() or inputs:
                yield f"tools_^_{call.tool.node_id}_~_{pin}", inputs.get(pin)
        if wanted:
            return
        if not reply.tool_calls:
            yield "finished", reply.text
            return
    raise BlockError(f"The model asks for what is not there. {talk.messages[-1]['content']}")


class _Loop:
    """Ask, have the tools run, ask again. Between two questions everything is in the node execution's row."""

    def __init__(self, data: Agent.Input, ports: Ports) -> None:
        self._data = data
        self._ports = ports
        kept = ports.run.memory
        if kept is None:
            self._talk = _begin(data, ports)
            self._tools = [*ports.tools.available()]
            self._steps, self._spent, self._began = 0, 0, ports.run.now()
        else:
            self._talk = Talk([*kept["messages"]])
            self._tools = [NodeTool(**tool) for tool in kept["tools"]]
            self._steps, self._spent = kept["steps"], kept.get("spent", 0)
            self._began = datetime.fromisoformat(kept["began"])

    def go_on(self) -> Iterator[PinValue]:
        """Take in what the tools gave, and ask the model."""
        answer = self._ports.run.answer
        if answer and answer.by == WaitsFor.TOOLS:
            self._spent = answer.data["spent"]
            for result in answer.data["results"]:
                text = result_text(result["outputs"], result["error"])
                self._talk.add_result(result["id"], text)
        problem = self._limit()
        if problem:
            yield "conversations", self._talk.messages
            raise BlockError(problem, code="agent_limit")
        reply = self._ports.llm.chat(_request(self._data, self._ports, self._talk, self._tools))
        self._steps += 1
        wanted = self._talk.add_reply(reply, self._tools)
        if reply.tool_calls:
            raise self._wait_for(wanted)
        yield "finished", reply.text
        yield "conversations", self._talk.messages

    def _limit(self) -> str:
        """The sentence that says which limit is reached, or nothing."""
        data = self._data
        steps = data.agent_mode_max_iterations if data.agent_mode_max_iterations > 0 else MAX_STEPS
        if self._seconds_left() <= 0:
            return f"The agent was not done after {data.max_seconds:g} seconds"
        if self._steps >= steps:
            return f"The agent was not done after asking the model {steps} times"
        if data.max_cost is not None and self._spent >= data.max_cost:
            return f"The agent was not done after spending {self._spent} credits"
        return ""

    def _seconds_left(self) -> float:
        taken = (self._ports.run.now() - self._began).total_seconds()
        return self._data.max_seconds - taken

    def _wait_for(self, wanted: list[WantedCall]) -> Suspend:
        """Keep what was said. Without calls that can be made it goes on at once."""
        calls = [
            NodeCall(call.id, call.tool.node_id, call.tool.inputs(call.arguments))
            for call in wanted
        ]
        memory = {
            "messages": self._talk.messages,
            "tools": [asdict(tool) for tool in self._tools],
            "steps": self._steps,
            "spent": self._spent,
            "began": self._began.isoformat(),
        }
        if not calls:
            return Suspend(WaitsFor.TIMER, seconds=0, memory=memory)
        seconds = max(self._seconds_left(), 0.0)
        return Suspend(WaitsFor.TOOLS, seconds=seconds, memory=memory, calls=calls)

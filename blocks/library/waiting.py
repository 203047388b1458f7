"""Blocks that wait without a worker: for time to pass, for a person, for another graph."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue, Suspend, WaitsFor
from blocks.ports import Answer, Ports
from blocks.registry import register

_YEAR = 366 * 86_400.0


@register
class Wait(Block["Wait.Input"]):
    id = "wait_block"
    name = "Wait"
    description = "Passes a value on after some time, or at a given moment."
    category = "control"
    icon = "hourglass"

    class Input(Pins):
        value: Any = Field(default=None, description="The value to pass on.")
        seconds: float = Field(default=0, ge=0, le=_YEAR, description="How long to wait.")
        until: datetime | None = Field(
            default=None, description="The moment to wait for, instead of a number of seconds."
        )

    class Output(Pins):
        value: Any = Field(description="The value, once the time has come.")

    examples = (
        Example(given={"value": "tea", "seconds": 0}, yields=[("value", "tea")]),
        Example(given={"value": 1, "until": "2020-01-01T00:00:00Z"}, yields=[("value", 1)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        seconds = data.seconds
        if data.until:
            now = ports.run.now()
            until = data.until if data.until.tzinfo else data.until.replace(tzinfo=now.tzinfo)
            seconds = (until - now).total_seconds()
        if seconds > 0 and ports.run.answer is None:
            raise Suspend(WaitsFor.TIMER, seconds=min(seconds, _YEAR))
        yield "value", data.value


class Verdict(StrEnum):
    """What happens when nobody answers in time."""

    APPROVE = "approve"
    REJECT = "reject"
    FAIL = "fail"


@register
class HumanApproval(Block["HumanApproval.Input"]):
    id = "human_in_the_loop_block"
    aliases = ("8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d",)
    name = "Human approval"
    description = "Shows data to a person and goes on with what they decide."
    category = "control"
    icon = "user-check"

    class Input(Pins):
        data: Any = Field(description="What the person is asked to approve.")
        name: str = Field(description="What this is about, in a few words.")
        editable: bool = Field(default=True, description="Whether the person may change the data.")
        deadline: float | None = Field(
            default=None,
            gt=0,
            le=_YEAR,
            description="Seconds until the default applies; none to wait for ever.",
        )
        default: Verdict = Field(
            default=Verdict.FAIL, description="What to do when nobody answers in time."
        )

    class Output(Pins):
        approved_data: Any = Field(description="The data, if it was approved; perhaps changed.")
        rejected_data: Any = Field(description="The data, if it was rejected.")
        review_message: str = Field(description="What the person said about it.")

    examples = (
        Example(
            given={"data": {"amount": 5}, "name": "Pay this bill?"},
            goes_on={"by": "person", "data": {"approved": True}},
            yields=[("approved_data", {"amount": 5})],
        ),
        Example(
            given={"data": "Dear all", "name": "Send this mail?"},
            goes_on={"by": "person", "data": {"approved": False, "message": "Too short"}},
            yields=[("rejected_data", "Dear all"), ("review_message", "Too short")],
        ),
        Example(
            given={"data": 1, "name": "Go on?", "deadline": 60},
            goes_on={"by": "timer", "data": {}},
            error="Nobody answered in time",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        answer = ports.run.answer
        if answer is None:
            raise Suspend(WaitsFor.PERSON, seconds=data.deadline)
        if answer.by == WaitsFor.TIMER:
            yield from self._by_default(data)
            return
        is_edited = data.editable and answer.data.get("data") is not None
        value = answer.data["data"] if is_edited else data.data
        yield ("approved_data" if answer.data.get("approved") else "rejected_data"), value
        if answer.data.get("message"):
            yield "review_message", answer.data["message"]

    def _by_default(self, data: Input) -> Iterator[PinValue]:
        if data.default is Verdict.FAIL:
            raise BlockError("Nobody answered in time", code="no_answer")
        yield ("approved_data" if data.default is Verdict.APPROVE else "rejected_data"), data.data


@register
class RunGraph(Block["RunGraph.Input"]):
    id = "agent_executor_block"
    aliases = ("e189baac-8c20-45a1-94a7-55177ea42565",)
    name = "Run a graph"
    description = "Runs another of your graphs and sends on what it gives; its inputs and outputs become pins."
    category = "control"
    icon = "sitemap"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        model_config = ConfigDict(extra="allow")

        graph_id: str = Field(description="The graph to run.")
        graph_version: int | None = Field(
            default=None, ge=1, description="Its version; the active one if empty."
        )
        inputs: dict[str, Any] = Field(
            default={}, description="Inputs by name; linked pins come on top."
        )
        agent_name: str | None = Field(default=None, description="The name to show.")
        user_id: str | None = Field(
            default=None, description="Not used: the graph runs for the owner of the run."
        )
        input_schema: dict[str, Any] = Field(
            default={}, description="The inputs of the graph, for the pins."
        )
        output_schema: dict[str, Any] = Field(
            default={}, description="The outputs of the graph, for the pins."
        )
        nodes_input_masks: dict[str, dict[str, Any]] | None = Field(
            default=None,
            description="Values for the pins of its nodes, by node, that count more than all others.",
        )

    class Output(Pins):
        model_config = ConfigDict(extra="allow")

    examples = (
        Example(
            given={"graph_id": "6e0f3d0e-58a0-4b8b-9d4e-0d6c6f1f5a10", "text": "hello"},
            goes_on={
                "by": "child",
                "data": {"status": "COMPLETED", "error": "", "outputs": {"summary": ["hi"]}},
            },
            yields=[("summary", "hi")],
        ),
        Example(
            given={"graph_id": "6e0f3d0e-58a0-4b8b-9d4e-0d6c6f1f5a10"},
            goes_on={
                "by": "child",
                "data": {"status": "FAILED", "error": "Fetch: no answer", "outputs": {}},
            },
            error="no answer",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if ports.run.answer is None:
            inputs = {**data.inputs, **(data.model_extra or {})}
            masks = data.nodes_input_masks or {}
            ports.graphs.start(data.graph_id, data.graph_version, inputs, masks)
            raise Suspend(WaitsFor.CHILD)
        yield from outputs_of(ports.run.answer)


def outputs_of(answer: Answer) -> Iterator[PinValue]:
    """What a child run has given. Raises `BlockError` when it did not complete."""
    for name, values in answer.data["outputs"].items():
        for value in values:
            yield name, value
    if answer.data["status"] != "COMPLETED":
        raise BlockError(answer.data["error"] or "The graph did not complete", code="child_failed")

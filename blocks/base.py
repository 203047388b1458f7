"""What a block is: one class with typed pins, a generator that yields (pin, value), and examples that are its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from blocks.credentials import Secret
    from blocks.ports import NodeTool, Ports

PinValue = tuple[str, Any]

ERROR_PIN = "error"


class Effect(StrEnum):
    """What running a block twice would do to the world; decides how the engine runs and retries it."""

    PURE = "pure"  # nothing: the engine runs it in memory and may run it again
    IDEMPOTENT = (
        "idempotent"  # nothing more than running it once: retried after a crash with the same key
    )
    AT_MOST_ONCE = "at_most_once"  # harm: never started again once it may have happened


class WaitsFor(StrEnum):
    """What a suspended block waits for."""

    TIMER = "timer"
    PERSON = "person"
    CHILD = "child"
    TOOLS = "tools"  # nodes that it has called
    APPROVAL = "approval"  # a person who lets a called node start


class Kind(StrEnum):
    """The part that a block plays in a graph."""

    STANDARD = "standard"
    INPUT = "input"  # takes the run input of its `name`
    OUTPUT = "output"  # gives a run output under its `name`
    NOTE = "note"  # never runs


class BlockError(Exception):
    """The block cannot do its work with these inputs; the message is a sentence for the user."""

    def __init__(
        self, message: str, *, code: str = "block_failed", retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


class Pins(BaseModel):
    """Base of every block's `Input` and `Output`: one field a pin."""

    model_config = ConfigDict(coerce_numbers_to_str=True, arbitrary_types_allowed=False)


@dataclass(frozen=True)
class NodeCall:
    """Another node of the graph that is to run with these inputs, for the block that waits for it."""

    id: str  # the block's own; what it gave is found by it
    node_id: str
    inputs: Mapping[str, Any]


class Suspend(Exception):  # noqa: N818 - not an error: the block goes on later
    """Raised by `run` to wait without a worker: for a moment in time, an answer, or both.

    The node execution waits as a row. When the time has come or the answer is there, `run` is called again, and
    `ports.run.answer` says what happened, `ports.run.memory` is what was left there. What was yielded before does
    not count. With `calls`, other nodes run meanwhile; the answer has what they gave.
    """

    def __init__(
        self,
        waits_for: WaitsFor,
        *,
        seconds: float | None = None,
        memory: Mapping[str, Any] | None = None,
        calls: Sequence[NodeCall] = (),
    ) -> None:
        super().__init__(waits_for)
        self.waits_for = waits_for
        self.seconds = seconds
        self.memory = memory
        self.calls = calls


InputT = TypeVar("InputT", bound=Pins)


@dataclass(frozen=True)
class Example:
    """Inputs and what they must yield, in order. Walked by the tests and shown in the documentation.

    `yields` may hold a type instead of a value where that is not predictable (a time, a random number).
    `answers` are the replies of the `http` and `llm` ports, in the order of the questions:
    {"status": 200, "headers": {…}, "body": "text"}, {"text": "…", "input_tokens": 1, "output_tokens": 1,
    "tool_calls": [{"id", "name", "arguments"}]} and {"vectors": […]}; "status", "text" or "tool_calls", and
    "vectors" are needed. {"error": "sentence", "retryable": True} stands for a failure.
    `mail` answers {"refused": […]}, {"mails": [{"uid", "content"}]} or {}.
    `sql` answers {"columns", "rows", "count"}.
    `mcp` answers {"tools": […]} or {"result": …}. `files` are stored before, by name, with their text.
    `knowledge` are documents in the collection "handbook". `secret` is what the block's credential stands for.
    `goes_on` is why a block that suspended itself goes on: {"by": "person", "data": {…}}, and `memory` what it
    left then. `tools` are the nodes that it may call.
    """

    given: Mapping[str, Any]
    yields: Sequence[tuple[str, Any]] = ()
    error: str = ""  # a part of the message, when the example shows a failure
    answers: Sequence[Mapping[str, Any]] = ()
    goes_on: Mapping[str, Any] | None = None
    secret: Secret | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    knowledge: Mapping[str, str] = field(default_factory=dict)
    memory: Mapping[str, Any] | None = None
    tools: Sequence[NodeTool] = ()


class Block(Generic[InputT]):
    """A kind of node. Subclass, fill the class attributes, write `run`, add `@register`."""

    id: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    name: ClassVar[str]
    description: ClassVar[str]
    category: ClassVar[str]
    icon: ClassVar[str] = (
        ""  # a symbol of the builder's `blocks.svg`; empty: the one of its category
    )
    # What is too much for it, in a sentence for people; what it begins with holds for every block.
    limits: ClassVar[str] = "One firing sends at most 100,000 values of 32 MB together."
    kind: ClassVar[Kind] = Kind.STANDARD
    effect: ClassVar[Effect] = Effect.PURE
    cost: ClassVar[int] = 0  # credits for one run
    static_output: ClassVar[bool] = False
    # What the engine does for blocks that direct the flow; told in docs/blocks.md.
    opens: ClassVar[frozenset[str]] = frozenset()
    at_once: ClassVar[str] = ""
    collects: ClassVar[str] = ""
    catches: ClassVar[bool] = False
    gathers: ClassVar[str] = ""
    takes_first: ClassVar[bool] = False
    counts: ClassVar[str] = ""
    returns: ClassVar[frozenset[str]] = frozenset()
    timeout: ClassVar[float] = 60.0  # seconds, for effectful blocks
    examples: ClassVar[Sequence[Example]] = ()

    Input: ClassVar[type[Pins]]
    Output: ClassVar[type[Pins]]

    def tools(self, inputs: Mapping[str, Any], ports: Ports) -> Sequence[NodeTool] | None:
        """The tools that a node with these inputs offers to a model; whose node they are is filled in later.

        None, the usual case: the node is one tool, whose parameters are the pins that are linked for it.
        """
        return None

    def run(self, data: InputT, ports: Ports) -> Iterator[PinValue]:
        """Yield (output pin, value) any number of times; raise `BlockError` to fail."""
        raise NotImplementedError

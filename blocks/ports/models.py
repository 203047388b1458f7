"""Language models, and what they may ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from blocks.credentials import Secret


@dataclass(frozen=True)
class Tool:
    """Something that a model may ask for. `parameters` is the JSON Schema of an object."""

    name: str  # letters, digits, "_" and "-", 64 at most
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class NodeTool(Tool):
    """A node of the graph that a model may ask for."""

    node_id: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)  # the pin that each parameter goes to
    arguments_pin: str = ""  # else the pin that all arguments go to, as a dictionary
    fixed: Mapping[str, Any] = field(default_factory=dict)  # inputs that come with every call

    def inputs(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of the node, by pin."""
        if self.arguments_pin:
            return {**self.fixed, self.arguments_pin: dict(arguments)}
        known = {name: arguments[name] for name in self.pins if arguments.get(name) is not None}
        return {**self.fixed, **{self.pins[name]: value for name, value in known.items()}}


@dataclass(frozen=True)
class ToolCall:
    """A model asks for a tool. `arguments` are as it wrote them: a JSON object, if it did well."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ChatRequest:
    """One question to a model.

    `messages` have the shape of OpenAI's chat completions, whoever is asked: {"role": "system" | "user" |
    "assistant", "content": text}. A user's content may be a list of {"type": "text", "text": …} and
    {"type": "image_url", "image_url": {"url": data URI}}. An assistant's message may have "tool_calls":
    [{"id", "type": "function", "function": {"name", "arguments"}}]; each is answered by a message
    {"role": "tool", "tool_call_id", "content"}.
    `credential` is the user's own, for a provider of their choice; without one the installation's is asked.
    """

    messages: Sequence[Mapping[str, Any]]
    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    tools: Sequence[Tool] = ()
    parallel_tools: bool = True  # whether the model may ask for several tools at once
    response_schema: Mapping[str, Any] | None = None  # JSON Schema that the text should match
    reasoning_effort: str = ""  # how long to think; formats that know no such thing ignore it
    credential: Secret | None = None


@dataclass(frozen=True)
class ChatReply:
    """What a model said. `provider` and `model` name who really answered, not who was asked."""

    text: str
    model: str
    provider: str
    input_tokens: int = 0
    output_tokens: int = 0
    tool_calls: Sequence[ToolCall] = ()
    id: str = ""  # of the answer, as the provider calls it
    reasoning: str = ""  # what it has thought, if it tells
    annotations: Sequence[Mapping[str, Any]] = ()  # pages that it has used, as `url_citation`s


@dataclass(frozen=True)
class EmbedReply:
    """A vector for each text, in their order."""

    vectors: Sequence[Sequence[float]]
    model: str
    provider: str
    input_tokens: int = 0


@dataclass(frozen=True)
class Usage:
    """What one question to a model used."""

    provider: str
    model: str
    input_tokens: int
    output_tokens: int = 0
    is_own: bool = False  # of the user's own account there, who pays for it


class Llm(Protocol):
    """A language model: a configured provider, or the built-in offline one."""

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask and wait; tokens are streamed to whoever watches the run. Raises `BlockError`."""
        ...

    def embed(
        self, texts: Sequence[str], model: str = "", credential: Secret | None = None
    ) -> EmbedReply:
        """Turn texts into vectors whose closeness is closeness in meaning. Raises `BlockError`."""
        ...


class Tools(Protocol):
    """The nodes that this one may call."""

    def available(self) -> Sequence[NodeTool]:
        """The nodes that its tool pins lead to. Raises `BlockError` when one cannot tell what it offers."""
        ...


class Mcp(Protocol):
    """Servers of the Model Context Protocol, by web address or as `stdio:` and a name known to the operator."""

    def list_tools(
        self, server: str, headers: Mapping[str, str], credential: Secret | None = None
    ) -> Sequence[Tool]:
        """The tools of a server. Raises `BlockError`."""
        ...

    def call_tool(
        self,
        server: str,
        name: str,
        arguments: Mapping[str, Any],
        headers: Mapping[str, str],
        credential: Secret | None = None,
    ) -> Any:
        """What a tool gives. Raises `BlockError`, also when the tool reports a failure."""
        ...

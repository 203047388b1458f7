"""Language models: a prompt in, text out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from blocks.base import Block, BlockError, Effect, Example, InputT, Pins, PinValue
from blocks.credentials import Reference, credentials_pin, secret_of
from blocks.library.prompts import Message, answered_by, ask, fill, messages_of
from blocks.ports import ChatReply, ChatRequest, Ports
from blocks.providers import EMBEDDERS, LANGUAGE_MODELS
from blocks.registry import register
from blocks.values import as_text

_ROLES = frozenset({"system", "user", "assistant"})
UNUSED = "Accepted from other platforms; not used here."
# Editors offer the names of `GET /api/models`; any other name may be typed.
MODEL_HINT: JsonDict = {"suggestions": "/api/models"}
DEPRECATED: JsonDict = {"deprecated": True}  # as JSON Schema says it


def own_account() -> Any:
    """The field of the pin that says in whose name a model is asked."""
    return credentials_pin(
        *LANGUAGE_MODELS,
        optional=True,
        takes_default=False,
        description="Your own account at a provider of models; empty: what this installation has.",
    )


def own_embedder(*, otherwise: str = "what this installation has") -> Any:
    """The field of the pin that says in whose name a model is asked for vectors."""
    return credentials_pin(
        *EMBEDDERS,
        optional=True,
        takes_default=False,
        description=f"Your own account at a provider of models for vectors; empty: {otherwise}.",
    )


class ModelPins(Pins):
    """The pins that choose and limit the model."""

    model: str = Field(
        default="",
        description="Which model to ask; empty: the standard one.",
        json_schema_extra=MODEL_HINT,
    )
    max_tokens: int | None = Field(
        default=None, ge=1, description="The longest answer, in tokens; empty: no limit of ours."
    )
    ollama_host: str = Field(default="", description=UNUSED, json_schema_extra=DEPRECATED)
    credentials: Reference | None = own_account()

    def request(
        self, messages: Sequence[Mapping[str, Any]], ports: Ports, **more: Any
    ) -> ChatRequest:
        """A question to this model; `more` are further parts of it."""
        secret = secret_of(self.credentials, ports)
        return ChatRequest(messages, self.model, self.max_tokens, credential=secret, **more)


class ModelOutput(Pins):
    """The pins that tell how an answer came about."""

    prompt: list[Message] = Field(description="The messages that the model was given.")
    model: str = Field(description="Who really answered, such as: offline (offline-extractive).")


class AiBlock(Block[InputT]):
    """What all blocks that ask a language model have in common."""

    category = "ai"
    effect = Effect.IDEMPOTENT
    cost = 1
    timeout = 300.0


def origin(messages: list[Message], reply: ChatReply) -> Iterator[PinValue]:
    """Send how an answer came about."""
    yield "prompt", messages
    yield "model", answered_by(reply)


@register
class LlmCall(AiBlock["LlmCall.Input"]):
    id = "llm_call_block"
    aliases = ("1f292d4a-41a4-4977-9684-7c8d560b9f91",)
    name = "Ask a language model"
    description = (
        "Sends a prompt to a language model and gives back its answer. "
        "Any further input is a variable for the prompt."
    )

    class Input(ModelPins):
        model_config = ConfigDict(extra="allow")

        prompt: str = Field(
            description="What to ask. {name} and {{ name }} are replaced by the input of that name."
        )
        sys_prompt: str = Field(default="", description="How the model should behave.")
        prompt_values: dict[str, Any] = Field(
            default={}, description="Variables for the prompt by name."
        )
        temperature: float | None = Field(
            default=None, ge=0, le=2, description="0 for the likeliest answer, more for variety."
        )
        retry: int = Field(
            default=3, ge=0, le=10, description="How often to try when the model is not reachable."
        )

        def variables(self) -> dict[str, Any]:
            """Everything that the prompt may refer to."""
            extra = self.model_extra or {}
            return {**self.prompt_values, **extra}

    class Output(ModelOutput):
        response: str = Field(description="What the model answered.")
        usage: dict[str, int] = Field(description="How many tokens went in and came out.")

    examples = (
        Example(
            given={"prompt": "Summarise:\n\n{text}", "text": "A {long} story."},
            answers=[{"text": "Short.", "input_tokens": 9, "output_tokens": 2}],
            yields=[
                ("response", "Short."),
                ("prompt", [{"role": "user", "content": "Summarise:\n\nA {long} story."}]),
                ("model", "test (scripted)"),
                ("usage", {"input_tokens": 9, "output_tokens": 2}),
            ],
        ),
        Example(
            given={
                "prompt": "Hello {{ name }}",
                "sys_prompt": "You are {role}.",
                "prompt_values": {"name": "Ada", "role": "kind"},
            },
            answers=[{"text": "Hi!"}],
            yields=[
                ("response", "Hi!"),
                (
                    "prompt",
                    [
                        {"role": "system", "content": "You are kind."},
                        {"role": "user", "content": "Hello Ada"},
                    ],
                ),
                ("model", "test (scripted)"),
                ("usage", dict),
            ],
        ),
        Example(given={"prompt": ""}, error="The prompt is empty"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        variables = data.variables()
        prompt = fill(data.prompt, variables, ports.templates)
        if not prompt.strip():
            raise BlockError("The prompt is empty")
        system = fill(data.sys_prompt, variables, ports.templates)
        messages = messages_of(system=system, user=prompt)
        request = data.request(messages, ports, temperature=data.temperature)
        reply = ask(request, ports, tries=data.retry)
        yield "response", reply.text
        yield from origin(messages, reply)
        yield (
            "usage",
            {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens},
        )


@register
class AiConversation(AiBlock["AiConversation.Input"]):
    id = "ai_conversation_block"
    aliases = ("32a87eab-381e-4dd4-bdb8-4c47151be35a",)
    name = "AI conversation"
    description = "Continues a conversation with a language model."
    icon = "messages"

    class Input(ModelPins):
        prompt: str = Field(default="", description="What the user says next.")
        messages: list[Any] = Field(
            description='The conversation so far: {"role": "user", "content": "Hello"} and so on.'
        )

    class Output(ModelOutput):
        response: str = Field(description="What the model answered.")

    examples = (
        Example(
            given={"messages": [{"role": "user", "content": "Hello"}]},
            answers=[{"text": "Hi!"}],
            yields=[
                ("response", "Hi!"),
                ("prompt", [{"role": "user", "content": "Hello"}]),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"messages": [], "prompt": "And you?"},
            answers=[{"text": "Fine."}],
            yields=[
                ("response", "Fine."),
                ("prompt", [{"role": "user", "content": "And you?"}]),
                ("model", "test (scripted)"),
            ],
        ),
        Example(given={"messages": ["Hello"]}, error="Message 1"),
        Example(given={"messages": []}, error="There is nothing to answer"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        messages = messages_of(system="", user=data.prompt, history=conversation(data.messages))
        if not messages:
            raise BlockError("There is nothing to answer: the conversation is empty")
        reply = ports.llm.chat(data.request(messages, ports))
        yield "response", reply.text
        yield from origin(messages, reply)


def conversation(messages: list[Any]) -> list[Message]:
    """The messages in the shape that models take. Raises `BlockError` for any other shape."""
    checked = []
    for number, message in enumerate(messages, start=1):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise BlockError(
                f'Message {number} needs a "role" (system, user or assistant) and a "content"'
            )
        checked.append({"role": message["role"], "content": as_text(message.get("content", ""))})
    return checked

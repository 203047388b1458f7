"""Language models that must answer in a certain form; a wrong form is sent back to be put right."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import Field

from blocks.base import BlockError, Example, PinValue
from blocks.library.llm import (
    DEPRECATED,
    UNUSED,
    AiBlock,
    ModelOutput,
    ModelPins,
    conversation,
    origin,
)
from blocks.library.prompts import Message, fill, json_in, messages_of
from blocks.ports import ChatReply, Ports
from blocks.registry import register
from blocks.values import as_text, preview, to_json

ValueT = TypeVar("ValueT")


class FormError(ValueError):
    """The answer of the model is not in the form that it was asked for."""


@dataclass(frozen=True)
class Answer(Generic[ValueT]):
    """An answer in the right form, and how it came about."""

    value: ValueT
    messages: list[Message]
    reply: ChatReply


def ask_in_form(
    messages: list[Message],
    read: Callable[[str], ValueT],
    data: ModelPins,
    ports: Ports,
    *,
    tries: int,
    schema: Mapping[str, Any] | None = None,
) -> Answer[ValueT]:
    """Ask until `read` accepts the answer; it raises `ValueError` with what is wrong with it.

    A provider that can is held to the `schema`.
    """
    problem = ""
    for _ in range(max(1, tries)):
        if ports.run.is_cancelled():
            raise BlockError("The run was stopped")
        request = data.request(messages, ports, response_schema=schema)
        reply = ports.llm.chat(request)
        try:
            return Answer(read(reply.text), messages, reply)
        except ValueError as error:
            problem = str(error)
        messages = [
            *messages,
            {"role": "assistant", "content": reply.text},
            {"role": "user", "content": f"That cannot be used: {problem}. Please answer again."},
        ]
    raise BlockError(f"The model did not answer in the right form: {problem}")


@register
class AiStructuredResponseGenerator(AiBlock["AiStructuredResponseGenerator.Input"]):
    id = "ai_structured_response_generator_block"
    aliases = ("ed55ac19-356e-4243-a6cb-bc599e9b716f",)
    name = "AI structured response"
    description = "Asks a language model for a dictionary with certain keys."
    icon = "braces"

    class Input(ModelPins):
        prompt: str = Field(
            description="What to ask. {name} and {{ name }} are replaced by prompt values."
        )
        expected_format: dict[str, str] = Field(
            min_length=1, description="The keys that the answer must have, and what each means."
        )
        list_result: bool = Field(default=False, description="Ask for a list of such dictionaries.")
        sys_prompt: str = Field(default="", description="How the model should behave.")
        conversation_history: list[dict[str, Any]] | None = Field(
            default=[], description="Messages that came before."
        )
        retry: int = Field(default=3, ge=0, le=10, description="How often to try.")
        prompt_values: dict[str, Any] = Field(
            default={}, description="Variables for the prompt by name."
        )
        force_json_output: bool = Field(
            default=False, description="Have the provider keep the form, if it can."
        )
        compress_prompt_to_fit: bool = Field(
            default=True, description=UNUSED, json_schema_extra=DEPRECATED
        )

    class Output(ModelOutput):
        response: dict[str, Any] | list[dict[str, Any]] = Field(
            description="The answer as a dictionary, or a list of dictionaries."
        )

    examples = (
        Example(
            given={"prompt": "Who wrote Emma?", "expected_format": {"author": "full name"}},
            answers=[{"text": 'Sure: {"author": "Jane Austen"}'}],
            yields=[
                ("response", {"author": "Jane Austen"}),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"prompt": "Colours", "expected_format": {"name": "a"}, "list_result": True},
            answers=[{"text": '[{"title": "red"}]'}, {"text": '[{"name": "red"}]'}],
            yields=[
                ("response", [{"name": "red"}]),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"prompt": "Hm", "expected_format": {"a": "b"}, "retry": 1},
            answers=[{"text": "No."}],
            error="has no JSON in it",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        messages = messages_of(
            system=fill(data.sys_prompt, data.prompt_values, ports.templates),
            user=f"{fill(data.prompt, data.prompt_values, ports.templates)}\n\n{_form(data)}",
            history=conversation(data.conversation_history or []),
        )
        schema = _schema(data) if data.force_json_output and not data.list_result else None
        answer = ask_in_form(
            messages,
            lambda text: _response(text, data),
            data,
            ports,
            tries=data.retry,
            schema=schema,
        )
        yield "response", answer.value
        yield from origin(answer.messages, answer.reply)


def _form(data: AiStructuredResponseGenerator.Input) -> str:
    kind = "a JSON list of objects, each" if data.list_result else "a JSON object"
    keys = to_json(data.expected_format)
    return f"Answer only with {kind} with these keys (here with what each means): {keys}"


def _schema(data: AiStructuredResponseGenerator.Input) -> dict[str, Any]:
    keys = {key: {"description": meaning} for key, meaning in data.expected_format.items()}
    return {"type": "object", "properties": keys, "required": [*keys]}


def _response(text: str, data: AiStructuredResponseGenerator.Input) -> Any:
    value = json_in(text)
    rows = value if data.list_result else [value]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        kind = "a list of objects" if data.list_result else "an object"
        raise FormError(f"it must be {kind}")
    missing = [key for key in data.expected_format if any(key not in row for row in rows)]
    if missing:
        raise FormError(f"these keys are missing: {preview(missing)}")
    return value


@register
class AiListGenerator(AiBlock["AiListGenerator.Input"]):
    id = "ai_list_generator_block"
    aliases = ("9c0b0450-d199-458b-a731-072189dd6593",)
    name = "AI list generator"
    description = "Asks a language model for a list, from its own knowledge or from a text."
    icon = "list-check"

    class Input(ModelPins):
        focus: str | None = Field(default=None, description="What the list should be of.")
        source_data: str | None = Field(
            default=None, description="The text to take the items from."
        )
        max_retries: int = Field(default=3, ge=0, le=10, description="How often to try.")
        force_json_output: bool = Field(
            default=False, description=UNUSED, json_schema_extra=DEPRECATED
        )

    class Output(ModelOutput):
        generated_list: list[str] = Field(description="The whole list.")
        list_item: str = Field(description="One item; sent once for each of them.")

    examples = (
        Example(
            given={"focus": "primary colours"},
            answers=[{"text": '["red", "blue"]'}],
            yields=[
                ("generated_list", ["red", "blue"]),
                ("list_item", "red"),
                ("list_item", "blue"),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"source_data": "Ada met Alan.", "focus": "names"},
            answers=[{"text": "Ada, Alan"}, {"text": '["Ada"]'}],
            yields=[
                ("generated_list", ["Ada"]),
                ("list_item", "Ada"),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(given={}, error="Give a focus or source data"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        messages = messages_of(system="", user=_list_prompt(data))
        answer = ask_in_form(messages, _text_list, data, ports, tries=data.max_retries)
        yield "generated_list", answer.value
        for item in answer.value:
            yield "list_item", item
        yield from origin(answer.messages, answer.reply)


def _list_prompt(data: AiListGenerator.Input) -> str:
    if not data.focus and not data.source_data:
        raise BlockError("Give a focus or source data")
    lines = ['Answer only with a JSON list of texts, such as ["one", "two"].']
    if data.focus:
        lines.append(f"The list should be of: {data.focus}")
    if data.source_data:
        lines.append(f"Take the items from this text:\n\n{data.source_data}")
    return "\n".join(lines)


def _text_list(text: str) -> list[str]:
    value = json_in(text)
    if not isinstance(value, list):
        raise FormError("it must be a list")
    return [as_text(item) for item in value]

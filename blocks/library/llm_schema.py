"""A language model that answers with exactly the JSON that a schema describes."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks import schemas
from blocks.base import BlockError, Example, PinValue
from blocks.library.llm import AiBlock, ModelOutput, ModelPins, conversation, origin
from blocks.library.llm_structured import FormError, ask_in_form
from blocks.library.prompts import fill, json_in, messages_of
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import to_json


@register
class AiSchemaAnswer(AiBlock["AiSchemaAnswer.Input"]):
    id = "ai_schema_answer_block"
    name = "AI answer by schema"
    description = (
        "Asks a language model for JSON that matches a JSON Schema. An answer that does not is sent back"
        " with what is wrong with it."
    )
    icon = "braces"

    class Input(ModelPins):
        prompt: str = Field(
            min_length=1, description="What to ask. {name} is replaced by the prompt value."
        )
        json_schema: dict[str, Any] = Field(
            min_length=1, description="The JSON Schema of the answer."
        )
        sys_prompt: str = Field(default="", description="How the model should behave.")
        conversation_history: list[dict[str, Any]] = Field(
            default=[], description="Messages that came before."
        )
        prompt_values: dict[str, Any] = Field(
            default={}, description="Variables for the prompt by name."
        )
        retry: int = Field(default=3, ge=0, le=10, description="How often to try.")

    class Output(ModelOutput):
        response: Any = Field(description="The answer, which matches the schema.")

    examples = (
        Example(
            given={
                "prompt": "How old is {who}?",
                "prompt_values": {"who": "Ada"},
                "json_schema": {"type": "object", "properties": {"age": {"type": "integer"}}},
            },
            answers=[{"text": '{"age": "36"}'}, {"text": '{"age": 36}'}],
            yields=[("response", {"age": 36}), ("prompt", list), ("model", "test (scripted)")],
        ),
        Example(
            given={"prompt": "Pick one.", "json_schema": {"enum": ["tea", "milk"]}, "retry": 1},
            answers=[{"text": '"beer"'}],
            error="'beer' is not one of ['tea', 'milk']",
        ),
        Example(
            given={"prompt": "Pick one.", "json_schema": {"type": "colour"}},
            error="The JSON Schema is wrong",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        schemas.require_schema(data.json_schema)
        prompt = fill(data.prompt, data.prompt_values, ports.templates)
        if not prompt.strip():
            raise BlockError("The prompt is empty")
        messages = messages_of(
            system=fill(data.sys_prompt, data.prompt_values, ports.templates),
            user=f"{prompt}\n\nAnswer only with JSON that matches this JSON Schema:"
            f" {to_json(data.json_schema)}",
            history=conversation(data.conversation_history),
        )

        def read(text: str) -> Any:
            value = json_in(text)
            problem = schemas.problem_with(value, data.json_schema)
            if problem:
                raise FormError(problem)
            return value

        is_object = data.json_schema.get("type") == "object"  # the only form that providers know
        answer = ask_in_form(
            messages,
            read,
            data,
            ports,
            tries=data.retry,
            schema=data.json_schema if is_object else None,
        )
        yield "response", answer.value
        yield from origin(answer.messages, answer.reply)

"""Programs written by language models."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from blocks.base import BlockError, Example, PinValue
from blocks.library.llm import AiBlock, ModelOutput, ModelPins, origin
from blocks.library.prompts import messages_of
from blocks.ports import Ports
from blocks.registry import register

_TASK = "You write programs. Answer with code that works as it is, and say in a few words what it needs and how it is run."


@register
class WriteCode(AiBlock["WriteCode.Input"]):
    id = "write_code_block"
    aliases = ("86a2a099-30df-47b4-b7e4-34ae5f83e0d5",)
    name = "Write code"
    description = "Has a language model write or change a program."
    icon = "code"

    class Input(ModelPins):
        prompt: str = Field(min_length=1, description="What the program should do.")
        system_prompt: str = Field(default=_TASK, description="How the model should work.")
        reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] = Field(
            default="medium",
            description="How long to think, for models of OpenAI's format that let one choose.",
        )
        max_output_tokens: int | None = Field(
            default=2048,
            ge=1,
            description="The longest answer, in tokens; empty: no limit of ours.",
        )

    class Output(ModelOutput):
        response: str = Field(description="The code, and what the model says of it.")
        reasoning: str = Field(description="What the model has thought, if it tells.")
        response_id: str = Field(description="What the provider calls its answer.")

    examples = (
        Example(
            given={"prompt": "Say hello in Python."},
            answers=[{"text": "print('hello')", "reasoning": "Simple.", "id": "answer-1"}],
            yields=[
                ("response", "print('hello')"),
                ("reasoning", "Simple."),
                ("response_id", "answer-1"),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(given={"prompt": " "}, error="The prompt is empty"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.prompt.strip():
            raise BlockError("The prompt is empty")
        messages = messages_of(system=data.system_prompt, user=data.prompt)
        limited = data.model_copy(update={"max_tokens": data.max_output_tokens})
        reply = ports.llm.chat(
            limited.request(messages, ports, reasoning_effort=data.reasoning_effort)
        )
        yield "response", reply.text
        yield "reasoning", reply.reasoning
        yield "response_id", reply.id
        yield from origin(messages, reply)

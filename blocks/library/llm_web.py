"""Answers of models that search the web by themselves."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import BlockError, Example, PinValue
from blocks.library.llm import AiBlock, ModelOutput, ModelPins, origin
from blocks.library.prompts import messages_of
from blocks.ports import Ports
from blocks.registry import register

_TEA = {"type": "url_citation", "url_citation": {"url": "https://example.com/tea", "title": "Tea"}}


@register
class AnswerFromWeb(AiBlock["AnswerFromWeb.Input"]):
    id = "answer_from_web_block"
    aliases = ("c8a5f2e9-8b3d-4a7e-9f6c-1d5e3c9b7a4f",)
    name = "Answer from the web"
    description = "Asks a model that searches the web by itself, such as those of Perplexity, and says which pages it has used."
    icon = "world-search"

    class Input(ModelPins):
        prompt: str = Field(min_length=1, description="What to find out.")
        model: str = Field(
            default="perplexity/sonar",
            description="A model that searches: perplexity/sonar at OpenRouter, sonar at Perplexity itself.",
        )
        system_prompt: str = Field(default="", description="How the model should answer.")

    class Output(ModelOutput):
        response: str = Field(description="What the model answered.")
        annotations: list[dict[str, Any]] = Field(
            description="The pages that it has used: url, title and where the server tells them content and place."
        )

    examples = (
        Example(
            given={"prompt": "How long is green tea steeped?"},
            answers=[{"text": "Two minutes.", "annotations": [_TEA]}],
            yields=[
                ("response", "Two minutes."),
                ("annotations", [_TEA]),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"prompt": "Tea?"},
            answers=[{"error": "The model provider does not know the model perplexity/sonar"}],
            error="does not know",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.prompt.strip():
            raise BlockError("The prompt is empty")
        messages = messages_of(system=data.system_prompt, user=data.prompt)
        reply = ports.llm.chat(data.request(messages, ports))
        yield "response", reply.text
        yield "annotations", [dict(each) for each in reply.annotations]
        yield from origin(messages, reply)

"""Language models that look at pictures."""

import base64
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import BlockError, Example, PinValue
from blocks.library.llm import AiBlock, ModelOutput, ModelPins, origin
from blocks.library.media import read_media
from blocks.library.prompts import ask, fill, messages_of
from blocks.ports import Ports
from blocks.registry import register

MAX_IMAGES = 20
MAX_IMAGE_BYTES = 5_000_000  # what providers take
# The four formats that every provider reads, by how their files begin.
_FORMATS = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


@register
class AiVision(AiBlock["AiVision.Input"]):
    id = "ai_vision_block"
    name = "AI image reader"
    description = "Asks a language model about pictures; the model must be one that can see."
    icon = "eye"

    class Input(ModelPins):
        prompt: str = Field(
            default="Describe this picture.",
            min_length=1,
            description="What to ask about the pictures. {name} is replaced by the prompt value.",
        )
        images: list[str] = Field(
            min_length=1,
            max_length=MAX_IMAGES,
            description="The pictures, as data URIs or web addresses: PNG, JPEG, GIF or WebP.",
        )
        sys_prompt: str = Field(default="", description="How the model should behave.")
        prompt_values: dict[str, Any] = Field(
            default={}, description="Variables for the prompt by name."
        )
        retry: int = Field(
            default=3, ge=0, le=10, description="How often to try when the model is not reachable."
        )

    class Output(ModelOutput):
        response: str = Field(description="What the model answered.")

    examples = (
        Example(
            given={"prompt": "What is this?", "images": [_PIXEL]},
            answers=[{"text": "A dot."}],
            yields=[
                ("response", "A dot."),
                ("prompt", [{"role": "user", "content": "What is this?"}]),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"images": ["https://example.com/a.jpg"]},
            answers=[
                {"status": 200, "headers": {"content-type": "image/jpeg"}, "body": b"\xff\xd8\xff"},
                {"text": "A cat."},
            ],
            yields=[("response", "A cat."), ("prompt", list), ("model", "test (scripted)")],
        ),
        Example(given={"images": ["data:text/plain,hello"]}, error="Picture 1 is not a PNG"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        prompt = fill(data.prompt, data.prompt_values, ports.templates)
        system = fill(data.sys_prompt, data.prompt_values, ports.templates)
        pictures = [_part(number, each, ports) for number, each in enumerate(data.images, start=1)]
        content = [{"type": "text", "text": prompt}, *pictures]
        told = messages_of(system=system, user=prompt)  # without the pictures, which are large
        messages: list[dict[str, Any]] = [*told[:-1], {"role": "user", "content": content}]
        reply = ask(data.request(messages, ports), ports, tries=data.retry)
        yield "response", reply.text
        yield from origin(told, reply)


def _part(number: int, reference: str, ports: Ports) -> dict[str, Any]:
    """A picture as a part of a message, with its content: not every provider can fetch it."""
    content = read_media(reference, ports).content
    kind = next((kind for kind, mark in _FORMATS.items() if content.startswith(mark)), None)
    if kind is None:
        raise BlockError(f"Picture {number} is not a PNG, JPEG, GIF or WebP file")
    if len(content) > MAX_IMAGE_BYTES:
        raise BlockError(f"Picture {number} is larger than {MAX_IMAGE_BYTES // 1_000_000} MB")
    url = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}

"""Images: what they are, made smaller, turned into another format."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, JsonValue

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.media import base64_of, stored
from blocks.ports import Ports
from blocks.registry import register

_SECONDS = 30.0
_LIMITS = (
    "Files of at most 10 MB and 40 million pixels: PNG, JPEG, GIF, WebP, BMP, TIFF; 30 seconds."
)
_HELP = "The image: a stored file, a data URI or its address on the web."
_FILE: dict[str, JsonValue] = {"format": "file"}

_DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def _work(job: str, image: str, arguments: Mapping[str, Any], ports: Ports) -> Any:
    return ports.sandbox.call(
        f"blocks.sandbox.jobs.image:{job}",
        {"content": base64_of(image, ports), **arguments},
        subject="The image",
        seconds=_SECONDS,
    )


@register
class ImageInfo(Block["ImageInfo.Input"]):
    id = "image_info_block"
    name = "Image facts"
    description = "Says which format and how many pixels an image has."
    category = "image"
    icon = "photo-search"
    effect = Effect.IDEMPOTENT
    limits = _LIMITS

    class Input(Pins):
        image: str = Field(description=_HELP, json_schema_extra=_FILE)

    class Output(Pins):
        width: int = Field(description="The width in pixels.")
        height: int = Field(description="The height in pixels.")
        format: str = Field(description="The format, such as PNG.")
        mode: str = Field(description="The kind of its colours, such as RGB, or L for grey.")
        frames: int = Field(description="How many pictures it has; more than one if it moves.")

    examples = (
        Example(
            given={"image": _DOT},
            yields=[
                ("width", 1),
                ("height", 1),
                ("format", "GIF"),
                ("mode", "P"),
                ("frames", 1),
            ],
        ),
        Example(given={"image": "data:image/png,no"}, error="not an image"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        facts = _work("info", data.image, {}, ports)
        for pin in self.Output.model_fields:
            yield pin, facts[pin]


class Fit(StrEnum):
    """What to do when the proportions differ."""

    CONTAIN = "contain"
    COVER = "cover"
    STRETCH = "stretch"


class ImageOut(Pins):
    """The pins of blocks that make an image."""

    image: str = Field(description="The image as a stored file.", json_schema_extra=_FILE)
    width: int = Field(description="Its width in pixels.")
    height: int = Field(description="Its height in pixels.")


def _made(done: Mapping[str, Any], ports: Ports) -> Iterator[PinValue]:
    name = f"image.{done['type'].rpartition('/')[2]}"
    yield "image", stored(done["content"], done["type"], name, ports)
    yield "width", done["width"]
    yield "height", done["height"]


@register
class ResizeImage(Block["ResizeImage.Input"]):
    id = "resize_image_block"
    name = "Resize image"
    description = "Makes an image smaller or larger, and turns it upright."
    category = "image"
    icon = "resize"
    effect = Effect.IDEMPOTENT
    limits = _LIMITS

    class Input(Pins):
        image: str = Field(description=_HELP, json_schema_extra=_FILE)
        width: int = Field(
            default=0, ge=0, le=10_000, description="The width in pixels; 0: as the height asks."
        )
        height: int = Field(
            default=0, ge=0, le=10_000, description="The height in pixels; 0: as the width asks."
        )
        fit: Fit = Field(
            default=Fit.CONTAIN,
            description="contain: all of it, smaller if need be; cover: cut off what is too much; stretch.",
        )

    class Output(ImageOut):
        pass

    examples = (
        Example(
            given={"image": _DOT, "width": 4},
            yields=[("image", str), ("width", 4), ("height", 4)],
        ),
        Example(
            given={"image": _DOT, "width": 4, "height": 2, "fit": "stretch"},
            yields=[("image", str), ("width", 4), ("height", 2)],
        ),
        Example(given={"image": _DOT}, error="Give a width or a height"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.width and not data.height:
            raise BlockError("Give a width or a height")
        size = {"width": data.width, "height": data.height, "fit": data.fit}
        yield from _made(_work("resized", data.image, size, ports), ports)


class ImageFormat(StrEnum):
    """What can be written."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WEBP"
    GIF = "GIF"
    BMP = "BMP"


@register
class ConvertImage(Block["ConvertImage.Input"]):
    id = "convert_image_block"
    name = "Convert image"
    description = (
        "Turns an image into another format; place and camera of a photograph are left out."
    )
    category = "image"
    icon = "photo-edit"
    effect = Effect.IDEMPOTENT
    limits = _LIMITS

    class Input(Pins):
        image: str = Field(description=_HELP, json_schema_extra=_FILE)
        format: ImageFormat = Field(default=ImageFormat.PNG, description="The new format.")
        quality: int = Field(
            default=85, ge=1, le=95, description="For JPEG and WebP: more is better and larger."
        )
        background: str = Field(
            default="white",
            max_length=30,
            description="The colour behind what is transparent, for JPEG and BMP.",
        )

    class Output(ImageOut):
        pass

    examples = (
        Example(
            given={"image": _DOT, "format": "JPEG"},
            yields=[("image", str), ("width", 1), ("height", 1)],
        ),
        Example(
            given={"image": _DOT, "format": "PNG"},
            yields=[("image", str), ("width", 1), ("height", 1)],
        ),
        Example(
            given={"image": _DOT, "format": "BMP", "background": "nocolour"}, error="no colour"
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        wanted = {"kind": data.format, "quality": data.quality, "background": data.background}
        yield from _made(_work("converted", data.image, wanted, ports), ports)

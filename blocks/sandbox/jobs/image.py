"""Images: what they are, made smaller, turned into another format."""

import base64
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from blocks.sandbox.errors import LimitError, RefusedError

MAX_PIXELS = 40_000_000
READABLE = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_OPAQUE = frozenset({"JPEG", "BMP"})
Picture = Image.Image


def _opened(content: str) -> Picture:
    try:
        # Only the head is read here: its size is known before there is room for its pixels.
        picture = Image.open(BytesIO(base64.b64decode(content)), formats=READABLE)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
        raise RefusedError(
            f"The file is not an image that can be read: {', '.join(READABLE)} can"
        ) from None
    if picture.width * picture.height > MAX_PIXELS:
        raise LimitError(f"it has more than {MAX_PIXELS:,} pixels")
    return picture


def info(content: str) -> dict[str, Any]:
    """Format, size and kind of colours."""
    picture = _opened(content)
    return {
        "format": str(picture.format),
        "width": picture.width,
        "height": picture.height,
        "mode": picture.mode,
        "frames": getattr(picture, "n_frames", 1),
    }


def resized(content: str, width: int, height: int, fit: str) -> dict[str, Any]:
    """The image in another size, in its own format."""
    picture = _opened(content)
    kind = str(picture.format)
    upright = _upright(picture)
    size = (
        width or round(upright.width * height / upright.height),
        height or round(upright.height * width / upright.width),
    )
    size = max(size[0], 1), max(size[1], 1)
    if size[0] * size[1] > MAX_PIXELS:
        raise LimitError(f"it would have more than {MAX_PIXELS:,} pixels")
    return _saved(_fitted(upright, size, fit), kind, 90)


def _fitted(picture: Picture, size: tuple[int, int], fit: str) -> Picture:
    # Palettes and black-and-white cannot be averaged.
    full = picture.convert("RGBA") if picture.mode in {"P", "1", "PA"} else picture
    if fit == "cover":
        return ImageOps.fit(full, size)
    if fit == "stretch":
        return full.resize(size)
    return ImageOps.contain(full, size)


def converted(content: str, kind: str, quality: int, background: str) -> dict[str, Any]:
    """The image in another format, without what was written about the photograph."""
    picture = _upright(_opened(content))
    if kind in _OPAQUE and picture.mode in {"RGBA", "LA", "PA", "P"}:
        try:
            paper = Image.new("RGBA", picture.size, background)
        except ValueError:
            raise RefusedError(f"There is no colour {background!r}") from None
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return _saved(picture, kind, quality)


def _upright(picture: Picture) -> Picture:
    try:
        return ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise RefusedError(f"The image is broken: {error}") from None


def _saved(picture: Picture, kind: str, quality: int) -> dict[str, Any]:
    if kind in _OPAQUE and picture.mode not in {"RGB", "L"}:
        picture = picture.convert("RGB")
    file = BytesIO()
    picture.save(file, format=kind, quality=quality)
    return {
        "content": base64.b64encode(file.getvalue()).decode(),
        "type": f"image/{kind.lower()}",
        "width": picture.width,
        "height": picture.height,
    }

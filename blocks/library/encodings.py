"""Text in the alphabets of machines: base64, hexadecimal digits, web addresses, HTML."""

import base64
import binascii
import html
from collections.abc import Callable, Iterator
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import preview

MAX_ADDRESS = 100_000  # characters


class Encoding(StrEnum):
    """How text is written."""

    BASE64 = "base64"
    BASE64_URL = "base64url"
    HEX = "hex"
    URL = "url"
    HTML = "html"


def _bytes_of(text: str) -> bytes:
    return text.encode(errors="replace")


_ENCODE: dict[Encoding, Callable[[str], str]] = {
    Encoding.BASE64: lambda text: base64.b64encode(_bytes_of(text)).decode(),
    Encoding.BASE64_URL: lambda text: (
        base64.urlsafe_b64encode(_bytes_of(text)).decode().rstrip("=")
    ),
    Encoding.HEX: lambda text: _bytes_of(text).hex(),
    Encoding.URL: lambda text: quote(_bytes_of(text), safe=""),
    Encoding.HTML: html.escape,
}


def _from_base64(text: str) -> str:
    compact = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True).decode()


_DECODE: dict[Encoding, Callable[[str], str]] = {
    Encoding.BASE64: _from_base64,
    Encoding.BASE64_URL: _from_base64,
    Encoding.HEX: lambda text: bytes.fromhex(text).decode(),
    Encoding.URL: lambda text: unquote(text, errors="strict"),
    Encoding.HTML: html.unescape,
}


@register
class EncodeText(Block["EncodeText.Input"]):
    id = "encode_text_block"
    name = "Encode text"
    description = "Writes a text as base64, hexadecimal digits, a part of a web address, or HTML."
    category = "developer"
    icon = "binary"

    class Input(Pins):
        text: str = Field(description="The text.")
        encoding: Encoding = Field(default=Encoding.BASE64, description="How to write it.")

    class Output(Pins):
        encoded: str = Field(description="The text, written so.")

    examples = (
        Example(given={"text": "茶"}, yields=[("encoded", "6Iy2")]),
        Example(given={"text": "a b&c", "encoding": "url"}, yields=[("encoded", "a%20b%26c")]),
        Example(given={"text": "<b>", "encoding": "html"}, yields=[("encoded", "&lt;b&gt;")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        encoded = _ENCODE[data.encoding](data.text)
        require_room(text_size(encoded))
        yield "encoded", encoded


@register
class DecodeText(Block["DecodeText.Input"]):
    id = "decode_text_block"
    name = "Decode text"
    description = (
        "Reads a text that is written as base64, hexadecimal digits, in a web address, or HTML."
    )
    category = "developer"
    icon = "binary"

    class Input(Pins):
        text: str = Field(description="The encoded text.")
        encoding: Encoding = Field(default=Encoding.BASE64, description="How it is written.")

    class Output(Pins):
        decoded: str = Field(description="The plain text.")

    examples = (
        Example(given={"text": "6Iy2"}, yields=[("decoded", "茶")]),
        Example(given={"text": "a%20b", "encoding": "url"}, yields=[("decoded", "a b")]),
        Example(given={"text": "&lt;b&gt;", "encoding": "html"}, yields=[("decoded", "<b>")]),
        Example(given={"text": "no hex", "encoding": "hex"}, error="is not hex"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        try:
            yield "decoded", _DECODE[data.encoding](data.text)
        except (ValueError, binascii.Error):
            raise BlockError(
                f"{preview(data.text)} is not {data.encoding}, or not the text of people"
            ) from None


@register
class ParseUrl(Block["ParseUrl.Input"]):
    id = "parse_url_block"
    name = "Take web address apart"
    description = (
        "Gives the parts of a web address: server, path, and what is behind the question mark."
    )
    category = "developer"
    icon = "link"

    class Input(Pins):
        url: str = Field(max_length=MAX_ADDRESS, description="The address.")

    class Output(Pins):
        scheme: str = Field(description="How it is reached, such as https.")
        host: str = Field(description="The name of the server.")
        path: str = Field(description="The place on the server.")
        query: dict[str, str] = Field(description="What is behind the question mark, by name.")
        fragment: str = Field(description="What is behind the # sign.")

    examples = (
        Example(
            given={"url": "https://example.com:8080/a/b?q=green+tea&n=1#top"},
            yields=[
                ("scheme", "https"),
                ("host", "example.com"),
                ("path", "/a/b"),
                ("query", {"q": "green tea", "n": "1"}),
                ("fragment", "top"),
            ],
        ),
        Example(given={"url": "just text"}, error="is not a web address"),
        Example(given={"url": "https://[x"}, error="is not a web address"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        try:
            parts = urlsplit(data.url.strip())
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            raise BlockError(f"{preview(data.url)} is not a web address") from None
        if not parts.scheme or not parts.hostname:
            raise BlockError(f"{preview(data.url)} is not a web address with a scheme and a server")
        yield "scheme", parts.scheme
        yield "host", parts.hostname
        yield "path", parts.path
        yield "query", query
        yield "fragment", parts.fragment


@register
class BuildUrl(Block["BuildUrl.Input"]):
    id = "build_url_block"
    name = "Build web address"
    description = "Adds a path and parameters to a web address, written as browsers need them."
    category = "developer"
    icon = "link"

    class Input(Pins):
        url: str = Field(max_length=MAX_ADDRESS, description="The address to begin with.")
        path: str = Field(
            default="", max_length=MAX_ADDRESS, description="What to put behind its path."
        )
        query: dict[str, str] = Field(
            default={}, description="Parameters by name; they replace those of the same name."
        )

    class Output(Pins):
        url: str = Field(description="The whole address.")

    examples = (
        Example(
            given={"url": "https://example.com/api?n=1", "path": "tea", "query": {"q": "a b"}},
            yields=[("url", "https://example.com/api/tea?n=1&q=a+b")],
        ),
        Example(given={"url": "https://example.com"}, yields=[("url", "https://example.com")]),
        Example(given={"url": "example"}, error="is not a web address"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        try:
            parts = urlsplit(data.url.strip())
            query = dict(parse_qsl(parts.query, keep_blank_values=True)) | data.query
        except ValueError:
            raise BlockError(f"{preview(data.url)} is not a web address") from None
        if not parts.scheme or not parts.netloc:
            raise BlockError(f"{preview(data.url)} is not a web address with a scheme and a server")
        path = parts.path
        if data.path:
            path = f"{path.rstrip('/')}/{quote(_bytes_of(data.path.lstrip('/')), safe='/')}"
        written = urlencode(query, errors="replace")
        require_room(len(written))
        yield "url", urlunsplit((parts.scheme, parts.netloc, path, written, parts.fragment))

"""Web requests. Everything goes through the `http` port, which guards private addresses."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import Secret
from blocks.library.media import read_media
from blocks.library.multipart import Part, encode
from blocks.ports import HttpReply, Ports
from blocks.registry import register
from blocks.values import as_text, from_json, preview, to_json

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The connection itself decides these; another value would make two servers disagree on the request.
_OWN_HEADERS = frozenset({"content-length", "transfer-encoding", "host", "connection"})


class Method(StrEnum):
    """What a request asks the server to do."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"
    OPTIONS = "OPTIONS"
    HEAD = "HEAD"


class ReplyOutput(Pins):
    """The pins that answers come out of."""

    response: Any = Field(description="The answer, when the server says that all is well (2xx).")
    client_error: Any = Field(description="The answer, when the request was at fault (4xx).")
    server_error: Any = Field(description="The answer in every other case.")


def _checked_url(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_usable = False
    if not is_usable or not url.isprintable() or " " in url:
        raise BlockError(
            f"{preview(url)} is not a web address; it must look like https://example.com/page"
        )
    return url


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise BlockError(f"{preview(name)} cannot be the name of a header")
        if name.lower() in _OWN_HEADERS:
            raise BlockError(f"The header {preview(name)} is set by the connection itself")
        if not value.replace("\t", " ").isprintable():
            raise BlockError(
                f"The header {preview(name)} may not have line breaks or control characters"
            )
    return dict(headers)


def _json_bytes(body: Mapping[str, Any]) -> bytes:
    # Half characters cannot be written in UTF-8, but JSON has an escape for them.
    return to_json(body).encode(errors="backslashreplace")


def _pin_of(status: int) -> str:
    return {2: "response", 4: "client_error"}.get(status // 100, "server_error")


def _content_of(reply: HttpReply, *, json_format: bool) -> Any:
    """JSON where the server says so and it is asked for, text otherwise."""
    text = reply.text()
    content_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not json_format or not content_type.endswith(("/json", "+json")):
        return text
    try:
        return from_json(text)
    except ValueError:
        return text


@register
class SendWebRequest(Block["SendWebRequest.Input"]):
    id = "send_web_request_block"
    aliases = ("6595ae1f-b924-42cb-9a41-551a0611c4b4",)
    name = "Send web request"
    description = "Sends data to an address on the web and gives back the answer."
    category = "network"
    icon = "send"
    effect = Effect.AT_MOST_ONCE

    class Input(Pins):
        url: str = Field(description="The address, such as https://example.com/api.")
        method: Method = Field(default=Method.POST, description="What to ask the server to do.")
        headers: dict[str, str] = Field(default={}, description="Further headers by name.")
        json_format: bool = Field(
            default=True, description="Send and read JSON; otherwise a form is sent."
        )
        body: dict[str, Any] | None = Field(default=None, description="The data to send.")
        files_name: str = Field(
            default="file", min_length=1, description="The name of the form field for files."
        )
        files: list[str] = Field(
            default=[], description="Files to send: data URIs or addresses on the web."
        )

    class Output(ReplyOutput):
        pass

    examples = (
        Example(
            given={"url": "https://example.com/api", "body": {"a": 1}},
            answers=[
                {
                    "status": 201,
                    "headers": {"content-type": "application/json"},
                    "body": '{"id": 7}',
                }
            ],
            yields=[("response", {"id": 7})],
        ),
        Example(
            given={"url": "https://example.com/api", "method": "DELETE"},
            answers=[{"status": 404, "body": "Not here"}],
            yields=[("client_error", "Not here")],
        ),
        Example(
            given={"url": "https://example.com/api"},
            answers=[{"status": 503, "body": "Later"}],
            yields=[("server_error", "Later")],
        ),
        Example(given={"url": "example.com"}, error="not a web address"),
        Example(
            given={"url": "https://example.com", "headers": {"X-A": "1\r\nX-B: 2"}},
            error="may not have line breaks",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield send(data, ports)


def send(data: SendWebRequest.Input, ports: Ports, *, credential: Secret | None = None) -> PinValue:
    """Send the request; the answer, and the pin that it goes out of."""
    url, headers = _checked_url(data.url), _checked_headers(data.headers)
    content, content_type = _content(data, ports)
    if content is not None and "content-type" not in map(str.lower, headers):
        headers["Content-Type"] = content_type
    reply = ports.http.request(
        data.method, url, headers=headers, content=content, credential=credential
    )
    return _pin_of(reply.status), _content_of(reply, json_format=data.json_format)


def _content(data: SendWebRequest.Input, ports: Ports) -> tuple[bytes | None, str]:
    """The bytes to send and their content type."""
    if data.files:
        fields = [Part(name, as_text(value)) for name, value in (data.body or {}).items()]
        files = [Part(data.files_name, read_media(file, ports)) for file in data.files]
        return encode(fields + files)
    if data.body is None:
        return None, ""
    if data.json_format:
        return _json_bytes(data.body), "application/json"
    form = {name: as_text(value) for name, value in data.body.items()}
    return urlencode(form, errors="replace").encode(), "application/x-www-form-urlencoded"


@register
class HttpGet(Block["HttpGet.Input"]):
    id = "http_get_block"
    name = "Read web address"
    description = "Reads what an address on the web has to say."
    category = "network"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        url: str = Field(description="The address, such as https://example.com/data.json.")
        headers: dict[str, str] = Field(default={}, description="Further headers by name.")
        json_format: bool = Field(default=True, description="Read answers in JSON as values.")

    class Output(ReplyOutput):
        status: int = Field(description="The number with which the server answered, such as 200.")

    examples = (
        Example(
            given={"url": "https://example.com/a.json"},
            answers=[
                {"status": 200, "headers": {"content-type": "application/json"}, "body": "[1]"}
            ],
            yields=[("response", [1]), ("status", 200)],
        ),
        Example(
            given={"url": "https://example.com/a.json", "json_format": False},
            answers=[
                {"status": 200, "headers": {"content-type": "application/json"}, "body": "[1]"}
            ],
            yields=[("response", "[1]"), ("status", 200)],
        ),
        Example(
            given={"url": "https://example.com/gone"},
            answers=[{"status": 410, "body": "Gone"}],
            yields=[("client_error", "Gone"), ("status", 410)],
        ),
        Example(
            given={"url": "https://example.com/busy"},
            answers=[{"status": 503, "body": "Later"}],
            yields=[("server_error", "Later"), ("status", 503)],
        ),
        Example(given={"url": "ftp://example.com"}, error="not a web address"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        url, headers = _checked_url(data.url), _checked_headers(data.headers)
        reply = ports.http.request("GET", url, headers=headers)
        yield _pin_of(reply.status), _content_of(reply, json_format=data.json_format)
        yield "status", reply.status

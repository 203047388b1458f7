"""Further ways to talk to servers on the web: signed calls, downloads, GraphQL."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import (
    HOST_REFUSED,
    CredentialType,
    Reference,
    Secret,
    credentials_pin,
    secret_of,
)
from blocks.ports import HttpReply, Ports
from blocks.registry import register
from blocks.values import from_json, to_json

_ID = "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"
_SIGNING = Secret(
    provider="webhook",
    type=CredentialType.API_KEY,
    hosts=("example.com",),
    values={"api_key": "a key to sign with"},
)
_BUSY = (429, 502, 503, 504)


def require_good(reply: HttpReply, who: str = "The server") -> None:
    """Fail with a sentence unless the answer is 2xx."""
    if reply.status // 100 != 2:
        raise BlockError(
            f"{who} answered {reply.status}: {' '.join(reply.text().split())[:200]}",
            code="bad_answer",
            retryable=reply.status in _BUSY,
        )


def json_of(reply: HttpReply, who: str = "The server") -> Any:
    """The value in a good answer."""
    require_good(reply, who)
    try:
        return from_json(reply.text())
    except ValueError:
        raise BlockError(f"{who} did not answer with JSON", code="bad_answer") from None


def json_body(value: Any) -> bytes:
    """A value as the body of a request."""
    return to_json(value).encode(errors="backslashreplace")


@register
class CallSignedWebhook(Block["CallSignedWebhook.Input"]):
    id = "call_signed_webhook_block"
    name = "Call signed webhook"
    description = "Sends JSON to a webhook, signed as Standard Webhooks has it, so that the receiver knows who sent it."
    category = "network"
    icon = "webhook"
    effect = Effect.AT_MOST_ONCE

    class Input(Pins):
        url: str = Field(description="The address of the webhook.")
        payload: dict[str, Any] = Field(description="What to send.")
        credentials: Reference = credentials_pin(
            "webhook", description="The key to sign with; only its hosts are called."
        )

    class Output(Pins):
        status: int = Field(description="The number with which the server answered.")
        response: str = Field(description="Its answer.")

    examples = (
        Example(
            given={
                "url": "https://example.com/hook",
                "payload": {"a": 1},
                "credentials": {"id": _ID},
            },
            secret=_SIGNING,
            answers=[{"status": 202, "body": "taken"}],
            yields=[("status", 202), ("response", "taken")],
        ),
        Example(
            given={"url": "https://example.com/hook", "payload": {}, "credentials": {"id": _ID}},
            secret=_SIGNING,
            answers=[{"status": 500, "body": "broken"}],
            error="answered 500",
        ),
        Example(
            given={"url": "https://evil.example/hook", "payload": {}, "credentials": {"id": _ID}},
            secret=_SIGNING,
            error="may not be used for",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        secret = ports.credentials.read(data.credentials)
        require_host(secret, data.url)
        body = json_body(data.payload)
        number, moment = ports.run.idempotency_key, str(int(ports.run.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Webhook-Id": number,
            "Webhook-Timestamp": moment,
            "Webhook-Signature": signature(secret.values["api_key"], number, moment, body),
        }
        reply = ports.http.request("POST", data.url, headers=headers, content=body)
        require_good(reply, "The webhook")
        yield "status", reply.status
        yield "response", reply.text()


def signature(key: str, number: str, moment: str, body: bytes) -> str:
    """As https://www.standardwebhooks.com has it; a key that begins with whsec_ is base64."""
    try:
        raw = base64.b64decode(key[6:], validate=True) if key.startswith("whsec_") else key.encode()
    except ValueError:
        raise BlockError("The signing key is not base64 behind whsec_", code="bad_key") from None
    digest = hmac.digest(raw, f"{number}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def require_host(secret: Secret, url: str) -> None:
    """Refuse an address that the credential is not made for."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        is_for = secret.is_for(parts.scheme, (parts.hostname or "").lower(), port)
    except ValueError:
        is_for = False
    if not is_for:
        raise BlockError("The credential may not be used for this address", code=HOST_REFUSED)


@register
class DownloadFile(Block["DownloadFile.Input"]):
    id = "download_file_block"
    name = "Download file"
    description = "Fetches a file from the web and keeps it."
    category = "network"
    icon = "download"
    effect = Effect.IDEMPOTENT
    limits = "A file of at most 10 MB."

    class Input(Pins):
        url: str = Field(description="The address of the file.")
        name: str = Field(
            default="", max_length=150, description="What to call it; empty: as the address does."
        )
        lasting: bool = Field(default=False, description="Keep it when the run is deleted.")

    class Output(Pins):
        file: str = Field(description="The file.", json_schema_extra={"format": "file"})
        size: int = Field(description="Its size in bytes.")
        content_type: str = Field(description="What the server says that it is.")

    examples = (
        Example(
            given={"url": "https://example.com/a%20b.csv?x=1"},
            answers=[{"status": 200, "headers": {"content-type": "text/csv"}, "body": "1,2"}],
            yields=[("file", str), ("size", 3), ("content_type", "text/csv")],
        ),
        Example(
            given={"url": "https://example.com/gone"},
            answers=[{"status": 404, "body": "Gone"}],
            error="answered 404",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        reply = ports.http.request("GET", data.url)
        require_good(reply)
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        name = data.name or unquote(urlsplit(reply.url).path.rpartition("/")[2]) or "download"
        yield (
            "file",
            ports.files.write(name[:150], reply.body, content_type=kind, lasting=data.lasting),
        )
        yield "size", len(reply.body)
        yield "content_type", kind


@register
class GraphqlRequest(Block["GraphqlRequest.Input"]):
    id = "graphql_request_block"
    name = "GraphQL request"
    description = "Asks a GraphQL server for data, or lets it change some."
    category = "network"
    icon = "brand-graphql"
    effect = Effect.AT_MOST_ONCE  # it may be a mutation

    class Input(Pins):
        url: str = Field(
            description="The address of the server, such as https://example.com/graphql."
        )
        query: str = Field(min_length=1, description="The query or mutation.")
        variables: dict[str, Any] = Field(default={}, description="Values for its variables.")
        operation_name: str = Field(
            default="", description="Which operation, if there are several."
        )
        credentials: Reference | None = credentials_pin(
            "http",
            types=(
                CredentialType.HOST_SCOPED,
                CredentialType.API_KEY,
                CredentialType.USER_PASSWORD,
            ),
            description="The credential, if one is needed; it goes to its own hosts only.",
            optional=True,
        )

    class Output(Pins):
        data: dict[str, Any] = Field(description="What was asked for.")
        errors: list[Any] = Field(description="What could not be had, beside the data.")

    examples = (
        Example(
            given={
                "url": "https://example.com/graphql",
                "query": "query($id: ID!) { tea(id: $id) { name } }",
                "variables": {"id": 7},
            },
            answers=[{"status": 200, "body": '{"data": {"tea": {"name": "Oolong"}}}'}],
            yields=[("data", {"tea": {"name": "Oolong"}})],
        ),
        Example(
            given={"url": "https://example.com/graphql", "query": "{ tea cake }"},
            answers=[
                {"status": 200, "body": '{"data": {"tea": 1}, "errors": [{"message": "no cake"}]}'}
            ],
            yields=[("data", {"tea": 1}), ("errors", [{"message": "no cake"}])],
        ),
        Example(
            given={"url": "https://example.com/graphql", "query": "{"},
            answers=[{"status": 200, "body": '{"errors": [{"message": "Syntax error"}]}'}],
            error="Syntax error",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        question = {"query": data.query, "variables": data.variables}
        if data.operation_name:
            question["operationName"] = data.operation_name
        answer = json_of(
            ports.http.request(
                "POST",
                data.url,
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                content=json_body(question),
                credential=secret_of(data.credentials, ports),
            )
        )
        found = answer if isinstance(answer, dict) else {}
        errors = found["errors"] if isinstance(found.get("errors"), list) else []
        if not isinstance(found.get("data"), dict):
            raise BlockError(f"The server gave no data: {_reason(errors)}", code="graphql_failed")
        yield "data", found["data"]
        if errors:
            yield "errors", errors


def _reason(errors: list[Any]) -> str:
    first = errors[0] if errors else None
    message = first.get("message") if isinstance(first, dict) else None
    return str(message or "it does not say why")[:300]

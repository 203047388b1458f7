"""Who has sent a delivery, and which one it is. Pure: nothing here asks for the time.

Rule 1: a delivery is remembered under what its signature covers, so that a copy of it is known whatever its headers
say: the id of Standard Webhooks (https://www.standardwebhooks.com), the body of one signed as GitHub does
(https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries), which covers no id.
Rule 2: signatures are compared in a time that says nothing about them.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from blocks.base import BlockError
from blocks.library.http_calls import signature
from executions.webhooks.errors import SignatureError, WebhookSecretError
from graphs.sentences import Sentence

TOLERANCE = 300  # seconds that the clocks of both sides, and the way, may differ
SHORTEST, LONGEST = 16, 200  # characters of a secret
_ID = re.compile(r"[!-~]{1,200}", re.ASCII)
_MOMENT = re.compile(r"\d{1,12}", re.ASCII)


class Style(StrEnum):
    """How deliveries are signed."""

    STANDARD = "standard"
    GITHUB = "github"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Message:
    """What came: the names of the headers in lower case, the body as it is."""

    headers: Mapping[str, str]
    body: bytes


def identified(style: Style, secret: str, message: Message, now: float) -> str:
    """What the delivery is remembered by, once it is known who has sent it; empty where nothing tells it from others.

    `now` is in seconds since 1970. Raises `SignatureError`.
    """
    match style:
        case Style.STANDARD:
            return _standard(secret, message, now)
        case Style.GITHUB:
            return _github(secret, message)
        case Style.NONE:
            return _id_in(message)


def _standard(secret: str, message: Message, now: float) -> str:
    number, moment = _id_in(message), message.headers.get("webhook-timestamp", "")
    if not (number and _MOMENT.fullmatch(moment)):
        raise SignatureError(Sentence("The headers webhook-id and webhook-timestamp are needed"))
    expected = signature(secret, number, moment, message.body).encode()
    given = message.headers.get("webhook-signature", "").encode(errors="replace").split(b" ")
    if not any(hmac.compare_digest(expected, each) for each in given):
        raise SignatureError(
            Sentence("The header webhook-signature does not fit the body and the secret")
        )
    if abs(now - int(moment)) > TOLERANCE:
        raise SignatureError(
            Sentence(
                "The delivery was signed more than {seconds} seconds from now", seconds=TOLERANCE
            )
        )
    return number


def _github(secret: str, message: Message) -> str:
    digest = hmac.digest(secret.encode(), message.body, hashlib.sha256).hex()
    given = message.headers.get("x-hub-signature-256", "").encode(errors="replace")
    if not hmac.compare_digest(f"sha256={digest}".encode(), given):
        raise SignatureError(
            Sentence("The header X-Hub-Signature-256 does not fit the body and the secret")
        )
    return digest


def _id_in(message: Message) -> str:
    number = message.headers.get("webhook-id", "")
    return number if _ID.fullmatch(number) else ""


def new_secret() -> str:
    """As Standard Webhooks has it: 32 random bytes in base64 behind a prefix."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def require_usable(secret: str) -> None:
    """Raise `WebhookSecretError` for one that nobody could sign with, or everybody could guess."""
    if not SHORTEST <= len(secret) <= LONGEST:
        raise WebhookSecretError(
            Sentence(
                "A secret has {shortest} to {longest} characters",
                shortest=SHORTEST,
                longest=LONGEST,
            )
        )
    try:
        signature(secret, "", "", b"")
    except BlockError as error:
        raise WebhookSecretError(str(error)) from None

"""What a provider's refusal means, as a sentence for the user."""

import json
import re

from blocks.adapters.http import LineStream
from blocks.adapters.wire import TryAgainError, reason_of
from blocks.base import BlockError

_MAX_BODY = 64_000
_UNKNOWN_MODEL = re.compile(
    r"(unknown|invalid|not a valid) model|model\b.*(not (found|exist)|does not exist)",
    re.IGNORECASE,
)
_OUT_OF_MONEY = re.compile(r"quota|billing|balance|credit", re.IGNORECASE)


def reason_in(stream: LineStream) -> str:
    """The sentence in an error answer, or nothing."""
    body = ""
    for line in stream.lines:
        body += line
        if len(body) > _MAX_BODY:
            return ""
    try:
        return reason_of(json.loads(body))
    except (ValueError, RecursionError):
        return ""


def failure_of(stream: LineStream, model: str, reason: str) -> BlockError:
    """The error to raise for an answer that is not 200."""
    status = stream.status
    because = f": {reason}" if reason else f" (status {status})."
    if status == 401:
        # The provider's own words may repeat a part of the key.
        return BlockError("The model provider refused the API key. Check the key.", code="llm_auth")
    if status == 404 or (status == 400 and _UNKNOWN_MODEL.search(reason)):
        return BlockError(
            f"The model provider does not know the model {model}{because}", code="llm_unknown_model"
        )
    if status == 402 or (status == 429 and _OUT_OF_MONEY.search(reason)):
        return BlockError(
            f"The account at the model provider has no credit left{because}", code="llm_quota"
        )
    if status in {408, 429} or status >= 500:
        return TryAgainError(
            f"The model provider is busy or has a fault{because}", wait=_asked_wait(stream)
        )
    return BlockError(f"The model provider refused the request{because}", code="llm_refused")


def _asked_wait(stream: LineStream) -> float | None:
    """The seconds that a Retry-After header asks for; dates are rare and count as no wish."""
    text = stream.headers.get("retry-after", "")
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text) else None

"""Which models a provider offers: names to suggest, any other name may be typed as well."""

import json
from typing import Any

from blocks.adapters import anthropic, offline, openai
from blocks.adapters.endpoints import Endpoint, LlmSettings, of_installation
from blocks.adapters.failures import failure_of, reason_in
from blocks.adapters.http import GuardedHttp
from blocks.adapters.wire import broken_stream, text_of

MAX_NAMES = 1_000
_TIMEOUT = 10.0


def offered(settings: LlmSettings, http: GuardedHttp) -> list[str]:
    """The names in the provider's list that may be used here, sorted. Raises `BlockError`."""
    if settings.provider == offline.PROVIDER:
        return [offline.MODEL]
    names = names_at(of_installation(settings, http))
    return [name for name in names if settings.allows(name)]


def names_at(endpoint: Endpoint) -> list[str]:
    """The names in this provider's list, sorted. Raises `BlockError`."""
    if endpoint.speaks == "anthropic":
        url = f"{anthropic.base(endpoint.base_url)}/v1/models?limit={MAX_NAMES}"
        headers = anthropic.headers(endpoint.api_key)
    else:
        url = f"{openai.base(endpoint.base_url)}/models"
        headers = openai.headers(endpoint.api_key)
    with endpoint.http.stream_lines(
        "GET", url, headers=headers, timeout=_TIMEOUT, credential=endpoint.credential
    ) as stream:
        if stream.status != 200:
            raise failure_of(stream, "", endpoint.without_key(reason_in(stream)))
        names = _names("".join(stream.lines))
    return sorted(names)[:MAX_NAMES]


def _names(body: str) -> set[str]:
    """Both formats answer {"data": [{"id": name}, …]}."""
    try:
        answer: Any = json.loads(body)
        return {text_of(row["id"]) for row in answer["data"]} - {""}
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise broken_stream() from error

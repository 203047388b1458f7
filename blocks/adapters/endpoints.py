"""Where a question to a model goes: to the provider of the installation, or to one of the user's own choice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from blocks import providers
from blocks.adapters import offline
from blocks.adapters.guard import parse_url, target_of
from blocks.adapters.http import GuardedHttp, LineStream
from blocks.adapters.wire import Call
from blocks.base import BlockError
from blocks.credentials import UNAVAILABLE, Secret

FORMATS = ("openai", "anthropic")
_TIMEOUT = 300.0


@dataclass(frozen=True)
class LlmSettings:
    """Which model answers; `allow` lists the models one may ask for ("gpt-*"), empty is all."""

    provider: str = offline.PROVIDER
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    default_model: str = ""
    embedding_model: str = "text-embedding-3-small"
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a provider that does not exist when the settings are read, not in a run."""
        known = (offline.PROVIDER, *FORMATS)
        if self.provider not in known:
            raise ValueError(f"The LLM provider must be one of {known}, not {self.provider!r}")

    def allows(self, model: str) -> bool:
        """Whether the operator lets people ask this model."""
        return not self.allow or any(fnmatchcase(model, pattern) for pattern in self.allow)


@dataclass(frozen=True)
class Endpoint:
    """A provider, and in whose name it is asked."""

    provider: str
    speaks: str  # one of `FORMATS`
    base_url: str
    http: GuardedHttp
    api_key: str = field(default="", repr=False)  # the installation's
    credential: Secret | None = None  # the user's

    def stream(
        self, call: Call, is_cancelled: Callable[[], bool]
    ) -> AbstractContextManager[LineStream]:
        """Send the call; the answer comes line by line."""
        return self.http.stream_lines(
            "POST",
            call.url,
            headers=call.headers,
            content=call.content(),
            timeout=_TIMEOUT,
            is_cancelled=is_cancelled,
            credential=self.credential,
        )

    def without_key(self, text: str) -> str:
        """What a provider says, which may repeat the key."""
        secrets = self.credential.texts() if self.credential else (self.api_key,)
        for secret in filter(None, secrets):
            text = text.replace(secret, "…")
        return text


@lru_cache(maxsize=8)
def operator_client(base_url: str) -> GuardedHttp:
    """The client for a provider that the operator chose, which may be in the private network."""
    if not base_url:
        return GuardedHttp()
    place = target_of(parse_url(base_url))
    host = f"[{place.host}]" if ":" in place.host else place.host
    return GuardedHttp((f"{host}:{place.port}",))


def of_installation(settings: LlmSettings, http: GuardedHttp) -> Endpoint:
    """The provider that the operator has set up."""
    provider = settings.provider
    return Endpoint(provider, provider, settings.base_url, http, settings.api_key)


def of_credential(credential: Secret, http: GuardedHttp) -> Endpoint:
    """The provider that a user's credential is for. Raises `BlockError` where it has no language models."""
    known = providers.find(credential.provider)
    if not known.speaks:
        raise BlockError(f"{known.label} has no language models to ask here", code=UNAVAILABLE)
    base_url = credential.base_url or known.models_url
    return Endpoint(credential.provider, known.speaks, base_url, http, credential=credential)

"""Language models: one port, three providers behind it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache

from blocks.adapters import offline
from blocks.adapters.answer import Answer
from blocks.adapters.anthropic import AnthropicWire
from blocks.adapters.failures import failure_of, reason_in
from blocks.adapters.guard import parse_url, target_of
from blocks.adapters.http import GuardedHttp, LineStream
from blocks.adapters.openai import OpenAiWire
from blocks.adapters.wire import (
    DONE,
    Call,
    TryAgainError,
    Wire,
    events,
)
from blocks.base import BlockError
from blocks.ports import ChatReply, ChatRequest, RunContext

_WIRES: Mapping[str, Wire] = {"openai": OpenAiWire(), "anthropic": AnthropicWire()}
_TRIES = 3
_MAX_WAIT = 30.0
_WAIT_SLICE = 0.25
_BACKOFF = 0.5
_TIMEOUT = 300.0


@dataclass(frozen=True)
class LlmSettings:
    """Which model answers; `allow` lists the models one may ask for ("gpt-*"), empty is all."""

    provider: str = "offline"
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    default_model: str = ""
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a provider that does not exist when the settings are read, not in a run."""
        known = (offline.PROVIDER, *_WIRES)
        if self.provider not in known:
            raise ValueError(f"The LLM provider must be one of {known}, not {self.provider!r}")


@lru_cache(maxsize=8)
def operator_client(base_url: str) -> GuardedHttp:
    """The client for a provider that the operator chose, which may be in the private network."""
    if not base_url:
        return GuardedHttp()
    place = target_of(parse_url(base_url))
    host = f"[{place.host}]" if ":" in place.host else place.host
    return GuardedHttp((f"{host}:{place.port}",))


class ProviderLlm:
    """Implements the `Llm` port for one node execution."""

    def __init__(
        self,
        settings: LlmSettings,
        http: GuardedHttp,
        run: RunContext,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._http = http
        self._run = run
        self._sleep = sleep

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask, stream the answer to the run's watchers, try again while the provider is busy."""
        settings = self._settings
        if settings.provider == offline.PROVIDER:
            return offline.chat(request, self._run.stream)
        wire = _WIRES[settings.provider]
        model = self._model_for(request)
        call = wire.call(settings.base_url, settings.api_key, model, request)
        waited = 0.0
        for attempt in range(1, _TRIES + 1):
            try:
                answer = self._ask(wire, call, model)
            except TryAgainError as error:
                wait = _BACKOFF * 2**attempt if error.wait is None else error.wait
                if attempt == _TRIES or waited + wait > _MAX_WAIT:
                    raise
                waited += wait
                self._wait(wait)
            else:
                return answer.reply(settings.provider, model, request)
        raise AssertionError("the last attempt returns or raises")

    def _model_for(self, request: ChatRequest) -> str:
        model = request.model or self._settings.default_model
        if not model:
            raise BlockError("No model is chosen and none is set up.", code="llm_not_configured")
        allow = self._settings.allow
        if allow and not any(fnmatchcase(model, pattern) for pattern in allow):
            raise BlockError(
                f"The model {model} may not be used here. Allowed: {', '.join(allow)}.",
                code="model_not_allowed",
            )
        return model

    def _ask(self, wire: Wire, call: Call, model: str) -> Answer:
        with self._http.stream_lines(
            "POST",
            call.url,
            headers=call.headers,
            content=call.content(),
            timeout=_TIMEOUT,
            is_cancelled=self._run.is_cancelled,
        ) as stream:
            if stream.status == 200:
                return self._collect(wire, stream)
            reason = self._without_key(reason_in(stream))
        if stream.status == 400:
            payload = wire.adapted(call.payload, reason)
            if payload is not None:
                return self._ask(wire, replace(call, payload=payload), model)
        raise failure_of(stream, model, reason)

    def _collect(self, wire: Wire, stream: LineStream) -> Answer:
        answer = Answer()
        try:
            for event in events(stream.lines):
                if event is DONE:
                    answer.is_complete = True
                    break
                piece = wire.piece(event)
                answer.add(piece)
                if piece.text:
                    self._run.stream(piece.text)
        except BlockError as error:
            raise answer.failure(error) from error
        answer.check()
        return answer

    def _without_key(self, text: str) -> str:
        key = self._settings.api_key
        return text.replace(key, "…") if key else text

    def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self._run.is_cancelled():
            self._sleep(min(seconds, _WAIT_SLICE))
            seconds -= _WAIT_SLICE
        if self._run.is_cancelled():
            raise BlockError("The run was stopped.", code="cancelled")

"""Language models: one port, three providers behind it."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeVar

from blocks.adapters import embeddings, offline
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
from blocks.ports import ChatReply, ChatRequest, EmbedReply, RunContext, Usage

ReplyT = TypeVar("ReplyT", ChatReply, EmbedReply)

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
    embedding_model: str = "text-embedding-3-small"
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a provider that does not exist when the settings are read, not in a run."""
        known = (offline.PROVIDER, *_WIRES)
        if self.provider not in known:
            raise ValueError(f"The LLM provider must be one of {known}, not {self.provider!r}")

    def allows(self, model: str) -> bool:
        """Whether the operator lets people ask this model."""
        return not self.allow or any(fnmatchcase(model, pattern) for pattern in self.allow)


@lru_cache(maxsize=8)
def operator_client(base_url: str) -> GuardedHttp:
    """The client for a provider that the operator chose, which may be in the private network."""
    if not base_url:
        return GuardedHttp()
    place = target_of(parse_url(base_url))
    host = f"[{place.host}]" if ":" in place.host else place.host
    return GuardedHttp((f"{host}:{place.port}",))


class ProviderLlm:
    """Implements the `Llm` port for one node execution; `meter` is told what each answer used."""

    def __init__(
        self,
        settings: LlmSettings,
        http: GuardedHttp,
        run: RunContext,
        *,
        meter: Callable[[Usage], object],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._http = http
        self._run = run
        self._meter = meter
        self._sleep = sleep

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask, stream the answer to the run's watchers, try again while the provider is busy."""
        if self._settings.provider == offline.PROVIDER:
            reply = offline.chat(request, self._run.stream)
        else:
            reply = self._patiently(lambda: self._chat(request))
        used = Usage(reply.provider, reply.model, reply.input_tokens, reply.output_tokens)
        self._meter(used)
        return reply

    def embed(self, texts: Sequence[str], model: str = "") -> EmbedReply:
        """Turn texts into vectors, again while the provider is busy."""
        is_offline = self._settings.provider == offline.PROVIDER
        if is_offline or model == embeddings.OFFLINE_MODEL:
            reply = embeddings.offline(texts)
        else:
            reply = self._patiently(lambda: self._embed(texts, model))
        self._meter(Usage(reply.provider, reply.model, reply.input_tokens))
        return reply

    def _patiently(self, ask: Callable[[], ReplyT]) -> ReplyT:
        waited = 0.0
        for attempt in range(1, _TRIES + 1):
            try:
                return ask()
            except TryAgainError as error:
                wait = _BACKOFF * 2**attempt if error.wait is None else error.wait
                if attempt == _TRIES or waited + wait > _MAX_WAIT:
                    raise
                waited += wait
                self._wait(wait)
        raise AssertionError("the last attempt returns or raises")

    def _chat(self, request: ChatRequest) -> ChatReply:
        settings = self._settings
        wire = _WIRES[settings.provider]
        model = self._model_for(request.model)
        call = wire.call(settings.base_url, settings.api_key, model, request)
        return self._ask(wire, call, model, request).reply(settings.provider, model, request)

    def _embed(self, texts: Sequence[str], model: str) -> EmbedReply:
        settings = self._settings
        if settings.provider != embeddings.PROVIDER:
            raise BlockError(
                f"{settings.provider} has no embeddings; set up a provider of OpenAI's format.",
                code="llm_no_embeddings",
            )
        model = self._model_for(model or settings.embedding_model)
        call = embeddings.call(settings.base_url, settings.api_key, model, texts)
        with self._stream(call) as stream:
            if stream.status == 200:
                return embeddings.reply(stream, model, texts)
            raise failure_of(stream, model, self._without_key(reason_in(stream)))

    def _model_for(self, wanted: str) -> str:
        model = wanted or self._settings.default_model
        if not model:
            raise BlockError("No model is chosen and none is set up.", code="llm_not_configured")
        if not self._settings.allows(model):
            raise BlockError(
                f"The model {model} may not be used here."
                f" Allowed: {', '.join(self._settings.allow)}.",
                code="model_not_allowed",
            )
        return model

    def _stream(self, call: Call) -> AbstractContextManager[LineStream]:
        return self._http.stream_lines(
            "POST",
            call.url,
            headers=call.headers,
            content=call.content(),
            timeout=_TIMEOUT,
            is_cancelled=self._run.is_cancelled,
        )

    def _ask(self, wire: Wire, call: Call, model: str, request: ChatRequest) -> Answer:
        with self._stream(call) as stream:
            if stream.status == 200:
                return self._collect(wire, stream, is_form=request.response_schema is not None)
            reason = self._without_key(reason_in(stream))
        if stream.status == 400:
            payload = wire.adapted(call.payload, reason)
            if payload is not None:
                return self._ask(wire, replace(call, payload=payload), model, request)
        raise failure_of(stream, model, reason)

    def _collect(self, wire: Wire, stream: LineStream, *, is_form: bool) -> Answer:
        answer = Answer()
        try:
            for event in events(stream.lines):
                if event is DONE:
                    answer.is_complete = True
                    break
                piece = wire.piece(event)
                answer.add(piece)
                form = "".join(part.arguments for part in piece.tools) if is_form else ""
                if piece.text or form:
                    self._run.stream(piece.text + form)
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

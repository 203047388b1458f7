"""Language models: one port, three providers behind it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from blocks.adapters import embeddings, offline
from blocks.adapters.answer import Answer
from blocks.adapters.anthropic import AnthropicWire
from blocks.adapters.endpoints import Endpoint, LlmSettings, of_credential, of_installation
from blocks.adapters.failures import failure_of, reason_in
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
from blocks.credentials import Secret
from blocks.ports import ChatReply, ChatRequest, EmbedReply, RunContext, Usage

ReplyT = TypeVar("ReplyT", ChatReply, EmbedReply)

_WIRES: Mapping[str, Wire] = {"openai": OpenAiWire(), "anthropic": AnthropicWire()}
_TRIES = 3
_MAX_WAIT = 30.0
_WAIT_SLICE = 0.25
_BACKOFF = 0.5
_NO_MODEL = "No model is chosen and none is set up."
_NO_OWN_MODEL = "Say which model to ask; the usual one is not for credentials of your own."


class ProviderLlm:
    """Implements the `Llm` port for one node execution; `meter` is told what each answer used."""

    def __init__(
        self,
        settings: LlmSettings,
        http: GuardedHttp,
        run: RunContext,
        *,
        public: GuardedHttp,
        meter: Callable[[Usage], object],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`http` reaches the provider of the settings, `public` those of users' credentials."""
        self._settings = settings
        self._http = http
        self._public = public
        self._run = run
        self._meter = meter
        self._sleep = sleep

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask, stream the answer to the run's watchers, try again while the provider is busy."""
        if self._is_offline(request.credential):
            reply = offline.chat(request, self._run.stream)
        else:
            reply = self._patiently(lambda: self._chat(request))
        used = Usage(reply.provider, reply.model, reply.input_tokens, reply.output_tokens)
        self._meter(replace(used, is_own=request.credential is not None))
        return reply

    def embed(
        self, texts: Sequence[str], model: str = "", credential: Secret | None = None
    ) -> EmbedReply:
        """Turn texts into vectors, again while the provider is busy."""
        is_basic = credential is None and model == embeddings.OFFLINE_MODEL
        if is_basic or self._is_offline(credential):
            reply = embeddings.offline(texts)
        else:
            reply = self._patiently(lambda: self._embed(texts, model, credential))
        used = Usage(reply.provider, reply.model, reply.input_tokens)
        self._meter(replace(used, is_own=credential is not None))
        return reply

    def _is_offline(self, credential: Secret | None) -> bool:
        return credential is None and self._settings.provider == offline.PROVIDER

    def _endpoint(self, credential: Secret | None) -> Endpoint:
        if credential is None:
            return of_installation(self._settings, self._http)
        return of_credential(credential, self._public)

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
        endpoint = self._endpoint(request.credential)
        wire = _WIRES[endpoint.speaks]
        model = self._model_for(request.model, self._settings.default_model, endpoint)
        call = wire.call(endpoint.base_url, endpoint.api_key, model, request)
        return self._ask(endpoint, call, model, request).reply(endpoint.provider, model, request)

    def _embed(self, texts: Sequence[str], model: str, credential: Secret | None) -> EmbedReply:
        endpoint = self._endpoint(credential)
        if endpoint.speaks != embeddings.PROVIDER:
            raise BlockError(
                f"{endpoint.provider} has no embeddings; set up a provider of OpenAI's format.",
                code="llm_no_embeddings",
            )
        model = self._model_for(model, self._settings.embedding_model, endpoint)
        call = embeddings.call(endpoint.base_url, endpoint.api_key, model, texts)
        with endpoint.stream(call, self._run.is_cancelled) as stream:
            if stream.status == 200:
                return embeddings.reply(stream, endpoint.provider, model, texts)
            raise failure_of(stream, model, endpoint.without_key(reason_in(stream)))

    def _model_for(self, wanted: str, usual: str, endpoint: Endpoint) -> str:
        """What is asked for, else the usual one of the installation, which says nothing of a user's own provider."""
        if endpoint.credential:
            if not wanted:
                raise BlockError(_NO_OWN_MODEL, code="llm_not_configured")
            return wanted
        model = wanted or usual
        if not model:
            raise BlockError(_NO_MODEL, code="llm_not_configured")
        if not self._settings.allows(model):
            raise BlockError(
                f"The model {model} may not be used here."
                f" Allowed: {', '.join(self._settings.allow)}.",
                code="model_not_allowed",
            )
        return model

    def _ask(self, endpoint: Endpoint, call: Call, model: str, request: ChatRequest) -> Answer:
        wire = _WIRES[endpoint.speaks]
        with endpoint.stream(call, self._run.is_cancelled) as stream:
            if stream.status == 200:
                return self._collect(wire, stream, is_form=request.response_schema is not None)
            reason = endpoint.without_key(reason_in(stream))
        if stream.status == 400:
            payload = wire.adapted(call.payload, reason)
            if payload is not None:
                return self._ask(endpoint, replace(call, payload=payload), model, request)
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

    def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self._run.is_cancelled():
            self._sleep(min(seconds, _WAIT_SLICE))
            seconds -= _WAIT_SLICE
        if self._run.is_cancelled():
            raise BlockError("The run was stopped.", code="cancelled")

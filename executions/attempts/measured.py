"""The `Llm` port, with its answers counted for the metrics."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from blocks.credentials import Secret
from blocks.ports import ChatReply, ChatRequest, EmbedReply, Llm
from executions import measuring

_OWN = "own"  # users name providers and models of their own as they like: one line for all of them


class MeasuredLlm:
    """Asks the real one."""

    def __init__(self, llm: Llm, provider: str) -> None:
        self._llm = llm
        self._provider = provider

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask, and count how long it took and how many tokens."""
        is_own = request.credential is not None
        with self._timed(is_own=is_own) as names:
            reply = self._llm.chat(request)
            names.of(reply)
        _count_tokens(names, reply.input_tokens, reply.output_tokens)
        return reply

    def embed(
        self, texts: Sequence[str], model: str = "", credential: Secret | None = None
    ) -> EmbedReply:
        """Make vectors, and count how long it took and how many tokens."""
        with self._timed(is_own=credential is not None) as names:
            reply = self._llm.embed(texts, model, credential)
            names.of(reply)
        _count_tokens(names, reply.input_tokens, 0)
        return reply

    @contextmanager
    def _timed(self, *, is_own: bool) -> Iterator["_Names"]:
        names = _Names(_OWN if is_own else self._provider, is_own=is_own)
        began = time.perf_counter()
        try:
            yield names
        finally:
            labels = (names.provider, names.model, names.result)
            measuring.count("model_requests", *labels, seconds=time.perf_counter() - began)


@dataclass
class _Names:
    """Who was asked, and whether an answer came."""

    provider: str
    model: str = "unknown"
    result: str = "failed"
    is_own: bool = False

    def of(self, reply: ChatReply | EmbedReply) -> None:
        """It came."""
        self.result = "answered"
        if self.is_own:
            self.model = _OWN
        else:
            self.provider, self.model = reply.provider, reply.model


def _count_tokens(names: _Names, read: int, written: int) -> None:
    for direction, count in (("input", read), ("output", written)):
        if count:
            measuring.count("model_tokens", names.provider, names.model, direction, count=count)

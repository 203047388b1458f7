"""Vectors of texts: OpenAI's format, and basic ones that need no provider."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite, sqrt
from typing import Any
from zlib import crc32

from blocks.adapters import openai
from blocks.adapters.http import LineStream
from blocks.adapters.sentences import terms
from blocks.adapters.wire import Call, broken_stream, count_of, estimate_tokens, object_in, text_of
from blocks.ports import EmbedReply

PROVIDER = "openai"
OFFLINE_MODEL = "offline-words"
OFFLINE_SIZE = 256

_MAX_VECTOR = 20_000


def call(base_url: str, api_key: str, model: str, texts: Sequence[str]) -> Call:
    """The request of OpenAI's format."""
    payload = {"model": model, "input": list(texts)}
    return Call(f"{openai.base(base_url)}/embeddings", openai.headers(api_key), payload)


def reply(stream: LineStream, provider: str, model: str, texts: Sequence[str]) -> EmbedReply:
    """The vectors in a provider's answer. Raises `BlockError` when it is not one vector for each text."""
    try:
        answer = json.loads("".join(stream.lines))
    except (ValueError, RecursionError) as error:
        raise broken_stream() from error
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or len(rows) != len(texts):
        raise broken_stream()
    tokens = count_of(object_in(answer, "usage").get("prompt_tokens"))
    return EmbedReply(
        vectors=[_vector(row) for row in sorted(rows, key=_place)],
        model=text_of(answer.get("model")) or model,
        provider=provider,
        input_tokens=_tokens(texts) if tokens is None else tokens,
    )


def _place(row: object) -> int:
    return count_of(row.get("index")) or 0 if isinstance(row, dict) else 0


def _vector(row: Mapping[str, Any]) -> list[float]:
    numbers = row.get("embedding") if isinstance(row, dict) else None
    if not isinstance(numbers, list) or not 0 < len(numbers) <= _MAX_VECTOR:
        raise broken_stream()
    if not all(type(number) in {int, float} and isfinite(number) for number in numbers):
        raise broken_stream()
    return [float(number) for number in numbers]


def offline(texts: Sequence[str]) -> EmbedReply:
    """Vectors that are close when texts share words or pairs of words, not when they mean the same."""
    return EmbedReply(
        vectors=[_of_words(text) for text in texts],
        model=OFFLINE_MODEL,
        provider="offline",
        input_tokens=_tokens(texts),
    )


def _of_words(text: str) -> list[float]:
    """The words and their pairs, counted in places that their checksums choose; its length is 1."""
    words = terms(text)
    counts = Counter([*words, *(" ".join(pair) for pair in pairwise(words))])
    vector = [0.0] * OFFLINE_SIZE
    for word, count in counts.items():
        checksum = crc32(word.encode())
        vector[checksum % OFFLINE_SIZE] += sqrt(count) * (1 if checksum & 0x10000 else -1)
    length = sqrt(sum(number * number for number in vector))
    return [number / length for number in vector] if length else vector


def _tokens(texts: Sequence[str]) -> int:
    return sum(estimate_tokens(text) for text in texts)

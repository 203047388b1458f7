"""Passages in prompts and answers: numbers lead from an answer to what it is from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from blocks.adapters.sentences import sentences
from blocks.ports import FoundPassage

_NUMBER = re.compile(r"\[([0-9]{1,3}(?:\s?,\s?[0-9]{1,3}){0,20})\]")
_MAX_SENTENCE = 2_000  # characters that are compared


def numbered(passages: Sequence[FoundPassage]) -> str:
    """One text, with a number, the document and the headings above each passage."""
    return "\n\n".join(
        f"[{number}] {_place(passage)}\n{passage.text}"
        for number, passage in enumerate(passages, start=1)
    )


def _place(passage: FoundPassage) -> str:
    return f"{passage.document} › {passage.heading}" if passage.heading else passage.document


def citations(answer: str, passages: Sequence[FoundPassage]) -> list[dict[str, Any]]:
    """The passages that the answer names by number; if it names none, those that its sentences stand in."""
    named = {int(part) for match in _NUMBER.finditer(answer) for part in match[1].split(",")}
    cited = [number for number in sorted(named) if 0 < number <= len(passages)]
    return [
        {"number": number, **asdict(passages[number - 1])}
        for number in cited or _quoted(answer, passages)
    ]


def _quoted(answer: str, passages: Sequence[FoundPassage]) -> list[int]:
    said = [_bare(sentence) for sentence in sentences(answer)]
    return [
        number
        for number, passage in enumerate(passages, start=1)
        if _has_any(_bare(passage.text), said)
    ]


def _has_any(text: str, said: Iterable[str]) -> bool:
    return any(sentence in text for sentence in said if sentence)


def _bare(text: str) -> str:
    """Words alone: line breaks and marks do not matter."""
    return " ".join(re.findall(r"\w+", text))

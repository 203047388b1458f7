"""Extractive summaries: the sentences of a text that the others agree with most (TextRank)."""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from blocks.adapters.sentences import (
    columns,
    is_wide,
    joined,
    leans_on_another,
    lines,
    paragraphs,
    phrases,
    sentences,
    terms,
)
from blocks.adapters.wire import estimate_tokens
from blocks.adapters.words import INSTRUCTION_WORDS

_DAMPING = 0.85
_ROUNDS = 25
_MAX_SENTENCES = 200  # ranking compares all pairs
_LONGEST_SENTENCE = 600  # characters that count
_LONGEST_FOR_KEYWORDS = 200_000
_ENOUGH_TO_COUNT = 20_000  # characters: longer texts get the longest summary anyway
_TOO_SIMILAR = 0.55
_FEW_TERMS = 5
_FOCUS_BONUS = 3.0
_FIRST_FACTOR = 1.6  # texts open with what they are about
_WEAK = 0.25
_LIST_LENGTH = 5
_LEANING_FACTOR = 0.7

_ENDS = ".!?。！？…"
_BETWEEN_ENTRIES = re.compile(r"\s*(?:[,;，；、]\s*(?:and |or )?|\band\b|\bor\b)\s*")

Vector = dict[str, float]


@dataclass(frozen=True)
class Ranked:
    """A sentence, where it stood, and how much it matters."""

    text: str
    position: int
    vector: Vector
    score: float


def similarity(one: Vector, other: Vector) -> float:
    """Cosine of two vectors of length one."""
    small, large = sorted((one, other), key=len)
    return sum(weight * large.get(term, 0.0) for term, weight in small.items())


def rank(text: str, focus: str = "") -> list[Ranked]:
    """The sentences of `text`, the most central first; those about `focus` are lifted."""
    candidates = _candidates(text)
    vectors = _vectors([terms(sentence[:_LONGEST_SENTENCE]) for _, sentence in candidates])
    wanted = set(terms(focus)) - INSTRUCTION_WORDS
    found: list[Ranked] = []
    for (position, sentence), vector, score in zip(
        candidates, vectors, _page_rank(vectors), strict=True
    ):
        share = len(wanted.intersection(vector)) / max(1, len(wanted))
        weight = score * _readability(sentence, vector) * (1.0 + _FOCUS_BONUS * share)
        found.append(Ranked(sentence, position, vector, weight * (1.0 if found else _FIRST_FACTOR)))
    return sorted(found, key=lambda entry: (-entry.score, entry.position))


def _readability(sentence: str, vector: Vector) -> float:
    """How well a sentence stands alone."""
    enough = min(1.0, len(vector) / _FEW_TERMS)
    return enough * (_LEANING_FACTOR if leans_on_another(sentence) else 1.0)


def pick(text: str, count: int, *, max_tokens: int | None = None, focus: str = "") -> list[str]:
    """The `count` most telling sentences in the order of the text, without near repetitions."""
    chosen: list[Ranked] = []
    room = math.inf if max_tokens is None else max_tokens
    for entry in rank(text, focus):
        # Room that is left over is no reason to show what hardly matters.
        if len(chosen) == count or (chosen and entry.score < _WEAK * chosen[0].score):
            break
        size = estimate_tokens(entry.text)
        if size > room and chosen:
            continue
        if all(similarity(entry.vector, other.vector) < _TOO_SIMILAR for other in chosen):
            chosen.append(entry)
            room -= size
    return [entry.text for entry in sorted(chosen, key=lambda entry: entry.position)]


def summarize(text: str, count: int, *, max_tokens: int | None = None, focus: str = "") -> str:
    """A summary that consists of sentences of the text; at least one, however long."""
    return joined(pick(text, count, max_tokens=max_tokens, focus=focus))


def closest(text: str, question: str) -> str:
    """The sentence that has most of what the question speaks of, the most central one if none."""
    wanted = set(terms(question)) - INSTRUCTION_WORDS
    best = max(rank(text), key=lambda entry: _weight_of(wanted, entry.vector), default=None)
    return best.text if best else ""


def _weight_of(wanted: set[str], vector: Vector) -> float:
    # Sorted, so that rounding is the same in every process.
    return sum(vector.get(term, 0.0) for term in sorted(wanted))


def shortened(text: str, max_tokens: int) -> str:
    """The beginning of a text that is too long, with an ellipsis."""
    if estimate_tokens(text) <= max_tokens:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if estimate_tokens(text[:middle]) < max_tokens else (low, middle - 1)
        )
    return f"{text[:low].rstrip()}…"


def usual_count(text: str) -> int:
    """How many sentences a summary of this text should have: two to four."""
    length = len(sentences(text[:_ENOUGH_TO_COUNT]))
    return 2 if length <= 6 else 3 if length <= 15 else 4


def entries(text: str, count: int | None, focus: str = "") -> list[str]:
    """The entries of a text that is a list already, else its most telling sentences."""
    rows = [row for paragraph in paragraphs(text) for row in lines(paragraph)]
    rows = [row for row in rows if row[-1] not in ":："]
    if len(rows) == 1 and rows[0][-1] not in _ENDS:
        rows = [part for part in _BETWEEN_ENTRIES.split(rows[0]) if part]
    is_list = len(rows) > 2 and all(len(sentences(row)) == 1 for row in rows)
    found = rows if is_list else pick(text, count or _LIST_LENGTH, focus=focus)
    return found[: count or len(found)]


def keywords(text: str, count: int) -> list[str]:
    """The terms that the text repeats most, without those that are a part of another."""
    found = Counter(phrases(text[:_LONGEST_FOR_KEYWORDS]))
    ordered = sorted(found, key=lambda t: (found[t] < 2, -found[t] * _term_weight(t), t))
    chosen: list[str] = []
    for term in ordered:
        if len(chosen) == count:
            break
        if not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return chosen


def _term_weight(term: str) -> int:
    """How much one use of a term says: long Chinese phrases more than the pairs inside them."""
    return len(term) - 1 if is_wide(term[0]) else 2


def _candidates(text: str) -> list[tuple[int, str]]:
    """Position and text of what can stand in a summary: no headings, no questions."""
    found = list(enumerate(sentences(text)))
    whole = [(i, s) for i, s in found if s[-1] in ".!。！…”\"'」’）)" and columns(s) >= 12]
    usable = whole or found
    if len(usable) <= _MAX_SENTENCES:
        return usable
    frequency = Counter(terms(text))

    def weight(entry: tuple[int, str]) -> float:
        words = terms(entry[1][:_LONGEST_SENTENCE])
        return -sum(frequency[word] for word in words) / (len(words) + _FEW_TERMS)

    return sorted(sorted(usable, key=weight)[:_MAX_SENTENCES])


def _vectors(texts: list[list[str]]) -> list[Vector]:
    """TF-IDF vectors of length one."""
    spread = Counter(term for text in texts for term in set(text))
    vectors = []
    for text in texts:
        weights = {
            term: count * math.log(1 + len(texts) / spread[term])
            for term, count in Counter(text).items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors.append({term: weight / length for term, weight in weights.items()})
    return vectors


def _page_rank(vectors: list[Vector]) -> list[float]:
    neighbours: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for one in range(len(vectors)):
        for other in range(one):
            weight = similarity(vectors[one], vectors[other])
            if weight:
                neighbours[one].append((other, weight))
                neighbours[other].append((one, weight))
    outgoing = {node: sum(weight for _, weight in links) for node, links in neighbours.items()}
    start = 1 / max(1, len(vectors))
    scores = [start] * len(vectors)
    for _ in range(_ROUNDS):
        scores = [
            (1 - _DAMPING) * start
            + _DAMPING * sum(w / outgoing[k] * scores[k] for k, w in neighbours[node])
            for node in range(len(vectors))
        ]
    return scores

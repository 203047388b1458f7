"""What nodes have said when they failed, in another language.

A failure is told in English and kept as it was told; masks, tries, child runs and exports treat it like any other
text. `locale/zh_hans_failures.json` has every sentence with gaps for what was put in, "The server answered {1}", and
its translation. Whoever shows a kept sentence finds the one that it was made from.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

import re2

from blocks.translations import texts_in

_GAP = re.compile(r"\{(\w+)\}")
_NAME = re.compile(r"""["“]\{(\w+)\}["”]""")  # in quotes: what people have called something
_MAX_LENGTH = 2_000  # characters; no sentence of ours is as long
_MAX_DEPTH = 3  # sentences within sentences
_MAX_PARTS = 5


class Form:
    """A sentence with gaps, and its translation with the same gaps."""

    def __init__(self, text: str, translation: str) -> None:
        fixed = _GAP.split(text)[::2]
        # RE2, because what stands in the gaps comes from strangers.
        self._expression: Any = re2.compile("(?s)" + "(.*?)".join(map(re2.escape, fixed)))
        self._start = fixed[0]
        self._gaps = _GAP.findall(text)
        self._names = frozenset(_NAME.findall(text))
        self._translation = translation
        self.weight = len("".join(fixed))

    def retold(self, text: str, retell: Callable[[str], str]) -> str | None:
        """The text in the other language, or None when it was not made from this sentence."""
        found = self._expression.fullmatch(text) if text.startswith(self._start) else None
        if not found:
            return None
        words = {
            gap: word if gap in self._names else retell(word)
            for gap, word in zip(self._gaps, found.groups(), strict=True)
        }
        return _GAP.sub(lambda gap: words[gap[1]], self._translation)


def retold(text: str, language: str) -> str:
    """What a node has said, in this language ("zh-hans"); other text as it is."""
    return _kept(text, language) if len(text) <= _MAX_LENGTH else text


@lru_cache(maxsize=1_000)
def _kept(text: str, language: str) -> str:
    """As `retold`: lists show the same failures again and again."""
    forms = _forms_in(language)
    try:
        return _retold(text, forms, _MAX_DEPTH) if forms else text
    except UnicodeEncodeError:  # it has half a character, which RE2 does not take
        return text


@cache
def _forms_in(language: str) -> tuple[Form, ...]:
    """The sentences that are translated; the one with the most fixed words is the first to be compared."""
    forms = (Form(*pair) for pair in texts_in(f"{language}-failures").items())
    return tuple(sorted(forms, key=lambda form: -form.weight))


def _retold(text: str, forms: Iterable[Form], depth: int) -> str:
    """As `retold`: a sentence, several of them, or one after the title of a node."""
    if not (depth and text):
        return text

    def retell(part: str) -> str:
        return _retold(part, forms, depth - 1)

    for mark, other in (("; ", "；"), (" or ", "或")):
        parts = text.split(mark)
        told = [retell(part) for part in parts] if 1 < len(parts) <= _MAX_PARTS else []
        if told and all(each != part for each, part in zip(told, parts, strict=True)):
            return other.join(told)
    for form in forms:
        told_whole = form.retold(text, retell)
        if told_whole is not None:
            return told_whole
    title, mark, rest = text.partition(": ")
    told_rest = retell(rest)
    return f"{title}：{told_rest}" if mark and told_rest != rest else text

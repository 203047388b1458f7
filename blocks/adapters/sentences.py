"""Cutting text into sentences and terms, for languages with and without spaces between words."""

import re
import unicodedata
from itertools import pairwise

from blocks.adapters.words import (
    ABBREVIATIONS,
    POINTING_BACK,
    POINTING_BACK_WIDE,
    STOP_CHARACTERS,
    STOP_WORDS,
)

_BULLET = re.compile(r"^\s*(?:[-*•·●]|\(?\d{1,2}[.)、]|#{1,6})\s*(?=\S)")
_LATIN_END = re.compile(r"[.!?]+[\"'”’)\]]*")
_NEXT = re.compile(r"(?P<space>\s*)(?P<letter>\S?)")
_WIDE_END = re.compile(r"[。！？｡]+[”’」』）】\"]*")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_WIDE_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_LONGEST_ABBREVIATION = 12
_SHORT_LINE = 40  # columns: a line that stops earlier was ended on purpose, not wrapped


def is_wide(character: str) -> bool:
    """Whether the character takes two columns, like Chinese ones do."""
    return unicodedata.east_asian_width(character) in "WF"


def columns(text: str) -> int:
    """How wide the text is on the screen: comparable between Chinese and English."""
    return sum(2 if is_wide(character) else 1 for character in text)


def is_mostly_wide(text: str) -> bool:
    """Whether the text is Chinese, Japanese or Korean rather than alphabetic."""
    letters = [character for character in text[:2000] if character.isalpha()]
    return sum(map(is_wide, letters)) * 2 > len(letters)


def joined(parts: list[str]) -> str:
    """Parts put together, with a space only where the script uses one."""
    text = ""
    for part in parts:
        needs_space = text and not is_wide(text[-1]) and not is_wide(part[:1] or " ")
        text += f" {part}" if needs_space else part
    return text


def paragraphs(text: str) -> list[str]:
    """The blocks of text between blank lines."""
    blocks = re.split(r"\n[ \t\u3000]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [block.strip() for block in blocks if block.strip()]


def lines(paragraph: str) -> list[str]:
    """The lines that the writer meant: wrapped ones are put together again, bullets are cut off."""
    found: list[str] = []
    open_end = False
    for raw in paragraph.splitlines():
        line = _BULLET.sub("", raw).strip()
        if not line:
            continue
        if open_end and not _BULLET.match(raw):
            found[-1] = joined([found[-1], line])
        else:
            found.append(line)
        open_end = columns(raw) >= _SHORT_LINE and line[-1] not in ".!?。！？:：;；"
    return found


def sentences(text: str) -> list[str]:
    """The sentences in order. Headings and list entries count as sentences."""
    return [
        sentence
        for paragraph in paragraphs(text)
        for line in lines(paragraph)
        for sentence in _in_line(line)
    ]


def _in_line(line: str) -> list[str]:
    ends = {match.end() for match in _WIDE_END.finditer(line)}
    ends |= {match.end() for match in _LATIN_END.finditer(line) if _ends_here(line, match)}
    cuts = [0, *sorted(ends), len(line)]
    pieces = (line[start:end].strip() for start, end in pairwise(cuts))
    return [piece for piece in pieces if piece]


def _ends_here(line: str, match: re.Match[str]) -> bool:
    """Whether the mark ends a sentence, not an abbreviation, an initial or a number."""
    following = _NEXT.match(line, match.end())
    assert following
    letter = following["letter"]
    if letter and ((not following["space"] and not is_wide(letter)) or letter.islower()):
        return False
    if not match.group().startswith("."):
        return True
    before = line[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()].rsplit(None, 1)
    last = before[-1].lstrip("(\"'“‘").lower() if before else ""
    return last not in ABBREVIATIONS and not (len(last) == 1 and last.isalpha())


def terms(text: str) -> list[str]:
    """What a text is about: words without their plural s, pairs of Chinese characters."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        rest = _WIDE_RUN.sub(" ", word)
        found += [_stem(part) for part in rest.split() if len(part) > 2 and part not in STOP_WORDS]
        for run in _WIDE_RUN.findall(word):
            pairs = (run[i : i + 2] for i in range(max(1, len(run) - 1)))
            found += [pair for pair in pairs if STOP_CHARACTERS.isdisjoint(pair)]
    return found


def phrases(text: str) -> list[str]:
    """Words, and runs of two to four Chinese characters: candidates for keywords."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        rest = _WIDE_RUN.sub(" ", word).split()
        found += [_stem(w) for w in rest if len(w) > 2 and w not in STOP_WORDS and w.isalpha()]
        for run in _WIDE_RUN.findall(word):
            runs = (run[i : i + size] for size in (2, 3, 4) for i in range(len(run) - size + 1))
            found += [phrase for phrase in runs if STOP_CHARACTERS.isdisjoint(phrase)]
    return found


def leans_on_another(sentence: str) -> bool:
    """Whether a sentence opens by pointing back ("These …", "不过…") and so reads badly alone."""
    if sentence.startswith(POINTING_BACK_WIDE):
        return True
    first = _WORD.match(sentence.lstrip("\"'“‘(").lower())
    return bool(first and first.group() in POINTING_BACK)


def _stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "sui" else word

"""Cutting a text into passages: at headings first, then between sentences, with some overlap."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SIZE = 1_000  # characters of a passage at most
OVERLAP = 150  # characters at most that a passage has in common with the one before it
MAX_HEADING = 300

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_FENCE = ("```", "~~~")
# Where a text may be cut: between lines, behind sentences, behind sentences of scripts without spaces.
_CUT = re.compile(r"\n+|(?<=[.!?])\s+|(?<=[。！？])")


@dataclass(frozen=True)
class Piece:
    """A passage, as it stands in the text, and the headings that it stands below."""

    heading: str
    text: str


def cut(text: str) -> Iterator[Piece]:
    """The passages of a plain or Markdown text, in order."""
    for heading, section in _sections(text):
        for start, end in _spans(section):
            piece = section[start:end].strip()
            if piece:
                yield Piece(heading, piece)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """What stands between headings, with the path that leads there, such as "Guide › Rooms"."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    is_code = False
    for line in text.splitlines(keepends=True):
        is_code ^= line.lstrip().startswith(_FENCE)
        heading = None if is_code else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield _shown(path), "".join(lines)
        lines, level = [], len(heading[1])
        path = [each for each in path if each[0] < level]
        path.append((level, heading[2].rstrip("# \t\r\n")))
    yield _shown(path), "".join(lines)


def _shown(path: list[tuple[int, str]]) -> str:
    return " › ".join(title for _, title in path)[:MAX_HEADING]


def _spans(section: str) -> Iterator[tuple[int, int]]:
    """Where passages begin and end; each has whole sentences where they are not too long."""
    begin = end = 0
    starts: list[int] = []  # of the sentences in this passage
    for start, stop in _sentences(section):
        if stop - begin > SIZE and end > begin:
            yield begin, end
            begin = next((each for each in starts if end - each <= OVERLAP), start)
            begin = begin if stop - begin <= SIZE else start
            starts = [each for each in starts if each >= begin]
        starts.append(start)
        end = stop
    yield begin, end


def _sentences(section: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _CUT.finditer(section):
        yield from _parts(section, start, match.end())
        start = match.end()
    yield from _parts(section, start, len(section))


def _parts(section: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, in parts when it is longer than a passage, cut at spaces where there are some."""
    while end - start > SIZE:
        space = section.rfind(" ", start + SIZE // 2, start + SIZE) + 1
        middle = space or start + SIZE
        yield start, middle
        start = middle
    if end > start:
        yield start, end

"""Patterns in text: replace what matches, split at it, find addresses."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.text_patterns import (
    MAX_MATCHES,
    PATTERN_HELP,
    PatternPins,
    compile_pattern,
    matches_of,
)
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register

_REFERENCE = re.compile(r"\\(\d)")


@register
class ReplaceTextPattern(Block["ReplaceTextPattern.Input"]):
    id = "replace_text_pattern_block"
    name = "Replace text pattern"
    description = "Replaces every part of a text that matches a pattern."
    category = "text"
    icon = "regex"
    limits = "At most 10,000 matches, 5 seconds, and a result of 10 MB."

    class Input(PatternPins):
        text: str = Field(description="The text.")
        pattern: str = Field(min_length=1, description=PATTERN_HELP)
        replacement: str = Field(
            default="",
            description="What to put there; \\1 is the first bracketed part of the pattern.",
        )

    class Output(Pins):
        output: str = Field(description="The new text.")
        count: int = Field(description="How many parts were replaced.")

    examples = (
        Example(
            given={"text": "Ada Lovelace", "pattern": "(\\w+) (\\w+)", "replacement": "\\2, \\1"},
            yields=[("output", "Lovelace, Ada"), ("count", 1)],
        ),
        Example(
            given={"text": "a  b   c", "pattern": " +", "replacement": " "},
            yields=[("output", "a b c"), ("count", 2)],
        ),
        Example(given={"text": "a", "pattern": "a", "replacement": "\\1"}, error="has no group 1"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        regex = compile_pattern(
            data.pattern, case_sensitive=data.case_sensitive, dot_all=data.dot_all
        )
        for number in _REFERENCE.findall(data.replacement):
            if int(number) > regex.groups:
                raise BlockError(f"The pattern has no group {number}")
        parts, position, size = [], 0, text_size(data.text)
        matches = found(regex, data.text)
        for match in matches:
            new = _filled(data.replacement, match)
            size += text_size(new)
            require_room(size)
            parts += [data.text[position : match.start()], new]
            position = match.end()
        yield "output", "".join([*parts, data.text[position:]])
        yield "count", len(matches)


def found(regex: Any, text: str) -> list[Any]:
    """Every match, unless there are too many."""
    matches = list(islice(matches_of(regex, text), MAX_MATCHES + 1))
    if len(matches) > MAX_MATCHES:
        raise BlockError(f"The pattern matches more than {MAX_MATCHES:,} times")
    return matches


def _filled(replacement: str, match: Any) -> str:
    return _REFERENCE.sub(lambda each: match.group(int(each[1])) or "", replacement)


@register
class SplitByPattern(Block["SplitByPattern.Input"]):
    id = "split_by_pattern_block"
    name = "Split text by pattern"
    description = "Cuts a text wherever a pattern matches."
    category = "text"
    icon = "scissors"
    limits = "At most 10,000 matches and 5 seconds."

    class Input(PatternPins):
        text: str = Field(description="The text.")
        pattern: str = Field(min_length=1, description=PATTERN_HELP)
        strip: bool = Field(
            default=True, description="Remove spaces around the parts, and empty parts."
        )

    class Output(Pins):
        texts: list[str] = Field(description="The parts between the matches.")

    examples = (
        Example(given={"text": "a, b;c", "pattern": "[,;]"}, yields=[("texts", ["a", "b", "c"])]),
        Example(
            given={"text": "1 - 2", "pattern": "-", "strip": False},
            yields=[("texts", ["1 ", " 2"])],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        regex = compile_pattern(
            data.pattern, case_sensitive=data.case_sensitive, dot_all=data.dot_all
        )
        texts, position = [], 0
        for match in found(regex, data.text):
            texts.append(data.text[position : match.start()])
            position = match.end()
        texts.append(data.text[position:])
        yield "texts", [text.strip() for text in texts if text.strip()] if data.strip else texts


_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_LINK = r"https?://[^\s<>\"'`{}|\\^]+[^\s<>\"'`{}|\\^.,;:!?)\]]"


@register
class FindAddresses(Block["FindAddresses.Input"]):
    id = "find_addresses_block"
    name = "Find addresses in text"
    description = "Finds the e-mail addresses and web links in a text, each once."
    category = "text"
    icon = "search"
    limits = "At most 10,000 of each."

    class Input(Pins):
        text: str = Field(description="The text.")

    class Output(Pins):
        emails: list[str] = Field(description="The e-mail addresses.")
        links: list[str] = Field(description="The addresses that begin with http:// or https://.")

    examples = (
        Example(
            given={"text": "Write to ada@example.com (see https://example.com/a?b=1)."},
            yields=[("emails", ["ada@example.com"]), ("links", ["https://example.com/a?b=1"])],
        ),
        Example(given={"text": "Nothing here."}, yields=[("emails", []), ("links", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        for pin, pattern in (("emails", _EMAIL), ("links", _LINK)):
            regex = compile_pattern(pattern, case_sensitive=True, dot_all=False)
            matches = [match.group(0) for match in found(regex, data.text)]
            yield pin, list(dict.fromkeys(matches))

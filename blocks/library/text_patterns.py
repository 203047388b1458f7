"""Patterns in text. RE2 takes linear time whatever the pattern, which Python's own engine does not."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import re2
from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text, preview

MAX_MATCHES = 10_000
# One step is one instruction of the pattern at one character: about 10 nanoseconds at worst.
_MAX_STEPS = 200_000_000
_MAX_SECONDS = 5.0
PATTERN_HELP = "A pattern in RE2 syntax, such as [0-9]+ for a number."


def compile_pattern(pattern: str, *, case_sensitive: bool, dot_all: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = case_sensitive
    options.dot_nl = dot_all
    try:
        return re2.compile(pattern, options=options)
    except (re2.error, UnicodeEncodeError) as error:
        raise BlockError(
            f"The pattern {preview(pattern)} cannot be used: {_reason(error)[:60]}. "
            "Look-around and back-references are not supported"
        ) from None


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def matches_of(regex: Any, text: str) -> Iterator[Any]:
    """Every match, as long as that takes a reasonable time."""
    if regex.programsize * len(text) > _MAX_STEPS:
        raise BlockError("The pattern is too complicated for a text of this length")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BlockError("The text has half characters in it, which cannot be searched") from None
    deadline = time.monotonic() + _MAX_SECONDS
    for match in regex.finditer(text):
        yield match
        if time.monotonic() > deadline:
            raise BlockError("Finding all matches takes too long; use a simpler pattern")


class PatternPins(Pins):
    """The switches that both blocks have."""

    case_sensitive: bool = Field(default=True, description="Tell capital letters from small ones.")
    dot_all: bool = Field(default=True, description="Let a dot in the pattern match line breaks.")


@register
class MatchTextPattern(Block["MatchTextPattern.Input"]):
    id = "match_text_pattern_block"
    aliases = ("3060088f-6ed9-4928-9ba7-9c92823a7ccd",)
    name = "Match text pattern"
    description = "Sends data one way when a text has a pattern in it, the other way when not."
    category = "text"
    icon = "regex"

    class Input(PatternPins):
        text: Any = Field(description="The text to search; other values as JSON text.")
        match: str = Field(description=PATTERN_HELP)
        data: Any = Field(description="What to send on.")

    class Output(Pins):
        positive: Any = Field(description="The data; sent when the text has the pattern.")
        negative: Any = Field(description="The data; sent when it does not.")

    examples = (
        Example(
            given={"text": "Order 42", "match": "[0-9]+", "data": "order"},
            yields=[("positive", "order")],
        ),
        Example(
            given={"text": "No order", "match": "[0-9]+", "data": "order"},
            yields=[("negative", "order")],
        ),
        Example(
            given={"text": "a", "match": "(?=a)", "data": 1},
            error="Look-around and back-references",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        regex = compile_pattern(
            data.match, case_sensitive=data.case_sensitive, dot_all=data.dot_all
        )
        found = next(matches_of(regex, as_text(data.text)), None)
        yield "negative" if found is None else "positive", data.data


@register
class ExtractTextInformation(Block["ExtractTextInformation.Input"]):
    id = "extract_text_information_block"
    aliases = ("3146e4fe-2cdd-4f29-bd12-0c9d5bb4deb0",)
    name = "Extract text information"
    description = "Takes out of a text what matches a pattern."
    category = "text"
    icon = "regex"

    class Input(PatternPins):
        text: Any = Field(description="The text to search; other values as JSON text.")
        pattern: str = Field(description=PATTERN_HELP)
        group: int = Field(
            default=0, ge=0, description="Which bracketed part of the pattern; 0 for all of it."
        )
        find_all: bool = Field(default=False, description="Take every match, not only the first.")

    class Output(Pins):
        positive: str = Field(description="What matched; sent once for each match.")
        negative: str = Field(description="The whole text; only sent when nothing matched.")
        matched_results: list[str] = Field(description="Everything that matched.")
        matched_count: int = Field(description="How much matched.")

    examples = (
        Example(
            given={"text": "Ada, 36", "pattern": "([A-Z][a-z]+), ([0-9]+)", "group": 2},
            yields=[("positive", "36"), ("matched_results", ["36"]), ("matched_count", 1)],
        ),
        Example(
            given={"text": "a1 b2", "pattern": "[a-z]", "find_all": True},
            yields=[
                ("positive", "a"),
                ("positive", "b"),
                ("matched_results", ["a", "b"]),
                ("matched_count", 2),
            ],
        ),
        Example(
            given={"text": "none", "pattern": "[0-9]"},
            yields=[("negative", "none"), ("matched_results", []), ("matched_count", 0)],
        ),
        Example(given={"text": "a", "pattern": "(a", "group": 1}, error="missing )"),
        Example(given={"text": "a", "pattern": "a", "group": 1}, error="no group 1"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = as_text(data.text)
        results = self._results(data, text)
        for result in results:
            yield "positive", result
        if not results:
            yield "negative", text
        yield "matched_results", results
        yield "matched_count", len(results)

    def _results(self, data: Input, text: str) -> list[str]:
        regex = compile_pattern(
            data.pattern, case_sensitive=data.case_sensitive, dot_all=data.dot_all
        )
        if data.group > regex.groups:
            raise BlockError(f"The pattern has no group {data.group}")
        limit = MAX_MATCHES + 1 if data.find_all else 1
        matches = islice(matches_of(regex, text), limit)
        results = [match.group(data.group) or "" for match in matches]
        if len(results) > MAX_MATCHES:
            raise BlockError(f"The pattern matches more than {MAX_MATCHES:,} times")
        return results

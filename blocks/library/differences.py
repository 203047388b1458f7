"""What differs between two texts, and between two values."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.identity import identity
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register

MAX_DEPTH = 100
MAX_CHANGES = 10_000
MAX_TEXT = 1_000_000  # characters


@register
class CompareTexts(Block["CompareTexts.Input"]):
    id = "compare_texts_block"
    name = "Compare texts"
    description = "Shows which lines differ between two texts, and how alike they are."
    category = "developer"
    icon = "file-diff"
    effect = Effect.IDEMPOTENT
    limits = "Texts of at most a million characters; 10 seconds."

    class Input(Pins):
        old: str = Field(max_length=MAX_TEXT, description="The first text.")
        new: str = Field(max_length=MAX_TEXT, description="The second text.")
        context: int = Field(
            default=3,
            ge=0,
            le=1_000,
            description="How many equal lines to show around a difference.",
        )

    class Output(Pins):
        is_equal: bool = Field(description="Whether they are the same.")
        diff: str = Field(description="The differences as a patch; empty when there are none.")
        similarity: float = Field(description="How alike they are, from 0 to 1.")

    examples = (
        Example(
            given={"old": "tea\nmilk", "new": "tea\nsugar", "context": 0},
            yields=[
                ("is_equal", False),
                ("diff", "--- old\n+++ new\n@@ -2 +2 @@\n-milk\n+sugar"),
                ("similarity", float),
            ],
        ),
        Example(
            given={"old": "tea", "new": "tea"},
            yields=[("is_equal", True), ("diff", ""), ("similarity", 1.0)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = ports.sandbox.call(
            "blocks.sandbox.jobs.differences:compare", data.model_dump(), subject="The comparison"
        )
        require_room_for(found)
        yield "is_equal", data.old == data.new
        yield "diff", found["diff"]
        yield "similarity", found["similarity"]


@register
class CompareValues(Block["CompareValues.Input"]):
    id = "compare_values_block"
    name = "Compare values"
    description = "Lists what was added, removed and changed between two lists or dictionaries."
    category = "developer"
    icon = "file-diff"
    limits = "At most 10,000 changes, 100 levels deep."

    class Input(Pins):
        old: Any = Field(description="The first value.")
        new: Any = Field(description="The second value.")

    class Output(Pins):
        is_equal: bool = Field(description="Whether they are the same.")
        changes: list[dict[str, Any]] = Field(
            description='One {"path", "change", "old", "new"} for each difference.'
        )

    examples = (
        Example(
            given={"old": {"a": 1, "b": [1]}, "new": {"a": 2, "b": [1, 5]}},
            yields=[
                ("is_equal", False),
                (
                    "changes",
                    [
                        {"path": "$.a", "change": "changed", "old": 1, "new": 2},
                        {"path": "$.b[1]", "change": "added", "old": None, "new": 5},
                    ],
                ),
            ],
        ),
        Example(given={"old": [1], "new": [1]}, yields=[("is_equal", True), ("changes", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        changes = []
        for change in _changes(data.old, data.new, "$", 0):
            changes.append(change)
            if len(changes) > MAX_CHANGES:
                raise BlockError(f"There are more than {MAX_CHANGES:,} changes")
        require_room_for(changes)
        yield "is_equal", not changes
        yield "changes", changes


def _changes(old: Any, new: Any, path: str, depth: int) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        raise BlockError(f"The values are nested more than {MAX_DEPTH} levels deep")
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _entry(old, new, key, f"{path}.{key}", depth)
    elif isinstance(old, list) and isinstance(new, list):
        before, after = dict(enumerate(old)), dict(enumerate(new))
        for index in range(max(len(old), len(new))):
            yield from _entry(before, after, index, f"{path}[{index}]", depth)
    elif identity(old) != identity(new):
        yield {"path": path, "change": "changed", "old": old, "new": new}


def _entry(
    old: dict[Any, Any], new: dict[Any, Any], key: Any, path: str, depth: int
) -> Iterator[dict[str, Any]]:
    if key not in old:
        yield {"path": path, "change": "added", "old": None, "new": new[key]}
    elif key not in new:
        yield {"path": path, "change": "removed", "old": old[key], "new": None}
    else:
        yield from _changes(old[key], new[key], path, depth + 1)

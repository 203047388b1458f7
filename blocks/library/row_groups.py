"""Tables: one value for each group of rows."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.comparison import comparable
from blocks.library.identity import identity
from blocks.library.rows import SALES, Row, is_empty, require_column
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import describe, preview

# Up to here every whole number has a floating point number of its own, in every program.
_EXACT = 2**53


class Aggregation(StrEnum):
    """How to make one value of the cells of a group."""

    SUM = "sum"
    COUNT = "count"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"


def _plain(number: Decimal) -> int | float:
    is_whole = number == number.to_integral_value() and abs(number) <= _EXACT
    return int(number) if is_whole else float(number)


def _sum(cells: Sequence[Decimal]) -> Decimal:
    return sum(cells, Decimal())


_AGGREGATE: dict[Aggregation, Callable[[Sequence[Decimal]], Decimal]] = {
    Aggregation.SUM: _sum,
    Aggregation.AVERAGE: lambda cells: _sum(cells) / len(cells),
    Aggregation.MIN: min,
    Aggregation.MAX: max,
}


@register
class AggregateRows(Block["AggregateRows.Input"]):
    id = "aggregate_rows_block"
    name = "Aggregate rows"
    description = "Sums up the rows of a table by group: sum, count, average, least or largest."
    category = "data"
    icon = "sum"

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        group_by: str = Field(description="The column whose equal cells make a group.")
        value: str = Field(
            default="", description="The column to calculate with; not needed to count."
        )
        operation: Aggregation = Field(
            default=Aggregation.SUM, description="What to calculate; empty cells are left out."
        )
        descending: bool = Field(
            default=True, description="The group with the largest value first; else as they come."
        )

    class Output(Pins):
        groups: list[Row] = Field(description='One {"group", "value"} for each group.')

    examples = (
        Example(
            given={"rows": SALES, "group_by": "city", "value": "amount"},
            yields=[("groups", [{"group": "Rome", "value": 20}, {"group": "Oslo", "value": 15.5}])],
        ),
        Example(
            given={"rows": SALES, "group_by": "city", "operation": "count"},
            yields=[("groups", [{"group": "Oslo", "value": 2}, {"group": "Rome", "value": 1}])],
        ),
        Example(
            given={"rows": [{"a": "x", "b": "much"}], "group_by": "a", "value": "b"},
            error='Row 1 has the text "much" in the column "b"',
        ),
        Example(
            given={"rows": SALES, "group_by": "city"}, error="needs a column to calculate with"
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_column(data.rows, data.group_by)
        if data.operation is Aggregation.COUNT:
            groups = _counts(data.rows, data.group_by)
        else:
            groups = _values(data)
        if data.descending:
            groups.sort(key=lambda group: group["value"], reverse=True)
        yield "groups", groups


def _grouped(rows: Sequence[Row], column: str) -> list[tuple[Any, list[int]]]:
    """The cell that the rows of a group share, and the positions of those rows."""
    groups: dict[Hashable, tuple[Any, list[int]]] = {}
    for index, row in enumerate(rows):
        cell = row.get(column)
        groups.setdefault(identity(cell), (cell, []))[1].append(index)
    return list(groups.values())


def _counts(rows: Sequence[Row], column: str) -> list[Row]:
    return [{"group": cell, "value": len(members)} for cell, members in _grouped(rows, column)]


def _values(data: AggregateRows.Input) -> list[Row]:
    if not data.value:
        raise BlockError(f"{data.operation.capitalize()} needs a column to calculate with")
    require_column(data.rows, data.value)
    groups = []
    for cell, members in _grouped(data.rows, data.group_by):
        numbers = [
            _number(data.rows[index][data.value], index, data.value)
            for index in members
            if not is_empty(data.rows[index].get(data.value))
        ]
        if numbers:
            groups.append({"group": cell, "value": _plain(_AGGREGATE[data.operation](numbers))})
    return groups


def _number(cell: Any, index: int, column: str) -> Decimal:
    number = comparable(cell)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise BlockError(
            f"Row {index + 1} has {describe(cell)} in the column {preview(column)}, "
            "but a number is needed"
        )
    # By way of its text: 0.1 + 0.2 shall be 0.3, as on paper.
    return Decimal(str(number))

"""Tables: filter, sort and show rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.comparison import Comparison, comparable, holds
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text, preview

Row = dict[str, Any]

SALES = (
    {"city": "Oslo", "amount": "10.5"},
    {"city": "Rome", "amount": "20"},
    {"city": "Oslo", "amount": "5"},
)


def is_empty(cell: Any) -> bool:
    """Whether the cell says nothing."""
    return cell is None or cell == ""


def require_column(rows: Sequence[Row], column: str) -> None:
    """Refuse a column that no row has: most likely its name is misspelt."""
    if rows and not any(column in row for row in rows):
        raise BlockError(f"No row has the column {preview(column)}")


@register
class FilterRows(Block["FilterRows.Input"]):
    id = "filter_rows_block"
    name = "Filter rows"
    description = "Keeps the rows of a table whose cell in one column meets a condition."
    category = "data"
    icon = "filter"

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        column: str = Field(description="The column to look at.")
        operator: Comparison = Field(
            default=Comparison.EQUAL, description="How to compare the cell with the value."
        )
        value: Any = Field(description="The value. Text such as 5 counts as a number.")

    class Output(Pins):
        rows: list[Row] = Field(description="The rows that meet the condition.")
        count: int = Field(description="How many rows that are.")

    examples = (
        Example(
            given={"rows": SALES, "column": "amount", "operator": ">", "value": 15},
            yields=[("rows", [{"city": "Rome", "amount": "20"}]), ("count", 1)],
        ),
        Example(
            given={"rows": [{"n": 1}, {"n": ""}], "column": "n", "operator": "<", "value": 5},
            yields=[("rows", [{"n": 1}]), ("count", 1)],
        ),
        Example(given={"rows": SALES, "column": "town", "value": 1}, error="No row has the column"),
        Example(
            given={"rows": [{"n": "many"}], "column": "n", "operator": ">", "value": 1},
            error="Row 1: A text and a number cannot be compared",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_column(data.rows, data.column)
        kept = [row for index, row in enumerate(data.rows) if self._keeps(data, index, row)]
        yield "rows", kept
        yield "count", len(kept)

    def _keeps(self, data: Input, index: int, row: Row) -> bool:
        cell = row.get(data.column)
        if data.operator in _ORDERINGS and is_empty(cell):
            return False
        try:
            return holds(cell, data.operator, data.value)
        except BlockError as error:
            raise BlockError(f"Row {index + 1}: {error}") from None


_ORDERINGS = frozenset(Comparison) - {Comparison.EQUAL, Comparison.NOT_EQUAL}


@register
class SortRows(Block["SortRows.Input"]):
    id = "sort_rows_block"
    name = "Sort rows"
    description = "Puts the rows of a table in the order of one column; empty cells come last."
    category = "data"
    icon = "arrows-sort"

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        column: str = Field(description="The column that gives the order.")
        descending: bool = Field(default=False, description="The largest first.")

    class Output(Pins):
        rows: list[Row] = Field(description="The rows in order.")

    examples = (
        Example(
            given={"rows": [{"n": "10"}, {"n": ""}, {"n": "9"}], "column": "n"},
            yields=[("rows", [{"n": "9"}, {"n": "10"}, {"n": ""}])],
        ),
        Example(
            given={"rows": [{"n": "b"}, {"n": "C"}], "column": "n", "descending": True},
            yields=[("rows", [{"n": "C"}, {"n": "b"}])],
        ),
        Example(given={"rows": [{"n": 1}], "column": "m"}, error="No row has the column"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_column(data.rows, data.column)
        filled = [row for row in data.rows if not is_empty(row.get(data.column))]
        empty = [row for row in data.rows if is_empty(row.get(data.column))]
        filled.sort(
            key=_sort_key([row[data.column] for row in filled], data.column),
            reverse=data.descending,
        )
        yield "rows", filled + empty


def _sort_key(cells: list[Any], column: str) -> Callable[[Row], Any]:
    """By number where every cell is one, else as text."""
    if all(isinstance(comparable(cell), int | float) for cell in cells):
        return lambda row: comparable(row[column])
    return lambda row: as_text(row[column]).casefold()


@register
class RowsToMarkdownTable(Block["RowsToMarkdownTable.Input"]):
    id = "rows_to_markdown_table_block"
    name = "Rows to Markdown table"
    description = "Writes the rows of a table as Markdown, ready for a report."
    category = "data"
    icon = "markdown"

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        columns: list[str] = Field(
            default=[], description="The columns to show, in order; empty: all of them."
        )

    class Output(Pins):
        table: str = Field(description="The table as Markdown text.")

    examples = (
        Example(
            given={"rows": [{"city": "Oslo", "n": 1}, {"city": "a|b"}]},
            yields=[("table", "| city | n |\n| --- | --- |\n| Oslo | 1 |\n| a\\|b |  |")],
        ),
        Example(
            given={"rows": [{"city": "Oslo", "n": 1}], "columns": ["n"]},
            yields=[("table", "| n |\n| --- |\n| 1 |")],
        ),
        Example(given={"rows": []}, error="no columns"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        columns = data.columns or list(dict.fromkeys(name for row in data.rows for name in row))
        if not columns:
            raise BlockError("The table has no columns")
        for column in data.columns:
            require_column(data.rows, column)
        # A row has a cell in every column, even when most rows have columns of their own.
        require_room(len(data.rows) * len(columns) * len("  |"))
        lines = [_line(columns), _line(["---"] * len(columns))]
        lines += [_line([row.get(column) for column in columns]) for row in data.rows]
        table = "\n".join(lines)
        require_room(text_size(table))
        yield "table", table


def _line(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = as_text(value).replace("\\", "\\\\").replace("|", "\\|")
    return " ".join(text.split())

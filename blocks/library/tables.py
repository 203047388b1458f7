"""Tables: join two, group rows, choose columns, write CSV."""

import csv
from collections.abc import Hashable, Iterator, Mapping, Sequence
from enum import StrEnum
from io import StringIO

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.identity import identity
from blocks.library.rows import SALES, Row, require_column
from blocks.limits import json_size, require_room, text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text

Groups = Mapping[Hashable, Sequence[Row]]


class Join(StrEnum):
    """Which rows without a partner are kept."""

    INNER = "inner"
    LEFT = "left"
    FULL = "full"


@register
class JoinRows(Block["JoinRows.Input"]):
    id = "join_rows_block"
    name = "Join tables"
    description = "Puts the rows of two tables together that have the same cell in a column."
    category = "data"
    icon = "arrows-join"
    limits = "A result of at most 10 MB."

    class Input(Pins):
        left: list[Row] = Field(description="The rows of the first table.")
        right: list[Row] = Field(description="The rows of the second table.")
        column: str = Field(min_length=1, description="The column of the first table.")
        right_column: str = Field(
            default="", description="The column of the second table; empty: of the same name."
        )
        join: Join = Field(
            default=Join.INNER,
            description="inner: only pairs; left: all rows of the first table too; full: all rows.",
        )

    class Output(Pins):
        rows: list[Row] = Field(description="The joined rows; a cell of the second table counts.")
        unmatched: list[Row] = Field(description="The rows of the first table without a partner.")

    examples = (
        Example(
            given={
                "left": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}],
                "right": [{"id": 1, "city": "Rome"}],
                "column": "id",
            },
            yields=[
                ("rows", [{"id": 1, "name": "Ada", "city": "Rome"}]),
                ("unmatched", [{"id": 2, "name": "Bo"}]),
            ],
        ),
        Example(
            given={
                "left": [{"a": 1}],
                "right": [{"b": 2}],
                "column": "a",
                "right_column": "b",
                "join": "full",
            },
            yields=[("rows", [{"a": 1}, {"b": 2}]), ("unmatched", [{"a": 1}])],
        ),
        Example(
            given={"left": [{"a": 1}], "right": [], "column": "b"}, error="No row has the column"
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        right_column = data.right_column or data.column
        require_column(data.left, data.column)
        require_column(data.right, right_column)
        partners = grouped(data.right, right_column)
        pairs, unmatched = _pairs(data.left, data.column, partners)
        rows = pairs if data.join is Join.INNER else pairs + unmatched
        if data.join is Join.FULL:
            used = {identity(row.get(data.column)) for row in data.left}
            rows = rows + [
                row for key, group in partners.items() if key not in used for row in group
            ]
        yield "rows", rows
        yield "unmatched", unmatched


def grouped(rows: Sequence[Row], column: str) -> dict[Hashable, list[Row]]:
    """The rows by what makes their cells in the column the same."""
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault(identity(row.get(column)), []).append(row)
    return groups


def _pairs(left: Sequence[Row], column: str, partners: Groups) -> tuple[list[Row], list[Row]]:
    pairs, unmatched, size = [], [], 0
    for row in left:
        group = partners.get(identity(row.get(column)), ())
        for partner in group:
            pair = row | partner
            size += json_size(pair)
            require_room(size)
            pairs.append(pair)
        if not group:
            unmatched.append(row)
    return pairs, unmatched


@register
class GroupRows(Block["GroupRows.Input"]):
    id = "group_rows_block"
    name = "Group rows"
    description = "Sorts the rows of a table into groups that have the same cell in a column."
    category = "data"
    icon = "stack-2"

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        column: str = Field(min_length=1, description="The column.")

    class Output(Pins):
        groups: list[Row] = Field(description='One {"group", "rows"} for each group.')
        count: int = Field(description="How many groups there are.")

    examples = (
        Example(
            given={"rows": SALES, "column": "city"},
            yields=[
                (
                    "groups",
                    [
                        {"group": "Oslo", "rows": [SALES[0], SALES[2]]},
                        {"group": "Rome", "rows": [SALES[1]]},
                    ],
                ),
                ("count", 2),
            ],
        ),
        Example(given={"rows": [], "column": "a"}, yields=[("groups", []), ("count", 0)]),
        Example(given={"rows": [{"a": 1}], "column": "b"}, error="No row has the column"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_column(data.rows, data.column)
        groups = [
            {"group": rows[0].get(data.column), "rows": rows}
            for rows in grouped(data.rows, data.column).values()
        ]
        yield "groups", groups
        yield "count", len(groups)


@register
class ChooseColumns(Block["ChooseColumns.Input"]):
    id = "choose_columns_block"
    name = "Choose columns"
    description = "Keeps some columns of a table, in this order and under other names if wanted."
    category = "data"
    icon = "table"

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        columns: list[str] = Field(min_length=1, description="The columns to keep, in order.")
        names: dict[str, str] = Field(
            default={}, description="New names for columns, by the old name."
        )

    class Output(Pins):
        rows: list[Row] = Field(description="The rows with these columns; missing cells are null.")

    examples = (
        Example(
            given={"rows": [{"a": 1, "b": 2, "c": 3}, {"a": 4}], "columns": ["b", "a"]},
            yields=[("rows", [{"b": 2, "a": 1}, {"b": None, "a": 4}])],
        ),
        Example(
            given={"rows": [{"a": 1}], "columns": ["a"], "names": {"a": "x"}},
            yields=[("rows", [{"x": 1}])],
        ),
        Example(given={"rows": [{"a": 1}], "columns": ["z"]}, error="No row has the column"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        names = {column: data.names.get(column, column) for column in data.columns}
        for column in names:
            require_column(data.rows, column)
        # Every row repeats the names of the columns, which may be long.
        require_room(len(data.rows) * sum(map(text_size, names.values())))
        yield "rows", [{names[column]: row.get(column) for column in names} for row in data.rows]


# What spreadsheet programs take for the start of a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@register
class WriteCsv(Block["WriteCsv.Input"]):
    id = "write_csv_block"
    name = "Write CSV"
    description = "Writes the rows of a table as CSV text, ready for a spreadsheet."
    category = "data"
    icon = "file-type-csv"
    limits = "A result of at most 10 MB."

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        columns: list[str] = Field(
            default=[], description="The columns, in order; empty: all of them."
        )
        delimiter: str = Field(
            default=",", min_length=1, max_length=1, description="What separates two cells."
        )
        header: bool = Field(default=True, description="Begin with the names of the columns.")
        escape_formulas: bool = Field(
            default=True,
            description="Put ' before text that a spreadsheet would run as a formula.",
        )

    class Output(Pins):
        csv: str = Field(description="The table as CSV text.")

    examples = (
        Example(
            given={"rows": [{"name": "Ada, Countess", "n": 1}, {"name": None, "n": -2}]},
            yields=[("csv", 'name,n\n"Ada, Countess",1\n,-2\n')],
        ),
        Example(
            given={"rows": [{"a": "=1+1", "b": "-5"}], "header": False, "delimiter": ";"},
            yields=[("csv", "'=1+1;-5\n")],
        ),
        Example(given={"rows": []}, error="no columns"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        columns = data.columns or list(dict.fromkeys(name for row in data.rows for name in row))
        if not columns:
            raise BlockError("The table has no columns")
        if data.delimiter in '"\r\n\x00':
            raise BlockError("The delimiter must be no quote and break no lines")
        require_room(len(data.rows) * len(columns))
        yield "csv", _csv(data, columns)


def _csv(data: WriteCsv.Input, columns: Sequence[str]) -> str:
    text = StringIO()
    writer = csv.writer(text, delimiter=data.delimiter, lineterminator="\n")
    if data.header:
        writer.writerow([_safe(name) if data.escape_formulas else name for name in columns])
    for row in data.rows:
        cells = ["" if row.get(name) is None else as_text(row[name]) for name in columns]
        writer.writerow([_safe(cell) for cell in cells] if data.escape_formulas else cells)
        require_room(text.tell())
    return text.getvalue()


def _safe(cell: str) -> str:
    """With a sign in front that makes it text, if it is no number and begins like a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

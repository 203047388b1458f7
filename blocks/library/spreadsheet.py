"""Reading tables from CSV text and Excel workbooks."""

import base64
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.media import Media, read_media
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register

Row = dict[str, str]

MAX_SINGLE_ROWS = 10_000
_ZIP_MARK = b"PK\x03\x04"  # how Excel workbooks begin
_SECONDS = 60.0

_CSV_FILE = "data:text/csv,name%3Bage%0AAda%3B36"


@register
class ReadSpreadsheet(Block["ReadSpreadsheet.Input"]):
    id = "read_spreadsheet_block"
    aliases = ("acf7625e-d2cb-4941-bfeb-2819fc6fc015",)
    name = "Read spreadsheet"
    description = "Reads a table row by row, from CSV text, a CSV file or an Excel workbook."
    category = "data"
    icon = "file-spreadsheet"
    effect = Effect.IDEMPOTENT
    timeout = 120
    limits = "Files of at most 10 MB; workbooks of a million cells and 60 seconds."

    class Input(Pins):
        contents: str | None = Field(default=None, description="The table as CSV text.")
        file_input: str | None = Field(
            default=None,
            description="Or a CSV file or Excel workbook: a stored file, a data URI or its address.",
        )
        delimiter: str = Field(
            default=",", min_length=1, max_length=1, description="What separates two cells."
        )
        quotechar: str = Field(
            default='"', max_length=1, description="What encloses cells; empty: nothing does."
        )
        escapechar: str = Field(
            default="\\", max_length=1, description="Takes away the meaning of the next character."
        )
        has_header: bool = Field(default=True, description="The first row names the columns.")
        skip_rows: int = Field(
            default=0, ge=0, description="How many rows to leave out after the header."
        )
        strip: bool = Field(default=True, description="Remove spaces around the cells.")
        skip_columns: list[str] = Field(
            default=[], description="Columns to leave out, by name or by position from 0."
        )
        produce_singular_result: bool = Field(
            default=False, description="Send row after row, not all rows at once."
        )

        sheet: str = Field(
            default="", description="Of a workbook: the sheet to read; empty: the first."
        )

    class Output(Pins):
        row: Row = Field(description="One row by column; sent once for each of them, if wanted.")
        rows: list[Row] = Field(description="All rows by column.")

    examples = (
        Example(
            given={"contents": "name,age\nAda, 36\nAlan,41"},
            yields=[("rows", [{"name": "Ada", "age": "36"}, {"name": "Alan", "age": "41"}])],
        ),
        Example(
            given={"contents": "a,b\nc,d", "has_header": False, "produce_singular_result": True},
            yields=[("row", {"0": "a", "1": "b"}), ("row", {"0": "c", "1": "d"})],
        ),
        Example(
            given={"file_input": _CSV_FILE, "delimiter": ";", "skip_columns": ["age"]},
            yields=[("rows", [{"name": "Ada"}])],
        ),
        Example(given={}, error="Give CSV text or a file"),
        Example(given={"contents": "a", "delimiter": ""}, error="1 or more characters"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        rows = _rows(_records(data, ports), data)
        if not data.produce_singular_result:
            yield "rows", rows
            return
        if len(rows) > MAX_SINGLE_ROWS:
            raise BlockError(f"More than {MAX_SINGLE_ROWS:,} rows cannot be sent one by one")
        for row in rows:
            yield "row", row


def _records(data: ReadSpreadsheet.Input, ports: Ports) -> list[list[str]]:
    if data.contents is not None:
        records = _csv_records(data.contents, data)
    elif data.file_input is None:
        raise BlockError("Give CSV text or a file")
    else:
        media = read_media(data.file_input, ports)
        is_workbook = media.content.startswith(_ZIP_MARK)
        records = _sheet(media, data, ports) if is_workbook else _csv_records(media.text(), data)
    return [[cell.strip() for cell in record] for record in records] if data.strip else records


def _sheet(media: Media, data: ReadSpreadsheet.Input, ports: Ports) -> list[list[str]]:
    records: list[list[str]] = ports.sandbox.call(
        "blocks.sandbox.jobs.workbook:read",
        {"content": base64.b64encode(media.content).decode(), "sheet": data.sheet},
        subject="The workbook",
        seconds=_SECONDS,
    )
    return records


def _csv_records(text: str, data: ReadSpreadsheet.Input) -> list[list[str]]:
    signs = [sign for sign in (data.delimiter, data.quotechar, data.escapechar) if sign]
    if len(set(signs)) < len(signs) or {"\r", "\n"}.intersection(signs):
        raise BlockError("Delimiter, quote and escape character must differ and break no lines")
    reader = csv.reader(
        StringIO(text, newline=""),
        delimiter=data.delimiter,
        quotechar=data.quotechar or None,
        quoting=csv.QUOTE_MINIMAL if data.quotechar else csv.QUOTE_NONE,
        escapechar=data.escapechar or None,
    )
    try:
        return [record for record in reader if record]
    except (csv.Error, ValueError) as error:
        raise BlockError(f"The table cannot be read near line {reader.line_num}: {error}") from None


def _rows(records: Sequence[list[str]], data: ReadSpreadsheet.Input) -> list[Row]:
    header = _distinct(records[0]) if data.has_header and records else []
    body = records[data.skip_rows + bool(header) :]
    skipped = frozenset(data.skip_columns)
    rows: list[Row] = []
    size = 0
    for record in body:
        columns = _columns(header, len(record))
        cells = record + [""] * (len(columns) - len(record))
        row = {
            column: cell
            for index, (column, cell) in enumerate(zip(columns, cells, strict=True))
            if column not in skipped and str(index) not in skipped
        }
        # Every row repeats the names of the columns, which may be long.
        size += sum(text_size(column) + text_size(cell) for column, cell in row.items())
        require_room(size)
        rows.append(row)
    return rows


def _columns(header: list[str], width: int) -> list[str]:
    """The names of as many columns as a row has; those without a name go by their position."""
    return header + [str(index) for index in range(len(header), width)]


def _distinct(header: list[str]) -> list[str]:
    """The names, with a number where one stands twice; a nameless column goes by its position."""
    distinct: dict[str, None] = {}
    count: Counter[str] = Counter()
    for index, name in enumerate(header):
        candidate = name or str(index)
        while candidate in distinct:
            count[name] += 1
            candidate = f"{name} ({count[name] + 1})"
        distinct[candidate] = None
    return list(distinct)

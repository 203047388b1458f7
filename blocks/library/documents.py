"""PDF files and Excel workbooks."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.media import base64_of, stored
from blocks.library.rows import Row
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text

_SECONDS = 60.0

_PAGE = b"BT /F1 12 Tf 20 100 Td (Green tea) Tj ET"
_PDF = (
    "data:application/pdf;base64,"
    + b64encode(
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        % (len(_PAGE), _PAGE)
        + b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF"
    ).decode()
)


@register
class ReadPdf(Block["ReadPdf.Input"]):
    id = "read_pdf_block"
    name = "Read PDF"
    description = "Takes the text out of a PDF file, page by page. Pictures of text are not read."
    category = "data"
    icon = "file-type-pdf"
    effect = Effect.IDEMPOTENT
    timeout = 120
    limits = "Files of at most 10 MB, 2,000 pages and 5 million characters; 60 seconds."

    class Input(Pins):
        file: str = Field(
            description="The file: a stored file, a data URI or its address on the web.",
            json_schema_extra={"format": "file"},
        )
        password: str = Field(default="", description="The password, if it is locked.")
        first_page: int = Field(default=1, ge=1, description="The first page to read.")
        last_page: int = Field(default=0, ge=0, description="The last page to read; 0: to the end.")

    class Output(Pins):
        text: str = Field(description="The text of these pages.")
        pages: list[str] = Field(description="The text of each of them.")
        page_count: int = Field(description="How many pages the file has.")
        title: str = Field(description="The title that the file gives itself; may be empty.")

    examples = (
        Example(
            given={"file": _PDF},
            yields=[
                ("text", "Green tea"),
                ("pages", ["Green tea"]),
                ("page_count", 1),
                ("title", ""),
            ],
        ),
        Example(
            given={"file": _PDF, "first_page": 2},
            yields=[("text", ""), ("pages", []), ("page_count", 1), ("title", "")],
        ),
        Example(given={"file": "data:application/pdf,no"}, error="not a PDF"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        arguments = {
            "content": base64_of(data.file, ports),
            "password": data.password,
            "first": data.first_page,
            "last": data.last_page,
        }
        found = ports.sandbox.call(
            "blocks.sandbox.jobs.pdf:read", arguments, subject="The PDF", seconds=_SECONDS
        )
        require_room_for(found)
        yield "text", "\n\n".join(found["pages"])
        yield "pages", found["pages"]
        yield "page_count", found["count"]
        yield "title", found["title"]


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@register
class WriteSpreadsheet(Block["WriteSpreadsheet.Input"]):
    id = "write_spreadsheet_block"
    name = "Write spreadsheet"
    description = "Writes the rows of a table into an Excel workbook. Text never becomes a formula."
    category = "data"
    icon = "file-spreadsheet"
    effect = Effect.IDEMPOTENT
    timeout = 120
    limits = "A file of at most 10 MB; 60 seconds."

    class Input(Pins):
        rows: list[Row] = Field(description="The rows, each by column.")
        columns: list[str] = Field(
            default=[], description="The columns, in order; empty: all of them."
        )
        sheet: str = Field(
            default="Sheet1", min_length=1, max_length=31, description="The name of the sheet."
        )
        name: str = Field(default="table.xlsx", description="What to call the file.")

    class Output(Pins):
        file: str = Field(
            description="The workbook as a stored file.", json_schema_extra={"format": "file"}
        )

    examples = (
        Example(given={"rows": [{"city": "Oslo", "n": 1}]}, yields=[("file", str)]),
        Example(
            given={"rows": [{"a": "=1+1"}], "columns": ["a"], "sheet": "Data"},
            yields=[("file", str)],
        ),
        Example(given={"rows": []}, error="no columns"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        columns = data.columns or list(dict.fromkeys(name for row in data.rows for name in row))
        if not columns:
            raise BlockError("The table has no columns")
        cells = [[_cell(row.get(name)) for name in columns] for row in data.rows]
        content = ports.sandbox.call(
            "blocks.sandbox.jobs.workbook:write",
            {"sheets": {data.sheet: [columns, *cells]}},
            subject="The workbook",
            seconds=_SECONDS,
        )
        yield "file", stored(content, _XLSX, data.name, ports)


def _cell(value: Any) -> Any:
    """What a cell can hold; lists and dictionaries are written as JSON."""
    if isinstance(value, list | dict):
        return as_text(value)
    return value

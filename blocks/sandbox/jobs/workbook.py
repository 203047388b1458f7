"""Excel workbooks: the rows of a sheet, read and written."""

import base64
import datetime
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.exceptions import XlsxWriterException

from blocks.sandbox.errors import LimitError, RefusedError

MAX_CELLS = 1_000_000
MAX_UNPACKED = 100_000_000  # bytes
_PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def read(content: str, sheet: str) -> list[list[str]]:
    """The cells of the sheet (without a name: of the first one), as text, row by row."""
    raw = base64.b64decode(content)
    try:
        _check_size(raw)
        book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise RefusedError(
            f"The file is not an Excel workbook that can be read: {reason}"
        ) from None
    if sheet and sheet not in book.sheetnames:
        raise RefusedError(f"The workbook has no sheet {sheet!r}; it has {book.sheetnames[:20]}")
    return list(_records(book[sheet] if sheet else book.worksheets[0]))


def _check_size(raw: bytes) -> None:
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise LimitError("it is too large when unpacked")


def _records(sheet: Any) -> Iterator[list[str]]:
    count = 0
    for row in sheet.iter_rows(values_only=True):
        record = [_text(cell) for cell in row]
        while record and not record[-1]:
            record.pop()
        count += len(row)
        if count > MAX_CELLS:
            raise LimitError(f"the sheet has more than {MAX_CELLS:,} cells")
        if record:
            yield record


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime.datetime):
        is_day = cell.time() == datetime.time()
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def write(sheets: dict[str, list[list[Any]]]) -> str:
    """A workbook with these sheets, in base64. Text is written as text, also when it begins like a formula."""
    file = BytesIO()
    try:
        with xlsxwriter.Workbook(file, _PLAIN) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for index, row in enumerate(rows):
                    sheet.write_row(index, 0, row)
    except XlsxWriterException as error:
        raise RefusedError(f"The workbook cannot be written: {error}") from None
    return base64.b64encode(file.getvalue()).decode()

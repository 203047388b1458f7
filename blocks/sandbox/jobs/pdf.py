"""The text of PDF files."""

import base64
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from blocks.sandbox.errors import LimitError, RefusedError

MAX_PAGES = 2_000
MAX_TEXT = 5_000_000  # characters


def read(content: str, password: str, first: int, last: int) -> dict[str, object]:
    """The text by page, from the first page to the last (0: to the end), and the number of all pages."""
    try:
        reader = PdfReader(BytesIO(base64.b64decode(content)))
        if reader.is_encrypted and not reader.decrypt(password):
            raise RefusedError("The PDF is locked: give its password")
        count = len(reader.pages)
        wanted = range(first - 1, min(last or count, count))
        if len(wanted) > MAX_PAGES:
            raise LimitError(f"it has more than {MAX_PAGES:,} pages")
        return {"pages": _texts(reader, wanted), "count": count, "title": _title(reader)}
    except PyPdfError as error:
        raise RefusedError(f"The file is not a PDF that can be read: {error}") from None


def _texts(reader: PdfReader, wanted: range) -> list[str]:
    texts, size = [], 0
    for index in wanted:
        text = reader.pages[index].extract_text().strip()
        size += len(text)
        if size > MAX_TEXT:
            raise LimitError(f"it has more than {MAX_TEXT:,} characters of text")
        texts.append(text)
    return texts


def _title(reader: PdfReader) -> str:
    return str(reader.metadata.title or "") if reader.metadata else ""

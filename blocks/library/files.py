"""Reading files: as text, in pieces."""

from collections.abc import Iterator

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.media import read_media
from blocks.ports import Ports
from blocks.registry import register

MAX_PIECES = 10_000


@register
class FileRead(Block["FileRead.Input"]):
    id = "file_read_block"
    aliases = ("3735a31f-7e18-4aca-9e90-08a7120674bc",)
    name = "Read file"
    description = "Reads a text file, all of it or only a part."
    category = "data"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        file_input: str = Field(
            description="The file: a data URI, the address of a file on the web, or plain text."
        )
        delimiter: str = Field(
            default="", description="What separates rows, such as a line break; empty: no rows."
        )
        size_limit: int = Field(
            default=0, ge=0, description="The most characters in one piece; 0: a single piece."
        )
        row_limit: int = Field(default=0, ge=0, description="The most rows to read; 0: all.")
        skip_size: int = Field(
            default=0, ge=0, description="How many characters to leave out at the beginning."
        )
        skip_rows: int = Field(
            default=0, ge=0, description="How many rows to leave out at the beginning."
        )

    class Output(Pins):
        content: str = Field(description="The text; sent once for each piece.")

    examples = (
        Example(given={"file_input": "plain text"}, yields=[("content", "plain text")]),
        Example(
            given={
                "file_input": "data:text/plain;base64,b25lCnR3bwp0aHJlZQ==",
                "delimiter": "\n",
                "skip_rows": 1,
                "row_limit": 1,
            },
            yields=[("content", "two")],
        ),
        Example(
            given={"file_input": "abcdefg", "size_limit": 3},
            yields=[("content", "abc"), ("content", "def"), ("content", "g")],
        ),
        Example(
            given={"file_input": "https://example.com/notes.txt"},
            answers=[{"status": 200, "headers": {"content-type": "text/plain"}, "body": "hi"}],
            yields=[("content", "hi")],
        ),
        Example(
            given={"file_input": "https://example.com/gone.txt"},
            answers=[{"status": 404}],
            error="the server answered 404",
        ),
        Example(given={"file_input": "a", "skip_rows": 1}, error="need a delimiter"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.delimiter and (data.row_limit or data.skip_rows):
            raise BlockError("Rows can only be counted with their delimiter: they need a delimiter")
        text = read_media(data.file_input, ports).text()[data.skip_size :]
        if data.delimiter:
            end = data.skip_rows + data.row_limit if data.row_limit else None
            rows = text.split(data.delimiter)[data.skip_rows : end]
            text = data.delimiter.join(rows)
        for piece in _pieces(text, data.size_limit, data.delimiter):
            yield "content", piece


def _pieces(text: str, size: int, delimiter: str) -> Iterator[str]:
    """Pieces of at most this many characters, cut between rows where there is such a place."""
    if not size or len(text) <= size:
        yield text
        return
    if len(text) // size > MAX_PIECES:
        raise BlockError(f"That makes more than {MAX_PIECES:,} pieces; raise the size limit")
    start = 0
    while len(text) - start > size:
        end = text.rfind(delimiter, start + 1, start + size + len(delimiter)) if delimiter else -1
        if end == -1:
            yield text[start : start + size]
            start += size
        else:
            yield text[start:end]
            start = end + len(delimiter)
    yield text[start:]

"""Files: reading them as text, in pieces; writing and listing stored ones."""

import base64
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.media import read_media
from blocks.limits import require_room
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
    icon = "file"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        file_input: str = Field(
            description="The file: a stored one, a data URI, the address of a file on the web, or plain text."
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
        Example(
            given={"file_input": "workspace://00000000-0000-0000-0000-000000000001#text/plain"},
            files={"notes.txt": "stored"},
            yields=[("content", "stored")],
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


@register
class FileStore(Block["FileStore.Input"]):
    id = "file_store_block"
    aliases = ("cbb50872-625b-42f0-8203-a2ae78242d8a",)
    name = "Store file"
    description = "Keeps the bytes of a file, such as one from the web, as a stored file."
    category = "basic"
    icon = "file"
    effect = Effect.IDEMPOTENT
    static_output = True

    class Input(Pins):
        file_in: str = Field(
            description="The file: a data URI, the address of a file on the web, or a stored file."
        )
        base_64: bool = Field(
            default=False, description="Give the file as a data URI, and store nothing."
        )
        name: str = Field(default="", description="What to call it.")
        lasting: bool = Field(
            default=False, description="Keep it for good; otherwise it goes with the run."
        )

    class Output(Pins):
        file_out: str = Field(
            description="The file, for blocks that read files.",
            json_schema_extra={"format": "file"},
        )

    examples = (
        Example(
            given={"file_in": "data:text/plain,hello", "name": "hello.txt"},
            yields=[("file_out", "workspace://00000000-0000-0000-0000-000000000001#text/plain")],
        ),
        Example(
            given={"file_in": "https://example.com/a.txt", "base_64": True},
            answers=[{"status": 200, "headers": {"content-type": "text/plain"}, "body": "hi"}],
            yields=[("file_out", "data:text/plain;base64,aGk=")],
        ),
        Example(given={"file_in": "/etc/passwd"}, error="Files cannot be read from"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        media = read_media(data.file_in, ports)
        if data.base_64:
            require_room(len(media.content) * 4 // 3 + 100)
            content = base64.b64encode(media.content).decode()
            yield "file_out", f"data:{media.content_type};base64,{content}"
            return
        yield (
            "file_out",
            ports.files.write(
                data.name or media.name or "file",
                media.content,
                content_type=media.content_type,
                lasting=data.lasting,
            ),
        )


@register
class WriteTextFile(Block["WriteTextFile.Input"]):
    id = "write_text_file_block"
    name = "Write text file"
    description = "Writes text into a new stored file."
    category = "data"
    icon = "file-text"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        name: str = Field(description="What to call it, such as report.csv.", min_length=1)
        text: str = Field(description="What to write.")
        lasting: bool = Field(
            default=False, description="Keep it for good; otherwise it goes with the run."
        )

    class Output(Pins):
        file: str = Field(
            description="The file, for blocks that read files.",
            json_schema_extra={"format": "file"},
        )

    examples = (
        Example(
            given={"name": "notes.txt", "text": "hello"},
            yields=[("file", "workspace://00000000-0000-0000-0000-000000000001#text/plain")],
        ),
        Example(
            given={"name": "people.csv", "text": "name\nAda", "lasting": True},
            yields=[("file", "workspace://00000000-0000-0000-0000-000000000001#text/csv")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        content = data.text.encode(errors="replace")
        yield "file", ports.files.write(data.name, content, lasting=data.lasting)


@register
class ListFiles(Block["ListFiles.Input"]):
    id = "list_files_block"
    name = "List files"
    description = "Lists stored files that last, and those that this run has written."
    category = "data"
    icon = "files"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        search: str = Field(default="", description="Only files with this in their name.")
        limit: int = Field(default=100, ge=1, le=1000, description="The most files to list.")

    class Output(Pins):
        files: list[dict[str, Any]] = Field(
            description="The newest first, each with file, name, content_type and size."
        )
        file: str = Field(description="One file after the other.")

    examples = (
        Example(
            given={"search": "note"},
            files={"notes.txt": "hello", "other.txt": "x"},
            yields=[
                (
                    "files",
                    [
                        {
                            "file": "workspace://00000000-0000-0000-0000-000000000001#text/plain",
                            "name": "notes.txt",
                            "content_type": "text/plain",
                            "size": 5,
                        }
                    ],
                ),
                ("file", "workspace://00000000-0000-0000-0000-000000000001#text/plain"),
            ],
        ),
        Example(given={"search": "nothing"}, yields=[("files", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = ports.files.list(data.search, data.limit)
        yield (
            "files",
            [
                {
                    "file": each.uri,
                    "name": each.name,
                    "content_type": each.content_type,
                    "size": each.size,
                }
                for each in found
            ],
        )
        for each in found:
            yield "file", each.uri

"""Inputs for tables and files."""

from typing import Any

from pydantic import Field

from blocks.base import BlockError, Example, Pins
from blocks.library.inputs import GraphInput, InputPins
from blocks.library.media import is_reference
from blocks.registry import register
from blocks.values import describe, preview


@register
class TableInput(GraphInput["TableInput.Input"]):
    id = "table_input_block"
    aliases = ("5603b273-f41e-4020-af7d-fbc9c6a8d928",)
    name = "Table input"
    description = "Takes rows of a table when the agent is run."
    icon = "table"

    class Input(InputPins):
        value: list[dict[str, Any]] | None = Field(
            default=None, description="The rows when a run gives none, each by column."
        )
        column_headers: list[str] = Field(
            default=["Column 1", "Column 2", "Column 3"],
            description="The columns that the form shows.",
        )

    class Output(Pins):
        result: list[dict[str, Any]] = Field(description="The rows that the run was given.")

    examples = (
        Example(
            given={
                "name": "people",
                "value": [{"name": "Ada", "age": 36}],
                "column_headers": ["name", "age"],
            },
            yields=[("result", [{"name": "Ada", "age": 36}])],
        ),
        Example(
            given={"name": "people", "value": '[{"name": "Ada"}]'},
            yields=[("result", [{"name": "Ada"}])],
        ),
    )


@register
class FileInput(GraphInput["FileInput.Input"]):
    id = "file_input_block"
    aliases = ("95ead23f-8283-4654-aef3-10c053b74a31",)
    name = "File input"
    description = "Takes a file when the agent is run."
    icon = "file"

    class Input(InputPins):
        value: str | None = Field(
            default=None,
            description="The file: a stored file, a data URI or the address of a file on the web.",
            json_schema_extra={"format": "file"},
        )
        base_64: bool = Field(
            default=False,
            description="Accepted from other platforms; the file is passed on as it is.",
        )

    class Output(Pins):
        result: str = Field(
            description="The file, for blocks that read files.",
            json_schema_extra={"format": "file"},
        )

    examples = (
        Example(
            given={"name": "notes", "value": "data:text/plain,hello"},
            yields=[("result", "data:text/plain,hello")],
        ),
        Example(
            given={"name": "notes", "value": "https://example.com/a.csv"},
            yields=[("result", "https://example.com/a.csv")],
        ),
        Example(given={"name": "notes", "value": "notes.txt"}, error="not a file"),
    )

    def deliver(self, data: Input) -> Any:
        if data.value is not None and not is_reference(data.value):
            raise BlockError(
                f"The input {preview(data.name)} got {describe(data.value)}, which is not a file: "
                "a file is a stored one (workspace://…), a data URI or an address that begins with http:// or https://"
            )
        return data.value

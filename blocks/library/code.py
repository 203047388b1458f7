"""Python code of one's own."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.handed_files import FOLDER, MAX_FILES, handed
from blocks.library.llm import DEPRECATED, UNUSED
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text

MAX_CODE = 100_000  # characters
_TOTAL = {"text": '{"total": 3.5}', "json": {"total": 3.5}}
_SPARE_SECONDS = 5.0  # for the way to the interpreter and back


@register
class ExecuteCode(Block["ExecuteCode.Input"]):
    id = "execute_code_block"
    aliases = ("0b02b072-abe7-11ef-8372-fb5d162dd712",)
    name = "Run Python code"
    description = "Runs Python code of your own in a sandbox, and sends what its last line says."
    limits = (
        "At most 60 seconds, 100 MB of memory and 1 MB of printed text; 20 files of together 10 MB, to be read only; "
        "no network, no packages; sleep() does not wait."
    )
    category = "developer"
    icon = "code"
    effect = Effect.IDEMPOTENT
    timeout = 90

    class Input(Pins):
        code: str = Field(
            default="",
            max_length=MAX_CODE,
            description="The code. Modules such as json, re, math and datetime can be imported.",
        )
        inputs: dict[str, Any] = Field(
            default={}, description="Values that the code finds under these names."
        )
        files: list[str] = Field(
            default=[],
            max_length=MAX_FILES,
            description=(
                "Files that the code may read: stored ones, data URIs or web addresses. "
                f"Their paths are in the variable files, such as {FOLDER}prices.csv."
            ),
            json_schema_extra={"items": {"type": "string", "format": "file"}},
        )
        language: Literal["python"] = Field(
            default="python", description="The language of the code."
        )
        timeout: float = Field(
            default=10, gt=0, description="Seconds after which it is stopped; 60 at most."
        )
        setup_commands: list[str] = Field(
            default=[],
            description="Commands of other platforms that install packages; they must be empty here.",
            json_schema_extra=DEPRECATED,
        )
        dispose_sandbox: bool = Field(
            default=True, description=UNUSED, json_schema_extra=DEPRECATED
        )
        template_id: str = Field(default="", description=UNUSED, json_schema_extra=DEPRECATED)

    class Output(Pins):
        result: Any = Field(description="The value of the last line, if it is an expression.")
        main_result: dict[str, Any] = Field(description="The same as text and as json.")
        results: list[dict[str, Any]] = Field(description="A list of the main result.")
        response: str = Field(description="The same as text.")
        stdout_logs: str = Field(description="What the code has printed.")
        stderr_logs: str = Field(
            description="What it has printed as errors; only sent if there is any."
        )

    examples = (
        Example(
            given={
                "code": "total = sum(prices)\nprint('added')\n{'total': total}",
                "inputs": {"prices": [1, 2.5]},
            },
            yields=[
                ("result", {"total": 3.5}),
                ("main_result", _TOTAL),
                ("results", [_TOTAL]),
                ("response", '{"total": 3.5}'),
                ("stdout_logs", "added\n"),
            ],
        ),
        Example(
            given={"code": "import sys\nprint('careful', file=sys.stderr)"},
            yields=[("stdout_logs", ""), ("stderr_logs", "careful\n")],
        ),
        Example(
            given={
                "code": "import csv\nwith open(files[0]) as table:\n    rows = list(csv.DictReader(table))\nrows[0]['tea']",
                "files": ["data:text/csv,tea%0Agreen"],
            },
            yields=[
                ("result", "green"),
                ("main_result", {"text": "green", "json": "green"}),
                ("results", [{"text": "green", "json": "green"}]),
                ("response", "green"),
                ("stdout_logs", ""),
            ],
        ),
        Example(
            given={"code": "n = 0\n1 / n"}, error="in line 2: ZeroDivisionError: division by zero"
        ),
        Example(given={"code": "open('/etc/passwd').read()"}, error="PermissionError"),
        Example(given={"setup_commands": ["pip install x"]}, error="cannot be installed"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.setup_commands:
            raise BlockError(
                "Packages cannot be installed in the sandbox: leave setup_commands empty"
            )
        seconds = min(data.timeout, 60.0)
        files = handed(data.files, ports)
        done = ports.sandbox.call(
            "blocks.sandbox.jobs.python:run",
            {
                "code": data.code,
                "inputs": {"files": list(files), **data.inputs},
                "seconds": seconds,
                "files": files,
            },
            subject="The code",
            seconds=seconds + _SPARE_SECONDS,
        )
        require_room_for(done)
        if done["result"] is not None:
            yield "result", done["result"]
            text = as_text(done["result"])
            main = {"text": text, "json": done["result"]}
            yield "main_result", main
            yield "results", [main]
            yield "response", text
        yield "stdout_logs", done["stdout"]
        if done["stderr"]:
            yield "stderr_logs", done["stderr"]

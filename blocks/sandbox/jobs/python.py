"""Runs Python code of strangers in Monty: an interpreter without network, files of its host, or a way to its objects."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_monty import (
    CollectStreams,
    Monty,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySyntaxError,
    ResourceLimits,
)

from blocks.sandbox.errors import LimitError, RefusedError
from blocks.sandbox.jobs.handed_files import HandedFiles

MAX_MEMORY = 100 * 1024 * 1024
MAX_PRINTED = 1_000_000  # bytes
MAX_DEPTH = 500
_LIMITS = (TimeoutError, MemoryError, RecursionError)


@cache
def _interpreter() -> Monty:
    return Monty(min_processes=1, max_processes=1)


def prepare() -> None:
    """Start the interpreter's own process, which cannot be started later."""
    _interpreter().__enter__()


def run(
    code: str,
    inputs: Mapping[str, Any],
    seconds: float,
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the last line says, and what was printed. `files` are contents in base64, by path."""
    printed = CollectStreams(max_bytes=MAX_PRINTED)
    limits = ResourceLimits(
        max_feed_duration_secs=seconds, max_memory=MAX_MEMORY, max_recursion_depth=MAX_DEPTH
    )
    session = _interpreter().checkout(
        script_name="code.py", limits=limits, os_policy={"sleep": "zero"}
    )
    try:
        with session:
            result = session.feed_run(
                code,
                inputs=dict(inputs),
                print_callback=printed,
                os=HandedFiles(files) if files else None,
            )
    except MontyCrashedError:
        raise LimitError("it broke its interpreter, or needs too much memory or time") from None
    except MontyError as error:
        raise _failure(error) from None
    return {"result": _as_json(result)} | {
        name: "".join(text for stream, text in printed.output if stream == name)
        for name in ("stdout", "stderr")
    }


def _failure(error: MontyError) -> Exception:
    inner = error.exception()
    if isinstance(inner, _LIMITS):
        return LimitError(str(inner))
    frames = error.traceback() if isinstance(error, MontyRuntimeError | MontySyntaxError) else []
    place = f" in line {frames[-1].line}" if frames else ""
    return RefusedError(
        f"The code failed{place}: {type(inner).__name__}: {inner}", code="code_failed"
    )


def _as_json(value: Any) -> Any:
    """The value; refuses what is no JSON before half of it is written."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise RefusedError(
            f"The result is of the kind {type(value).__name__} or has something in it that is not JSON: "
            "make it text, a number, a list or a dictionary",
            code="code_failed",
        ) from None
    return value

"""The only files that code of strangers sees: those that it was handed, in memory, to be read."""

import base64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from pydantic_monty import NOT_HANDLED, MemoryFile, OSAccess, OsFunction

_READING = frozenset(
    (
        *("Path.exists", "Path.is_file", "Path.is_dir", "Path.is_symlink"),
        *("Path.read_text", "Path.read_bytes", "Path.iterdir", "Path.scan", "Path.stat"),
        *("Path.resolve", "Path.absolute"),
    )
)


class HandedFiles(OSAccess):
    """A file system that cannot be written to; whatever else is asked of it is refused by the interpreter."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files` are contents in base64, by path."""
        super().__init__([MemoryFile(path, base64.b64decode(files[path])) for path in files])

    def dispatch(
        self,
        function_name: OsFunction,
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None = None,
        *,
        is_async: bool = False,
    ) -> Any:
        """What reads."""
        if function_name == "open" or function_name in _READING:
            return super().dispatch(function_name, args, kwargs, is_async=is_async)
        return NOT_HANDLED

    def path_open(self, path: PurePosixPath, mode: str) -> Any:
        """A handle to read with."""
        if set(mode) - set("rbt"):
            raise PermissionError("[Errno 13] Files can only be read here")
        return super().path_open(path, mode)

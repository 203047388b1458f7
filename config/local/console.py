"""Lines on the terminal, each with the name of the process that wrote it."""

import contextlib
import os
import sys
import threading
from typing import TextIO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93)
NAME_WIDTH = 9


class Console:
    """Writes whole lines to one stream, from any thread."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")
        self._colours: dict[str, int] = {}
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        # What runs goes on when nobody reads its lines any more.
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._stream.write(text + "\n")
            self._stream.flush()

    def line(self, name: str, text: str) -> None:
        self.say(f"{self._prefix(name)} {text}")

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{NAME_WIDTH}} |"
        if not self._coloured:
            return prefix
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{prefix}\x1b[0m"

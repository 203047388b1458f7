"""A child process that does untrusted work, as its parent sees it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 20.0  # on a busy machine
_MAX_REPLY = 16_000_000  # bytes
_CHUNK = 65_536


class ChildFailedError(Exception):
    """The child died, or took too long, or answered too much."""


class ChildNotStartedError(ChildFailedError):
    """The child did not come up, which is no fault of its work."""


class ChildProcess:
    """One child, with the modules that it imports at its start. After a failure it must be stopped and replaced."""

    def __init__(self, loads: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the modules are named in the code
            [sys.executable, "-s", "-m", "blocks.sandbox.child", *loads],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_ROOT,
            env={},
            start_new_session=True,  # so that what it has started can be ended with it
        )
        assert self._process.stdin
        assert self._process.stdout
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        self._is_ready = False

    def ask(self, line: bytes, seconds: float) -> Mapping[str, Any]:
        """Send a request and wait for the reply."""
        self._wait_until_ready()
        ends = time.monotonic() + seconds
        self._write(line, ends)
        reply: Mapping[str, Any] = json.loads(self._read_line(ends))
        return reply

    def stop(self) -> None:
        """End the child, and what it has started, and wait for its end."""
        with self._process, suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._read_line(time.monotonic() + _START_SECONDS)
        except ChildFailedError as error:
            raise ChildNotStartedError("The child process did not start") from error
        self._is_ready = True

    def _write(self, data: bytes, ends: float) -> None:
        view = memoryview(data)
        while view:
            self._wait_for(self._in, select.POLLOUT, ends)
            try:
                view = view[os.write(self._in, view) :]
            except BrokenPipeError as error:
                raise ChildFailedError("it needs too much memory") from error

    def _read_line(self, ends: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        while not parts or not parts[-1].endswith(b"\n"):
            self._wait_for(self._out, select.POLLIN, ends)
            part = os.read(self._out, _CHUNK)
            size += len(part)
            if not part or size > _MAX_REPLY:
                raise ChildFailedError("it needs too much memory")
            parts.append(part)
        return b"".join(parts)

    def _wait_for(self, handle: int, event: int, ends: float) -> None:
        poll = select.poll()
        poll.register(handle, event)
        if not poll.poll(max(0.0, ends - time.monotonic()) * 1000):
            raise ChildFailedError("it takes too long")

"""MCP over pipes: a command that the operator has named runs for one session."""

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from blocks.adapters.mcp_messages import notification, read, request, result_in, unreadable
from blocks.base import BlockError

MAX_LINE = 10_000_000
_TIMEOUT = 120.0
_SLICE = 0.25  # seconds after which a stopped run is noticed
_GRACE = 2.0


@contextmanager
def started(command: Sequence[str], is_cancelled: Callable[[], bool]) -> Iterator["PipeSession"]:
    """Start the server, and end it with all that it started. It gets no secrets of ours: PATH and HOME only."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise BlockError("The MCP server cannot be started", code="mcp_error") from error
    try:
        yield PipeSession(process, is_cancelled)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):  # it may have ended with something unread
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
    if process.stdout:
        process.stdout.close()


class PipeSession:
    """A session with a started server: one message a line."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", is_cancelled: Callable[[], bool]
    ) -> None:
        self._process = process
        self._is_cancelled = is_cancelled
        self._ids = count(1)
        self._unread = b""

    def request(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask and wait for the result."""
        id_ = next(self._ids)
        self._send(request(id_, method, params))
        end = time.monotonic() + _TIMEOUT
        while True:
            result = result_in(read(self._line(end)), id_)
            if result is not None:
                return result

    def notify(self, method: str) -> None:
        """Tell something."""
        self._send(notification(method))

    def agree(self, version: str) -> None:
        """Nothing changes: over pipes no message names its revision."""

    def _send(self, message: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(message + b"\n")
            stdin.flush()
        except OSError as error:
            raise BlockError("The MCP server has ended", code="mcp_error") from error

    def _line(self, end: float) -> str:
        while b"\n" not in self._unread:
            self._unread += self._piece(end)
            if len(self._unread) > MAX_LINE:
                raise unreadable()
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("utf-8", errors="replace")

    def _piece(self, end: float) -> bytes:
        """The next bytes. Raises `BlockError` when none come in time, or the run is stopped."""
        stdout = self._process.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while not selector.select(_SLICE):
                if self._is_cancelled():
                    raise BlockError("The run was stopped.", code="cancelled")
                if time.monotonic() > end:
                    raise BlockError("The MCP server did not answer in time", code="timeout")
        piece = os.read(stdout.fileno(), 65_536)
        if not piece:
            raise BlockError("The MCP server has ended", code="mcp_error")
        return piece

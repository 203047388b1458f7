"""The process that does untrusted work: run as a module, one JSON line in, one out.

It starts with an empty environment, takes away its own rights before the first request comes, and ends when its
input closes. It imports what a job needs when it is first asked for it.
"""

import ctypes
import json
import resource
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any, BinaryIO

from blocks.sandbox.errors import LimitError, RefusedError

MAX_MEMORY = 512 * 1024 * 1024
_SPARE_SECONDS = 2  # the parent stops waiting earlier, unless it died
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # sched.h: CLONE_NEWUSER, CLONE_NEWNET
_MAX_REASON = 350  # characters


def answer(request: dict[str, Any]) -> bytes:
    """The reply to one request as a line."""
    module, _, name = request["function"].partition(":")
    try:
        function = getattr(import_module(module), name)
        return _line({"result": function(**request["arguments"])})
    except Exception as error:  # parsers raise anything when their input is broken
        return _line(_failure(error))


def _failure(error: Exception) -> dict[str, Any]:
    """Why there is no result. `spent` asks the parent for a fresh child."""
    reason = str(error)[:_MAX_REASON]
    if isinstance(error, RefusedError):
        return {"refused": reason, "code": error.code}
    if isinstance(error, LimitError):
        return {"stopped": reason}
    if isinstance(error, RecursionError):
        return {"stopped": "it is nested too deeply"}
    if isinstance(error, MemoryError):
        return {"stopped": "it needs too much memory", "spent": True}
    return {"broken": reason or type(error).__name__}


def _line(reply: dict[str, Any]) -> bytes:
    return json.dumps(reply).encode() + b"\n"


def give_up_rights() -> None:
    """Limits that this process, and what it has started, cannot lift again."""
    _limit(resource.RLIMIT_NPROC, 0)


def limit_resources() -> None:
    """Limits that hold for this process and for what it starts."""
    _limit(resource.RLIMIT_AS, MAX_MEMORY)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def leave_network() -> None:
    """Go on in a network of one's own, in which there is nobody."""
    with suppress(AttributeError):  # macOS has no such thing, and some containers forbid it
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)


def _limit(kind: int, limit: int) -> None:
    with suppress(ValueError, OSError):  # macOS knows no limit of the address space
        resource.setrlimit(kind, (limit, limit))


def allow_cpu(seconds: float) -> None:
    """Let the next job have this much processor time."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    ends = int(time.process_time() + seconds) + _SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (ends, hard))


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Say that all is ready, then answer until the input closes."""
    replies.write(b"{}\n")
    replies.flush()
    while line := requests.readline():
        request = json.loads(line)
        allow_cpu(request["seconds"])
        replies.write(answer(request))
        replies.flush()


if __name__ == "__main__":
    leave_network()
    limit_resources()
    for module in map(import_module, sys.argv[1:]):
        if hasattr(module, "prepare"):  # what it could not do later
            module.prepare()
    give_up_rights()
    replies, sys.stdout = sys.stdout.buffer, sys.stderr  # what libraries print is no reply
    serve(sys.stdin.buffer, replies)

"""Hands untrusted work to child processes, which are kept for the next work as long as they behave."""

import json
import os
import queue
from collections.abc import Mapping
from typing import Any

from blocks.base import BlockError
from blocks.sandbox.process import ChildFailedError, ChildNotStartedError, ChildProcess

_MAX_REQUEST = 16_000_000  # bytes
_WAIT_FOR_CHILD = 30.0  # seconds, while others work
# They start a process, which only children of their own may, and only before they lose the right.
_WITH_PROCESS = frozenset({"blocks.sandbox.jobs.python"})

Slots = queue.LifoQueue[ChildProcess | None]


class ProcessSandbox:
    """Implements the `Sandbox` port. One object a process; safe to share between threads."""

    def __init__(self, *, children: int = 2, loads: tuple[str, ...] = ()) -> None:
        """`loads` are modules that children import as they start, so that no work has to wait for it."""
        self._children = children
        self._loads = loads
        self._slots: dict[tuple[int, tuple[str, ...]], Slots] = {}

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        subject: str = "The work",
        seconds: float = 10.0,
    ) -> Any:
        """Have the function called in a child, and wait."""
        request = {"function": function, "arguments": arguments, "seconds": seconds}
        reply = self._ask(_line(request, subject), function.partition(":")[0], subject, seconds)
        if "result" in reply:
            return reply["result"]
        if "refused" in reply:
            raise BlockError(reply["refused"], code=reply["code"])
        if "stopped" in reply:
            raise _stopped(subject, reply["stopped"])
        raise BlockError(f"{subject} cannot be read: {reply['broken'].rstrip('.')}.")

    def close(self) -> None:
        """End the children of this process that are idle."""
        for key in [key for key in self._slots if key[0] == os.getpid()]:
            slots = self._slots.pop(key)
            for _ in range(self._children):
                child = slots.get()
                if child:
                    child.stop()

    def _ask(self, line: bytes, module: str, subject: str, seconds: float) -> Mapping[str, Any]:
        has_process = module in _WITH_PROCESS
        loads = (module,) if has_process else self._loads
        slots = self._slots_for(loads)
        try:
            child = slots.get(timeout=_WAIT_FOR_CHILD)
        except queue.Empty as error:
            raise _unavailable(subject) from error
        kept = None
        try:
            child = child or ChildProcess(loads)
            reply = child.ask(line, seconds)
            # The process of a child may have died of a limit, and cannot be started again.
            is_spent = "spent" in reply or (has_process and "stopped" in reply)
            kept = None if is_spent else child
        except (ChildNotStartedError, OSError) as error:
            raise _unavailable(subject) from error
        except ChildFailedError as error:
            raise _stopped(subject, str(error)) from error
        else:
            return reply
        finally:
            # Also on the way out of a time limit that interrupts this thread.
            if child and not kept:
                child.stop()
            slots.put(kept)

    def _slots_for(self, loads: tuple[str, ...]) -> Slots:
        # Kept by process id: a fork must not talk into its parent's pipes or wait for its locks.
        key = os.getpid(), loads
        slots = self._slots.get(key)
        if slots is None:
            slots = queue.LifoQueue()
            for _ in range(self._children):
                slots.put(None)
            slots = self._slots.setdefault(key, slots)
        return slots


def _line(request: Mapping[str, Any], subject: str) -> bytes:
    try:
        line = json.dumps(request, default=str).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise BlockError(
            f"{subject} cannot be given these values.", code="invalid_input"
        ) from error
    if len(line) > _MAX_REQUEST:
        raise _stopped(subject, "what it was given is larger than 16 MB")
    return line


def _stopped(subject: str, reason: str) -> BlockError:
    return BlockError(f"{subject} was stopped: {reason.rstrip('.')}.", code="resource_limit")


def _unavailable(subject: str) -> BlockError:
    return BlockError(
        f"{subject} cannot be worked on at the moment.",
        code="sandbox_unavailable",
        retryable=True,
    )

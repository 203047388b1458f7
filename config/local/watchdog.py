"""A process of its own that ends what its parent leaves behind, even if that dies by `kill -9`.

The parent writes `+ PID SIGNAL` and `- PID` into this process's standard input. The kernel closes
that pipe when the parent is gone, on Linux and macOS alike. Nothing but the standard library is
used, to start fast and stay small.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 5.0


def read_orders(lines: Iterable[str]) -> dict[int, int]:
    """Process groups that are still held when the input ends, with the signal that ends each."""
    held: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["+", pid, number]:
                held[int(pid)] = int(number)
            case ["-", pid]:
                held.pop(int(pid), None)
            case _:
                pass  # a line that the parent's death has cut off
    return held


def signal_process(pid: int, number: int) -> bool:
    """Send a signal (0 only asks); False when there is no such process."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # macOS answers "not permitted" for a group of zombies


def end(held: dict[int, int]) -> None:
    """Ask every process to stop, wait, and kill what is left of the process groups."""
    for pid, number in held.items():
        signal_process(pid, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(signal_process(pid, 0) for pid in held):
        time.sleep(0.05)
    for pid in held:
        kill_group(pid)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    end(read_orders(sys.stdin))

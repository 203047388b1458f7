"""The parent's end of the watchdog."""

import contextlib
import subprocess
import sys

from config.local import watchdog


class Leash:
    """Processes held on it end when this process ends, however it ends."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C and a killed terminal reach the parent, not the watchdog.
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def hold(self, pid: int, stop_signal: int) -> None:
        self._order(f"+ {pid} {int(stop_signal)}")

    def release(self, pid: int) -> None:
        self._order(f"- {pid}")

    def close(self) -> None:
        """End the watchdog, and with it whatever is still held."""
        with contextlib.suppress(BrokenPipeError):
            self._watchdog.communicate()

    def _order(self, text: str) -> None:
        # Without its watchdog a process is still on record, for the next start to find.
        with contextlib.suppress(BrokenPipeError):
            print(text, file=self._watchdog.stdin, flush=True)

"""Worker processes that start in a moment: a process that has loaded everything forks one for each order.

An order is a line of JSON; its answer is a line with the number of the new process. What it forks is what production
runs: Celery's worker with the product in it, or a client that does one thing and ends.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from chaos.orders import SETTINGS, Order


class Crew:
    """Processes on the database and the Redis of an environment."""

    def __init__(self, env: Mapping[str, str], folder: Path, settings: str = SETTINGS) -> None:
        self._folder = folder
        self.report = folder / "failpoints.txt"
        self.report.touch()
        self.pids: list[int] = []
        self._parent = subprocess.Popen(
            # Celery's warning against root is about pickled messages, which are not accepted here.
            [sys.executable, "-W", "ignore:You're running the worker", "-m", "chaos.lead"],
            env={**env, "DJANGO_SETTINGS_MODULE": settings, "CELERY_SKIP_CHECKS": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, **order: str) -> int:
        """Fork a process; returns its number."""
        assert self._parent.stdin
        assert self._parent.stdout
        log = str(self._folder / f"process{len(self.pids)}.log")
        self._parent.stdin.write(json.dumps(asdict(Order(log, **order))) + "\n")
        self._parent.stdin.flush()
        pid = int(self._parent.stdout.readline())
        self.pids.append(pid)
        return pid

    def is_alive(self, pid: int) -> bool:
        """Whether the process has not ended yet; its number may be another's by now."""
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return int(words[1]) == self._parent.pid

    def alive(self) -> set[int]:
        """Those that have not ended."""
        return {pid for pid in self.pids if self.is_alive(pid)}

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self.is_alive(pid):
            os.kill(pid, number)

    def acted(self) -> list[str]:
        """The failpoints that have acted, `name=action`, in order."""
        return self.report.read_text().splitlines()

    def logs(self) -> str:
        """What the processes said."""
        return "".join(log.read_text() for log in sorted(self._folder.glob("process*.log")))

    def disband(self) -> None:
        """End all of them."""
        for pid in self.pids:
            self.signal(pid, signal.SIGKILL)
        self._parent.kill()
        self._parent.communicate()

"""What happens at failpoints: `name=action@n,…`, of which each acts when its moment comes for the n-th time.

Actions: `kill` this process, `raise` an error as a bug would, `drop-conn` all its connections to PostgreSQL, `sleep`
for a second.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from executions import failpoints


class BrokenOnPurposeError(Exception):
    """The error that `raise` raises."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one failpoint does, and when."""

    action: str
    nth: int


def kill() -> None:
    """Die as by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    """Be a bug."""
    raise BrokenOnPurposeError("A failpoint was asked to raise")


def drop_connections() -> None:
    """Have PostgreSQL end all sessions of this process, as it does when it restarts."""
    parameters = connections["default"].get_connection_params()
    parameters |= {"application_name": "chaos"}
    for name in ("pool", "cursor_factory", "context"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = %s",
            [_session_name()],
        )


ACTIONS: dict[str, Callable[[], None]] = {
    "kill": kill,
    "raise": fail,
    "drop-conn": drop_connections,
    "sleep": lambda: time.sleep(1),
}


def name_sessions() -> None:
    """Mark this process's sessions, so that they can be told apart; before the first of them begins."""
    settings.DATABASES["default"]["OPTIONS"]["application_name"] = _session_name()


def _session_name() -> str:
    return f"agentloom {os.getpid()}"


class Armed:
    """Stands in the place of `failpoints.hit`."""

    def __init__(self, text: str, report: Path) -> None:
        self._plans = dict(map(_parse, filter(None, text.split(","))))
        self._report = report
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        """Act if this is the moment, and write down first that it has come."""
        plan = self._plans.get(name)
        if plan is None:
            return
        with self._lock:
            self._counts[name] += 1
            is_due = self._counts[name] == plan.nth
        if is_due:
            with self._report.open("a") as report:
                report.write(f"{name}={plan.action}\n")
            ACTIONS[plan.action]()


def _parse(text: str) -> tuple[str, Plan]:
    name, _, action = text.partition("=")
    action, _, nth = action.partition("@")
    if name not in (*failpoints.NAMES, *failpoints.BESIDE) or action not in ACTIONS:
        raise ValueError(f"{text!r} is not a failpoint with an action")
    return name, Plan(action, int(nth or 1))


def arm(text: str, report: Path) -> None:
    """Have these failpoints act in this process; `report` gets a line when one does."""
    failpoints.hit = Armed(text, report)

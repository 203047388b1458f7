"""Keeps programs running until it is told to stop; nothing it started outlives it."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from config.local.console import Console
from config.local.errors import SetupError
from config.local.leash import Leash
from config.local.processes import Child, Program, stop_all

GRACE_SECONDS = 10.0
STEADY_SECONDS = 30.0
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
HOPELESS_FAILURES = 4  # in a row


def restart_delay(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    delay = FIRST_DELAY
    for _ in range(failures - 1):
        delay = min(delay * 2, LONGEST_DELAY)
    return delay


@dataclass
class Kept:
    """A program that is kept running, and how that has gone."""

    child: Child
    started_at: float
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """Use it as a context: leaving it stops every program, the servers last."""

    def __init__(
        self, records: Path, console: Console, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stopping = threading.Event()
        self._hurry = threading.Event()
        self._records, self._console, self._clock = records, console, clock
        self._kept: list[Kept] = []

    def __enter__(self) -> "Supervisor":
        self._leash = Leash()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._leash.close()

    def obey_signals(self) -> None:
        """Stop at the first SIGINT, SIGTERM or SIGHUP; at the second one, without patience."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, program: Program) -> Kept:
        kept = Kept(self._spawn(program), self._clock())
        self._kept.append(kept)
        return kept

    def run_to_end(self, program: Program) -> int | None:
        """Run a program once; a signal stops it early."""
        child = self._spawn(program)
        while child.exit_code is None:
            self.tick()
            if self.stopping.wait(0.05):
                child.ask_to_stop()
                break
        stop_all([child], grace=GRACE_SECONDS, in_a_hurry=self._hurry.is_set)
        return child.exit_code

    def tick(self) -> None:
        """Notice programs that have ended, and start those again whose delay is over."""
        for kept in self._kept:
            if kept.restart_at is not None:
                self._restart_when_due(kept)
            elif kept.child.exit_code is not None:
                self._note_end(kept)

    def require_hope(self) -> None:
        """Like `tick`, for a start or a single command: give up on what keeps failing."""
        self.tick()
        for kept in self._kept:
            if kept.failures >= HOPELESS_FAILURES:
                program = kept.child.program
                raise SetupError(f"{program.name} keeps failing.{last_lines(program.log)}")

    def run(self) -> None:
        """Keep everything running until a signal comes."""
        while not self.stopping.wait(0.2):
            self.tick()

    def stop(self) -> None:
        self.stopping.set()
        for servers in (False, True):
            group = [kept.child for kept in self._kept if kept.child.program.is_server == servers]
            stop_all(group, grace=GRACE_SECONDS, in_a_hurry=self._hurry.is_set)
        self._kept.clear()

    def _spawn(self, program: Program) -> Child:
        try:
            return Child(program, leash=self._leash, records=self._records, console=self._console)
        except OSError as error:
            raise SetupError(f"{program.command[0]} cannot be run: {error.strerror}.") from error

    def _note_end(self, kept: Kept) -> None:
        now, name = self._clock(), kept.child.program.name
        kept.child.clear()
        kept.failures = 1 if now - kept.started_at >= STEADY_SECONDS else kept.failures + 1
        delay = restart_delay(kept.failures)
        kept.restart_at = now + delay
        self._console.line(name, f"{_ending(kept.child.exit_code)}; it starts again in {delay:g} s")

    def _restart_when_due(self, kept: Kept) -> None:
        if kept.restart_at is not None and self._clock() >= kept.restart_at:
            kept.restart_at, kept.started_at = None, self._clock()
            kept.child = self._spawn(kept.child.program)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():
            self._hurry.set()
        self.stopping.set()


def last_lines(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-8:]
    return "\n".join([f" The end of {log}:", *lines])


def _ending(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"

"""Child processes: each in a group of its own, on record on disk, stopped with its children."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

from config.local.console import Console
from config.local.leash import Leash
from config.local.watchdog import kill_group, signal_process

MAX_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Account:
    """The system account a program runs as."""

    uid: int
    gid: int


class AccountOptions(TypedDict, total=False):
    """The part of `Popen`'s arguments that changes the account."""

    user: int
    group: int
    extra_groups: list[int]


def account_options(account: Account | None) -> AccountOptions:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


@dataclass(frozen=True)
class Program:
    """What to run, and how it wants to be stopped."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    log: Path | None = None  # none: its lines go to the console
    account: Account | None = None  # none: this process's own
    is_server: bool = False  # others need it: stopped last
    has_prefix: bool = True  # its name before its lines


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again; True as soon as the condition holds, False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


def command_line(pid: int) -> str:
    """The command line of a live process; empty when there is none, or when it is a zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return raw.rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    answer = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
    )
    return answer.stdout.strip()


class Child:
    """A program that runs, or has run; its record tells a later start what a killed one left."""

    def __init__(self, program: Program, *, leash: Leash, records: Path, console: Console) -> None:
        self.program = program
        self._leash = leash
        self._record = records / f"{program.name}.json"
        self._console = console
        self._reader: threading.Thread | None = None
        self._process = self._spawn()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            signal_process(self._process.pid, self.program.stop_signal)

    def clear(self) -> None:
        """Kill what is left of the process group and strike it off the record."""
        kill_group(self._process.pid)
        self._process.wait()
        if self._reader:
            self._reader.join(timeout=1)
        self._leash.release(self._process.pid)
        self._record.unlink(missing_ok=True)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        program, log = self.program, self._open_log()
        process = subprocess.Popen(
            program.command,
            env=dict(program.env),
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            **account_options(program.account),
        )
        self._leash.hold(process.pid, program.stop_signal)
        record = {"pid": process.pid, "command": " ".join(program.command)}
        self._record.write_text(json.dumps(record | {"signal": int(program.stop_signal)}))
        if log:
            log.close()
        else:
            self._reader = threading.Thread(
                target=self._pass_on, args=[process.stdout], daemon=True
            )
            self._reader.start()
        return process

    def _open_log(self) -> IO[bytes] | None:
        log = self.program.log
        if log is None:
            return None
        is_long = log.exists() and log.stat().st_size > MAX_LOG_BYTES
        return log.open("wb" if is_long else "ab")

    def _pass_on(self, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self._show(line.decode(errors="replace").rstrip())

    def _show(self, text: str) -> None:
        if self.program.has_prefix:
            self._console.line(self.program.name, text)
        else:
            self._console.say(text)


def stop_all(children: Iterable[Child], *, grace: float, in_a_hurry: Callable[[], bool]) -> None:
    """Ask all to stop at once, wait, and kill what has not stopped in time."""
    stopping = list(children)
    for child in stopping:
        child.ask_to_stop()
    wait_until(lambda: in_a_hurry() or all(c.exit_code is not None for c in stopping), grace)
    for child in stopping:
        child.clear()


def stop_leftovers(records: Path, *, grace: float) -> list[str]:
    """End what an earlier start left running; ours is what has the recorded command line."""
    found = {}
    for path in sorted(records.glob("*.json")):
        record = json.loads(path.read_text() or "{}")
        if record and command_line(record["pid"]) == record["command"]:
            found[path.stem] = record
        else:
            path.unlink()
    for record in found.values():
        signal_process(record["pid"], record["signal"])
    wait_until(lambda: not any(_is_running(r) for r in found.values()), grace)
    for name, record in found.items():
        if _is_running(record):
            kill_group(record["pid"])
        (records / f"{name}.json").unlink()
    return list(found)


def _is_running(record: Mapping[str, str]) -> bool:
    return command_line(int(record["pid"])) == record["command"]

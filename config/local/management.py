"""Runs other commands, Django's above all, in the foreground."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from config.local.errors import SetupError
from config.local.folder import ROOT


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def django(*arguments: str) -> list[str]:
    return python(str(ROOT / "manage.py"), *arguments)


def run_in_foreground(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    output: IO[str] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> int:
    """Give the command the terminal; its exit code, as a shell reports it."""
    process = subprocess.Popen(command, env=dict(env), cwd=cwd, stdout=output)

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    def leave_to_command(number: int, frame: FrameType | None) -> None:
        """The terminal sends Ctrl-C to the command too; this process stays to clean up."""

    previous = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
        signal.SIGINT: signal.signal(signal.SIGINT, leave_to_command),
    }
    try:
        code = _wait(process, meanwhile)
    except SetupError:
        process.terminate()
        process.wait()
        raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _wait(process: "subprocess.Popen[bytes]", meanwhile: Callable[[], None] | None) -> int:
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=0.2 if meanwhile else None)
        if meanwhile:
            meanwhile()


def require_success(command: Sequence[str], *, env: Mapping[str, str], purpose: str) -> None:
    """Run it with its output on standard error, apart from the output of the command proper."""
    if run_in_foreground(command, env=env, cwd=ROOT, output=sys.stderr):
        raise SetupError(f"{purpose} failed; the lines above say why.")

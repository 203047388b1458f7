"""`./dev test`, `check`, `fmt`, `texts`, `bench`, `chaos` and `lock`: what a developer runs before a commit."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from config.local.binaries import package_folder
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import ROOT
from config.local.management import django, python, run_in_foreground
from config.local.session import Session, throwaway

TEMPLATES = "templates"
PACKAGES = (
    "accounts",
    "blocks",
    "chaos",
    "config",
    "database",
    "executions",
    "graphs",
    "clients/python/src",
)
_MOST_PROCESSES = 4  # of the suite
TOOLS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["djangofmt", "--check", TEMPLATES],
    ["djangofmt", "check", TEMPLATES],
    ["lint-imports", "--no-logo"],
    ["bandit", "-c", "pyproject.toml", "-q", "-r", *PACKAGES],
    ["mypy"],
]
DJANGO = [
    ["check"],
    ["makemigrations", "--check", "--dry-run"],
    ["spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
]
FORMATTERS = [
    ["ruff", "check", "--fix", "."],
    ["ruff", "format", "."],
    ["djangofmt", TEMPLATES],
]
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--group", "dev", "--all-extras"]}


def test(arguments: list[str]) -> int:
    """JavaScript's tests, then pytest, whose closing line is the last; arguments are for pytest.

    The whole suite runs in several processes, each with servers of its own.
    """
    console = Console(sys.stderr)
    javascript_failed = not arguments and run_javascript_tests(console)
    # One more than cores: tests wait for browsers and workers now and then.
    count = 1 if arguments else min((os.cpu_count() or 1) + 1, _MOST_PROCESSES)
    with ExitStack() as servers:
        sessions = [servers.enter_context(throwaway(console)) for _ in range(count)]
        envs = [each.env | {"DJANGO_SETTINGS_MODULE": "config.settings_test"} for each in sessions]
        code = run_in_foreground(
            python("-m", "pytest", *(arguments or ["-n", str(count)])),
            env=envs[0] | {"TEST_SERVERS": json.dumps(envs)},
            cwd=ROOT,
            meanwhile=lambda: _look_after(sessions),
        )
    if javascript_failed:
        console.say("JavaScript tests failed; see above.")
    return code or int(javascript_failed)


def _look_after(sessions: Sequence[Session]) -> None:
    for session in sessions:
        session.tick()


def check(arguments: list[str]) -> int:
    """Every check, also after one has failed; 1 if any did."""
    refuse_arguments("check", arguments)
    # mypy reads the settings too, so all of it runs inside an installation.
    with throwaway(Console(sys.stderr)) as session:
        results = [_passes(_tool(words), words, session.env) for words in TOOLS]
        results += [_passes(django(*words), ["manage.py", *words], session.env) for words in DJANGO]
    return int(not all(results))


def fmt(arguments: list[str]) -> int:
    """Put code and templates into shape."""
    refuse_arguments("fmt", arguments)
    codes = [run_in_foreground(_tool(words), env=os.environ, cwd=ROOT) for words in FORMATTERS]
    return max(codes)


def texts(arguments: list[str]) -> int:
    """Take up the texts of pages into the translations; names those that are not translated."""
    refuse_arguments("texts", arguments)
    return run_in_foreground(python("-m", "config.texts"), env=os.environ, cwd=ROOT)


def bench(arguments: list[str]) -> int:
    """The benchmarks start installations of their own."""
    return run_in_foreground(python("-m", "bench", *arguments), env=os.environ, cwd=ROOT)


def chaos(arguments: list[str]) -> int:
    """Campaigns break installations of their own."""
    return run_in_foreground(python("-m", "chaos", *arguments), env=os.environ, cwd=ROOT)


def lock(arguments: list[str]) -> int:
    """Resolve the dependencies again and write the lock files; they name no host."""
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError("`./dev lock` needs uv on PATH.")
    form = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    compile_lock = [uv, "pip", "compile", *form, *arguments]
    codes = [
        run_in_foreground(
            [*compile_lock, "pyproject.toml", *group, "-o", name], env=os.environ, cwd=ROOT
        )
        for name, group in LOCKS.items()
    ]
    return max(codes)


def run_javascript_tests(console: Console) -> bool:
    """True when they failed; Playwright brings a Node, so none has to be installed."""
    files = sorted([*ROOT.glob("*/static/**/*.test.js"), *ROOT.glob("tests/js/*.test.js")])
    playwright = package_folder("playwright")
    bundled = playwright / "driver" / "node" if playwright else None
    node = str(bundled) if bundled and bundled.exists() else shutil.which("node")
    if not files:
        return False
    if node is None:
        console.say("JavaScript tests: no Node was found (Playwright brings one).")
        return True
    command = [node, "--test", "--test-reporter=dot", *(str(file) for file in files)]
    return run_in_foreground(command, env=os.environ, cwd=ROOT) != 0


def refuse_arguments(command: str, arguments: Sequence[str]) -> None:
    if arguments:
        raise SetupError(f"`./dev {command}` takes no arguments.")


def _tool(words: Sequence[str]) -> list[str]:
    """A program of this environment, whatever PATH says."""
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]


def _passes(command: Sequence[str], words: Sequence[str], env: Mapping[str, str]) -> bool:
    """Run one check; its output matters only when it fails."""
    started = time.monotonic()
    result = subprocess.run(
        command,
        check=False,
        env=dict(env),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    verdict = "FAILED" if result.returncode else "ok"
    console = Console()
    console.say(f"{verdict:<6} {' '.join(words)} ({time.monotonic() - started:.1f} s)")
    if result.returncode:
        console.say(result.stdout)
    return result.returncode == 0

"""The shell script `dev`, with a stand-in for Python: what it installs, and when."""

import shutil
import subprocess

import pytest

from config.local.folder import ROOT

TOOLS = ["basename", "cat", "cksum", "dirname", "false", "ln", "mkdir", "readlink", "rm", "sleep"]
PYTHON = """#!/bin/sh
echo "$*" >>"{log}"
[ "$2" != pip ] || sleep 0.2
"""


@pytest.fixture
def project(tmp_path):
    """A copy of `dev` with locks and a .venv, and a PATH without Python and uv."""
    root = tmp_path / "a project"
    (root / ".venv/bin").mkdir(parents=True)
    (root / "bin").mkdir()
    shutil.copy(ROOT / "dev", root)
    for tool in TOOLS:
        (root / "bin" / tool).symlink_to(shutil.which(tool))
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (root / lock).write_text(lock)
    python = root / ".venv/bin/python"
    python.write_text(PYTHON.format(log=root / "log"))
    python.chmod(0o755)
    return root


def start(project, *words):
    return subprocess.Popen(
        ["/bin/sh", project / "dev", *words],
        cwd="/",
        env={"PATH": str(project / "bin")},
        stderr=subprocess.PIPE,
        text=True,
    )


def dev(project, *words):
    """Run `dev` to its end; what Python was called with since the last time."""
    process = start(project, *words)
    message = process.communicate()[1]
    assert process.returncode == 0, message
    calls = (project / "log").read_text().splitlines()
    (project / "log").unlink()
    return ["install " + call.split("/")[-1] if " pip " in call else call for call in calls]


def test_it_installs_once_and_again_when_the_lock_has_changed(project):
    call = "-P -m config.local up --port 1"
    assert dev(project, "up", "--port", "1") == ["install requirements.lock", call]
    assert dev(project, "up", "--port", "1") == [call]
    (project / "requirements.lock").write_text("changed")
    assert dev(project, "up", "--port", "1") == ["install requirements.lock", call]


def test_what_developers_need_is_enough_to_run(project):
    assert dev(project, "test") == ["install requirements-dev.lock", "-P -m config.local test"]
    assert dev(project, "up") == ["-P -m config.local up"]


def test_what_runs_is_not_enough_for_developers(project):
    dev(project, "up")
    assert dev(project, "check") == ["install requirements-dev.lock", "-P -m config.local check"]


def test_two_calls_at_once_install_once(project):
    processes = [start(project, "up"), start(project, "up")]
    messages = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], messages
    calls = (project / "log").read_text().splitlines()
    assert [" pip " in call for call in calls].count(True) == 1
    assert calls.count("-P -m config.local up") == 2


def test_the_lock_of_a_killed_install_is_taken_over(project):
    (project / ".venv/.lock").symlink_to("999999999")
    assert dev(project, "up")[-1] == "-P -m config.local up"


def test_a_failed_install_is_not_taken_for_done(project):
    python = project / ".venv/bin/python"
    python.write_text('#!/bin/sh\n[ "$2" != pip ]\n')
    process = start(project, "up")
    process.communicate()
    assert process.returncode != 0
    assert [path.name for path in (project / ".venv").iterdir()] == ["bin"]


def test_without_a_fitting_python_it_says_what_is_needed(project):
    shutil.rmtree(project / ".venv")
    process = start(project, "up")
    assert "Python 3.11 or newer with venv is needed" in process.communicate()[1]
    assert process.returncode == 1

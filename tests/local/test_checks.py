"""What developers run before a commit."""

import subprocess

import pytest

from config.local import checks
from config.local.errors import SetupError
from config.local.folder import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("claim", "failed"), [("two", False), ("three", True)])
def test_javascript_modules_are_tested_with_their_imports(project, console, capfd, claim, failed):
    static = project / "graphs/static/graphs"
    static.mkdir(parents=True)
    (static / "numbers.js").write_text('export const number = "two";')
    (static / "numbers.test.js").write_text(
        'import assert from "node:assert"; import { number } from "./numbers.js";'
        f'assert.equal(number, "{claim}");'
    )
    assert checks.run_javascript_tests(console) is failed


def test_without_javascript_tests_none_fails(project, console):
    assert checks.run_javascript_tests(console) is False


def test_arguments_are_refused_where_they_would_be_ignored():
    with pytest.raises(SetupError, match=r"`./dev check` takes no arguments"):
        checks.check(["--fast"])


@pytest.mark.parametrize("name", checks.LOCKS)
def test_the_locks_name_no_host_and_hash_every_file(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    lines = text.splitlines()
    pinned = [line for line in lines if not line.startswith(" ")]
    assert all("==" in line and line.endswith("\\") for line in pinned)


@pytest.mark.parametrize("script", ["dev", ".ci/run"])
def test_the_scripts_can_be_run_and_parsed(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    shell = path.read_text().splitlines()[0].split()[-1].removeprefix("#!")
    assert subprocess.run([shell, "-n", path], check=False).returncode == 0

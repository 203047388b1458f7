"""A backup that is made under load, taken back elsewhere: what had ended is the same, what had not goes on."""

import json
import os
import re
import subprocess
import sys
import threading
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from executions.models import Execution
from tests.executions.scene import drawing, run, save, start
from tests.security.test_one_way import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

GRAPH = {"a": ("test_pure", {"value": [1, "二"]}), "b": ("test_idempotent", {})}
LINKS = ["a.value -> b.value"]

# What an operator's workers would do, in the installation that was filled.
GO_ON = """
import django, json; django.setup()
from tests.executions import scene
from chaos import invariants
from executions.models import Execution, NodeExecution
from executions.workers import recovery, work
NodeExecution.objects.filter(status="RUNNING").update(lease_until="2000-01-01 00:00Z")  # as time would have it
recovery.take_back_lost()
for pk in Execution.objects.unfinished().values_list("pk", flat=True):
    work.advance(pk)
work.fill_slots()
print(json.dumps({"wrong": [str(each) for each in invariants.check()],
                  "runs": {str(each.pk): [each.status, each.outputs] for each in Execution.objects.all()}}))
"""


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of another, empty installation."""
    name, place = f"restored_{os.getpid()}", connection.settings_dict
    facts = {key.lower(): place[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if place[key]}
    with psycopg.connect(**facts, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"])
        yield os.environ | {
            "DATABASE_URL": url,
            "AGENTLOOM_DATA": str(tmp_path / "elsewhere"),
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "PYTHONPATH": str(ROOT),
        }
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def load(user):
    """Somebody starts and ends runs all the time; tells how many have ended."""
    version, stopping, ended = save(user, drawing(GRAPH, LINKS)), threading.Event(), []

    def work_on():
        while not stopping.is_set():
            ended.append(run(user, drawing(GRAPH, LINKS)).pk)
        connection.close()

    thread = threading.Thread(target=work_on)
    thread.start()
    yield ended
    stopping.set()
    thread.join()
    assert version


def python(source, env):
    result = subprocess.run(
        [sys.executable, "-c", source],
        check=False,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def manage(env, *words):
    command = [sys.executable, "manage.py", *words]
    result = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.processes
def test_what_was_backed_up_under_load_is_whole_elsewhere(
    user, load, elsewhere, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path / "here"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "a-file").write_bytes(b"\x00\x01")
    finished = run(user, drawing(GRAPH, LINKS))
    waiting = start(user, drawing(GRAPH, LINKS))

    call_command("backup", str(tmp_path / "backup"), stdout=StringIO())
    said = manage(elsewhere, "restore", str(tmp_path / "backup"))

    assert re.search(r"[1-9]\d* QUEUED", said)
    there = json.loads(python(GO_ON, elsewhere))
    assert there["wrong"] == []
    assert there["runs"][str(finished.pk)] == ["COMPLETED", finished.outputs]
    assert there["runs"][str(waiting.pk)] == ["COMPLETED", finished.outputs]
    assert {status for status, _outputs in there["runs"].values()} == {"COMPLETED"}
    assert len(there["runs"]) < Execution.objects.count()
    assert (tmp_path / "elsewhere" / "files" / "a-file").read_bytes() == b"\x00\x01"


def test_a_folder_that_is_in_use_is_refused(tmp_path):
    (tmp_path / "something").touch()

    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(tmp_path))


def test_a_backup_that_was_interrupted_is_refused(tmp_path):
    (tmp_path / "database.dump").touch()

    with pytest.raises(CommandError, match="no finished backup"):
        call_command("restore", str(tmp_path))


def test_an_installation_with_users_is_not_overwritten_by_accident(user, tmp_path):
    (tmp_path / "about.json").write_text("{}")

    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(tmp_path))

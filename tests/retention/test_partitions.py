"""The event log in partitions: parted while it has rows, kept ahead, and dropped when nothing of it is needed."""

import json
import os
import re
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from config.backups import _find
from tests.security.test_one_way import ROOT

# What happens in an installation of its own: its tables are changed for good.
STORY = """
import django, json; django.setup()
from datetime import UTC, datetime, timedelta
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from accounts.models import User
from chaos import invariants
from executions.models import Event, Execution
from executions.retention import partitions, sweeping
from tests.executions import scene

user = User.objects.create_user("owner@example.com")
graph = scene.drawing({"a": ("test_pure", {"value": 1}), "b": ("test_idempotent", {})})
before = scene.run(user, graph).pk
call_command("partition_events")
call_command("partition_events")
after = scene.run(user, graph)
said = {"parted": partitions.is_parted(), "names": [each.name for each in partitions.partitions()]}
said["wrong"] = [str(each) for each in invariants.check()]
said["numbers"] = Event.objects.count() == len(set(Event.objects.values_list("pk", flat=True)))

# A run of three weeks from now, as the clock of its ids has it.
first, second, *_ = partitions.partitions()[1:]
late = Execution.objects.get(pk=after.pk)
late.pk, late.parent = partitions.first_id(first.ends_at - timedelta(hours=1)), None
late.save(force_insert=True)
Event.objects.create(execution=late, seq=1, kind="execution", data={})
with django.db.connection.cursor() as cursor:
    cursor.execute(f"SELECT count(*) FROM {first.name}")
    said["in its week"] = cursor.fetchone()[0]

settings.RETENTION_EVENT_DAYS = 1
now = partitions.datetime.now(UTC)
class Later(datetime):
    @classmethod
    def now(cls, tz=None):
        return first.ends_at + timedelta(days=3)
partitions.datetime = Later
Execution.objects.filter(pk=before).update(ended_at=None)
said["kept for an open run"] = partitions.drop_old()
Execution.objects.update(ended_at=timezone.now())
said["dropped"] = partitions.drop_old()
said["left"] = Event.objects.count()
scene.run(user, graph)
Execution.objects.filter(pk=late.pk).delete()
print(json.dumps(said))
"""


@pytest.fixture
def installation(db):
    """The environment of one with the tests' tables and nothing in them."""
    place, name = connection.settings_dict, f"parted_{os.getpid()}"
    facts = {key.lower(): place[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if place[key]}
    with psycopg.connect(**facts, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        words = ["--host", place["HOST"], "--username", place["USER"]]
        dump = subprocess.run(
            [_find("pg_dump"), *words, "--schema-only", place["NAME"]],
            check=True,
            capture_output=True,
        )
        subprocess.run(
            [_find("psql"), *words, "--quiet", name],
            check=True,
            input=dump.stdout,
            capture_output=True,
        )
        yield os.environ | {
            "DATABASE_URL": re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"]),
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "PYTHONPATH": str(ROOT),
        }
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.processes
def test_weeks_of_events_are_dropped_when_all_their_runs_are_old(installation):
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        check=False,
        cwd=ROOT,
        env=installation,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])

    before, *weeks = said.pop("names")
    assert (before, len(weeks) >= 4) == ("executions_event_before", True)
    assert all(re.fullmatch(r"executions_event_\d{8}", each) for each in weeks)
    assert said == {
        "parted": True,
        "wrong": [],
        "numbers": True,
        "in its week": 1,
        "kept for an open run": [],
        "dropped": [before, weeks[0]],
        "left": 0,
    }

"""Preparing an installation twice does the work once."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from config import tables
from config.management.commands import prepare
from tests.security.test_cases import environment
from tests.security.test_one_way import ROOT


@pytest.fixture
def static_root(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "site.css").write_text("body {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "static"
    return settings.STATIC_ROOT


def test_static_files_are_collected_once(static_root):
    prepare.collect_static_files()
    (static_root / "site.css").unlink()
    prepare.collect_static_files()
    assert not (static_root / "site.css").exists()


def test_a_changed_source_is_collected_again(static_root):
    prepare.collect_static_files()
    source = static_root.parent / "source/site.css"
    source.write_text("body { margin: 0 }")
    # Django compares times by the second.
    os.utime(source, (source.stat().st_mtime + 10,) * 2)
    prepare.collect_static_files()
    assert (static_root / "site.css").read_text() == "body { margin: 0 }"


@pytest.mark.django_db
def test_a_migrated_database_has_nothing_pending():
    assert tables.are_behind() is False


@pytest.mark.django_db
def test_one_machine_prepares_at_a_time(monkeypatch):
    facts = connection.get_connection_params()
    place = {name: facts[name] for name in tables._PLACE if name in facts}
    pauses = []
    with psycopg.connect(**place, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [tables.PREPARING])

        def pause(seconds):
            pauses.append(seconds)
            other.execute("SELECT pg_advisory_unlock_all()")

        monkeypatch.setattr(tables.time, "sleep", pause)
        with tables.alone():
            assert len(pauses) == 1
            took = other.execute("SELECT pg_try_advisory_lock(%s)", [tables.PREPARING])
            assert took.fetchone() == (False,)


def test_a_database_that_is_not_there_is_told_in_a_sentence():
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        check=False,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "DATABASE_URL leads to no database" in done.stderr
    assert "Traceback" not in done.stderr

"""A database that this very code has prepared is not prepared again."""

import pytest

from config.local import prepared
from config.local.postgres import Postgres


@pytest.fixture
def database(folder, monkeypatch):
    """Stands for the tables: the database is empty until told otherwise."""
    monkeypatch.setattr(Postgres, "is_empty", lambda server: False)
    return folder


def test_what_is_remembered_is_known_until_it_is_forgotten(database):
    assert not prepared.is_prepared(database, demo=True)
    prepared.remember(database, demo=True)
    assert prepared.is_prepared(database, demo=True)
    prepared.forget(database)
    assert not prepared.is_prepared(database, demo=True)


def test_preparing_with_demo_data_is_another_thing(database):
    prepared.remember(database, demo=False)
    assert not prepared.is_prepared(database, demo=True)


def test_a_database_that_lost_its_tables_is_not_prepared(database, monkeypatch):
    prepared.remember(database, demo=True)
    monkeypatch.setattr(Postgres, "is_empty", lambda server: True)
    assert not prepared.is_prepared(database, demo=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "postgresql://db/app"), ("AGENTLOOM_ADMIN_EMAIL", "ada@example.com")],
)
def test_an_environment_with_other_consequences_counts(database, monkeypatch, name, value):
    prepared.remember(database, demo=True)
    monkeypatch.setenv(name, value)
    assert not prepared.is_prepared(database, demo=True)


def test_the_fingerprint_follows_the_code(tmp_path):
    (tmp_path / "graphs/migrations").mkdir(parents=True)
    for name in prepared.SOURCES:
        if "." in name:
            (tmp_path / name).touch()
    before = prepared.fingerprint(demo=True, root=tmp_path)
    assert prepared.fingerprint(demo=True, root=tmp_path) == before
    (tmp_path / "graphs/migrations/0002_more.py").touch()
    assert prepared.fingerprint(demo=True, root=tmp_path) != before

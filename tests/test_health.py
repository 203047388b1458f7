"""What watchers of the processes ask."""

import threading

import pytest
from django.core.cache import caches
from django.db.migrations.recorder import MigrationRecorder

from config import tables


def test_a_process_with_its_database_is_alive(client, db):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_process_with_both_servers_is_ready(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": "ok", "redis": "ok"},
    )


def test_a_process_that_is_newer_than_its_tables_is_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(tables, "_fitting", threading.Event())
    MigrationRecorder.Migration.objects.filter(app="executions").latest("pk").delete()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "behind this version: run prepare"
    assert client.get("/healthz").status_code == 200


@pytest.fixture
def no_redis(settings):
    """The cache's server is one that nobody runs."""
    cache = settings.CACHES["default"]
    settings.CACHES = {"default": cache | {"LOCATION": "redis://127.0.0.1:1/0"}}
    yield
    caches.close_all()


def test_without_redis_a_process_is_degraded_and_still_ready(client, db, no_redis):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["redis"]) == ("degraded", "unavailable")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_keeps_an_old_answer(client, db, path):
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405

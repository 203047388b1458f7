"""Whoever locks several runs does so in the order of their ids, else two workers would wait for each other."""

import threading

import psycopg
import pytest
from django.db import connection, transaction

from executions import services
from executions.attempts import claims
from executions.models import Execution
from executions.workers import work
from tests.executions.scene import drawing, save
from tests.executions.test_recovery import OTHER
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 12
_LOCK = "SELECT FROM executions_execution WHERE id = ANY(%s) FOR NO KEY UPDATE NOWAIT"
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@pytest.fixture
def other():
    """Another worker's connection."""
    place = connection.settings_dict
    facts = {key.lower(): place[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if place[key]}
    with psycopg.connect(**facts, dbname=place["NAME"]) as other:
        yield other


@transaction.atomic
def claim_all():
    claims.claim(OTHER, 10 * MANY)


def advance_all():
    work.advance(*Execution.objects.order_by("?").values_list("pk", flat=True))


@pytest.mark.parametrize("act", [claim_all, advance_all])
def test_who_waits_for_the_first_run_has_locked_none_of_the_others(user, other, act):
    block = "test_idempotent" if act is claim_all else "test_pure"
    version = save(user, drawing({"a": (block, {}), "b": (block, {})}))
    for _ in range(MANY):
        services.start_execution(version=version, user=user, inputs={})
    ids = list(Execution.objects.order_by("pk").values_list("pk", flat=True))
    other.execute(_LOCK, [ids[:1]])

    thread = threading.Thread(target=acting(act))
    thread.start()
    until(lambda: other.execute(_WAITING).fetchone()[0])
    other.execute(_LOCK, [ids[1:]])  # raises where somebody holds one
    other.rollback()
    thread.join()


def acting(act):
    def in_thread():
        try:
            act()
        finally:
            connection.close()

    return in_thread

"""A run that is broken at its n-th SQL statement, for every n: by a deadlock, and by a connection that is gone."""

import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

import chaos.blocks  # noqa: F401 - they are in the catalogue now
from chaos import invariants, scene, steps
from chaos.statements import Counter
from executions import services
from executions.models import Execution, NodeExecution
from executions.workers import recovery, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
STRIDE = 9  # of the statements that are tried without --long


def cut():
    """The connection of this thread is gone."""
    if connection.connection:
        connection.connection.close()


def give_up():
    """PostgreSQL ends the transaction, as it does with one of two that wait for each other."""
    raise psycopg.errors.DeadlockDetected


ACTIONS = {"deadlock": give_up, "lost connection": cut}


@pytest.fixture
def version(user, sink, kept_history):
    return scene.save(user, sink.url)


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch):
    """Workers wait a second before they commit again."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def play(version, counter):
    """One run; after the break, the leases of what was running run out. Returns the run."""
    Execution.objects.all().delete()
    counter.install()
    try:
        for _ in range(10_000):
            try:
                if is_over(move(version)):
                    return Execution.objects.get(version=version)
            except (OperationalError, InterfaceError):
                connection.close()
                counter.remove()
                long_ago = timezone.now() - timedelta(minutes=1)
                NodeExecution.objects.filter(status="RUNNING").update(lease_until=long_ago)
    finally:
        counter.remove()
    raise AssertionError("It does not end")


def move(version):
    """Everything that somebody does when there is something to do."""
    execution = Execution.objects.filter(version=version).first()
    if execution is None:
        user = version.graph.owner
        execution = services.start_execution(version=version, user=user, inputs=steps.INPUTS)
    for each in Execution.objects.unfinished():
        work.advance(each.pk)
    work.fill_slots()
    recovery.take_back_lost()
    recovery.release_due()
    asked = NodeExecution.objects.filter(execution=execution, waits_for="person").first()
    if asked:
        services.answer(asked, {"approved": True})
    return execution


def is_over(execution):
    execution.refresh_from_db()
    return execution.has_ended


@pytest.mark.parametrize("action", ACTIONS)
def test_a_run_survives_a_break_at_any_statement(version, sink, is_long, action):
    counter = Counter(lambda: None, 0)
    play(version, counter)
    stride = 1 if is_long else STRIDE
    assert counter.count > 100

    for nth in range(1, counter.count + 1, stride):
        execution = play(version, Counter(ACTIONS[action], nth))
        ids = list(Execution.objects.values_list("pk", flat=True))
        found = invariants.check(ids, sink_log=sink.entries(), patience=timedelta(0))
        outputs = [scene.expected(unsure=False), scene.expected(unsure=True)]
        assert (nth, found) == (nth, [])
        assert execution.outputs in outputs, f"{nth}: {execution.error}"

"""A sweep that an operator began and whose worker is killed: what it has done stays done, and the next one does the rest."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from executions.files import services as files
from executions.files.models import StoredFile
from executions.models import Event, Execution, NodeExecution
from executions.retention import partitions, services, sweeping
from executions.retention.models import Policy, Sweep, SweepQuerySet
from tests.admin.test_admin import browser
from tests.factories import ExecutionFactory, NodeExecutionFactory
from tests.processes import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

COUNT = 5


@pytest.fixture
def old_runs(user, version):
    """Runs that are too old, each a piece of its own, with a node execution, an event and a file."""
    Policy.objects.create(user=user, run_days=1)
    moment = timezone.now() - timedelta(days=5)
    return [run_at(user, version, moment, number) for number in range(COUNT)]


def run_at(user, version, moment, number):
    pk = UUID(int=partitions.first_id(moment).int + number)
    many = {"node_count": sweeping._NODES}
    run = ExecutionFactory(pk=pk, user=user, version=version, ended_at=moment, **many)
    NodeExecutionFactory(execution=run)
    Event.objects.create(execution=run, seq=1, kind=Event.Kind.EXECUTION, data={})
    files.keep(user.pk, ContentFile(b"tea"), name="tea.txt", execution_id=run.pk)
    return run


def begin():
    """Press the button of the admin."""
    answer = browser("operator").post(reverse("admin:retention_sweep_begin"))
    assert answer.status_code == 302


def left():
    """By kind, of how many runs there is something."""
    parts = (NodeExecution.objects.all(), Event.objects.all(), StoredFile.objects.all())
    counts = [part.values("execution").distinct().count() for part in parts]
    return [Execution.objects.count(), *counts]


@pytest.mark.parametrize(
    ("moment", "gone"), [("sweep.before_commit", 2), ("sweep.after_commit", 3)]
)
def test_a_sweep_whose_worker_is_killed_leaves_nothing_half_and_is_taken_up(
    old_runs, user, version, crew, workers, moment, gone
):
    young = run_at(user, version, timezone.now(), COUNT)
    places = [file.place for file in StoredFile.objects.exclude(execution=young)]
    doomed = crew.start(failpoints=f"{moment}=kill@3")
    begin()
    until(lambda: not crew.is_alive(doomed))
    killed = Sweep.objects.get()
    assert (killed.ended_at, killed.runs) == (None, 2)
    assert left() == [COUNT - gone + 1] * 4

    Sweep.objects.update(seen_at=timezone.now() - Sweep.SILENCE)  # as time goes by
    workers(1)
    services.ask_to_sweep()
    until(lambda: Sweep.objects.exclude(ended_at=None).exists())
    assert Sweep.objects.latest("pk").runs == COUNT - gone
    assert left() == [1] * 4
    files.sweep()  # what the killed one had no time for
    assert not any(default_storage.exists(place) for place in places)
    assert Execution.objects.get() == young


def test_of_two_that_begin_at_the_same_moment_one_sweeps(monkeypatch):
    both_have_looked, look = Barrier(2, timeout=0.5), SweepQuerySet.exists
    swept = []

    def exists(rows):
        found = look(rows)
        with suppress(BrokenBarrierError):  # one waits for the other
            both_have_looked.wait()
        return found

    def sweep():
        swept.append(services.sweep(timezone.now()))
        connection.close()

    monkeypatch.setattr(SweepQuerySet, "exists", exists)
    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [each is None for each in swept].count(False) == 1
    assert Sweep.objects.count() == 1

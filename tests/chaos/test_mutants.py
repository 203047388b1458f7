"""Each engine that is broken on purpose is caught, and the sound one is not: the tests can fail."""

import itertools
import time
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

import chaos.blocks  # noqa: F401 - they are in the catalogue now
from chaos import invariants
from chaos.mutants import MUTANTS
from chaos.statements import Counter
from database import statements
from executions import outbox, services
from executions.attempts import claims
from executions.engine.firing import Outcome
from executions.models import Execution, NodeExecution
from executions.workers import recovery, work
from tests.executions.scene import drawing, save, start

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = uuid4()  # a worker that is not this process


def one(block_id, sink, query=""):
    return drawing(
        {"do": (block_id, {"url": f"{sink.url}/do{query}"})},
        metadata={"do": {"retry": {"count": 1, "base": 0}}},
    )


def wrong(sink):
    return invariants.check(sink_log=sink.entries())


def claim():
    with transaction.atomic():
        (attempt,) = claims.claim(ELSEWHERE, 1)
    return attempt


def let_leases_run_out():
    """Workers hang for longer than that."""
    long_ago = timezone.now() - timedelta(minutes=1)
    NodeExecution.objects.filter(status="RUNNING").update(lease_until=long_ago)
    recovery.take_back_lost()


def work_on(execution):
    work.advance(execution.pk)
    for _ in range(3):
        work.fill_slots()
        recovery.release_due()


# What happens in each scenario; what is wrong then, in sentences.


def a_zombie_comes_back(user, sink):
    start(user, one("chaos_idempotent", sink))
    zombie = claim()
    let_leases_run_out()
    successor = claim()
    statements.run(claims.settle([claims.Settlement(zombie, Outcome([("value", "late")]))]))
    is_taken = NodeExecution.objects.get(pk=successor.id).for_advance
    return ["a late outcome was taken (P4)"] if is_taken else wrong(sink)


def a_node_is_run(user, sink):
    work_on(start(user, one("chaos_paid", sink, "?refuse=1")))
    return wrong(sink)


def two_nodes_are_joined(user, sink):
    graph = drawing(
        {
            "a": ("chaos_idempotent", {"url": f"{sink.url}/a"}),
            "b": ("chaos_idempotent", {"url": f"{sink.url}/b"}),
            "join": ("chaos_join", {}),
        },
        ["a.value -> join.value_#_a", "b.value -> join.value_#_b"],
    )
    work_on(start(user, graph))
    return wrong(sink)


def a_living_worker_is_left_alone(user, sink):
    start(user, one("chaos_idempotent", sink))
    claim()
    return (
        ["a living worker lost its attempt (I3)"]
        if recovery.take_back_lost().nodes
        else wrong(sink)
    )


def a_run_is_stopped(user, sink):
    execution = start(user, one("chaos_idempotent", sink))
    services.stop(execution)
    work.fill_slots()
    return wrong(sink)


def a_timer_waits(user, sink):
    execution = start(user, drawing({"nap": ("wait_block", {"seconds": 3600})}))
    work.advance(execution.pk)
    recovery.release_due()
    return wrong(sink)


def a_worker_beats(user, sink):
    start(user, one("chaos_idempotent", sink))
    attempt = claim()
    claims.extend(ELSEWHERE, [(attempt.id, attempt.fence)])
    return wrong(sink)


def a_wake_up_is_sent(user, sink):
    """Whoever gets it looks at once; it must see the run."""
    sent = []
    version = save(user, one("chaos_idempotent", sink))
    original, outbox.send_wake_up = outbox.send_wake_up, lambda _, id_: sent.append(_sees(id_))
    try:
        with transaction.atomic():  # as a node does that starts another graph
            services.start_execution(version=version, user=user, inputs={})
    finally:
        outbox.send_wake_up = original
    return [] if sent and all(sent) else ["a wake-up came before the commit (P8)"]


def _sees(id_):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM executions_execution e JOIN executions_nodeexecution n"
                " ON n.execution_id = e.id WHERE %s IN (e.id, n.id)",
                [UUID(id_)],
            )
            return cursor.fetchone()[0] > 0
    finally:
        other.close()


def a_worker_breaks_at_any_statement(user, sink):
    """A node that costs fails; another follows by its error pin."""
    graph = drawing(
        {
            "do": ("chaos_paid", {"url": f"{sink.url}/do?refuse=9"}),
            "last": ("chaos_idempotent", {"url": f"{sink.url}/last"}),
        },
        ["do.error -> last.value"],
    )
    version = save(user, graph)
    for nth in itertools.count(1):
        counter = Counter(_give_up, nth)
        execution = services.start_execution(version=version, user=user, inputs={})
        _work_through(execution, counter)
        found = wrong(sink)
        if found or counter.count < nth:
            return found
        Execution.objects.all().delete()
    raise AssertionError("It does not end")


def _give_up():
    raise psycopg.errors.DeadlockDetected


def _work_through(execution, counter):
    counter.install()
    try:
        work_on(execution)
    except (OperationalError, InterfaceError):
        connection.close()
    finally:
        counter.remove()
    let_leases_run_out()
    work_on(execution)


# Which scenario catches which engine, and the sentence by which it does.
CAUGHT = {
    "no fence in the commit": (a_zombie_comes_back, "P4"),
    "successors outside of the transaction": (a_worker_breaks_at_any_statement, "I7"),
    "wake-ups before the commit": (a_wake_up_is_sent, "P8"),
    "a reaper that does not look at leases": (a_living_worker_is_left_alone, "I3"),
    "what is queued survives a cancel": (a_run_is_stopped, "I2"),
    "joins counted in memory": (two_nodes_are_joined, "I7"),
    "attempts counted after the run": (a_node_is_run, "I3"),
    "timers that are not due": (a_timer_waits, "I11"),
    "an idempotency key for each attempt": (a_node_is_run, "I5"),
    "credits outside of the transaction": (a_worker_breaks_at_any_statement, "I8"),
    "leases by the clock of a worker": (a_node_is_run, "P11"),
    "a heartbeat that writes NULL": (a_worker_beats, "I6"),
}


@pytest.fixture(autouse=True)
def _quick(kept_history, monkeypatch):
    """The history is kept; workers do not wait before they commit again."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def test_every_broken_engine_has_a_scenario():
    assert CAUGHT.keys() == MUTANTS.keys()


@pytest.mark.parametrize("name", MUTANTS)
def test_the_broken_engine_is_caught(user, sink, monkeypatch, name):
    scenario, number = CAUGHT[name]
    MUTANTS[name].break_with(monkeypatch.setattr)

    assert f"({number})" in " ".join(scenario(user, sink))


@pytest.mark.parametrize(
    "scenario", dict.fromkeys(each for each, _ in CAUGHT.values()), ids=lambda each: each.__name__
)
def test_the_sound_engine_is_not(user, sink, scenario):
    assert scenario(user, sink) == []

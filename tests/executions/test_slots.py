"""How many attempts a worker takes upon itself."""

from collections.abc import Callable
from concurrent.futures import Executor, Future

import pytest

from executions import failpoints
from executions.engine.status import Status
from executions.workers import work
from tests.executions.scene import drawing, start

pytestmark = pytest.mark.django_db(transaction=True)

SLOTS = 4
READY = 10


class NotYet(Executor):
    """Threads that have not begun."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.fixture
def slots(monkeypatch):
    slots = work.Slots(NotYet(), SLOTS, work._run_slot)
    monkeypatch.setattr(work, "_slots", slots)
    return slots


@pytest.fixture
def ready(user):
    """A run with node executions that could all start now."""
    return start(user, drawing({f"do{i}": ("test_idempotent", {}) for i in range(READY)}))


def _meanwhile(monkeypatch, moment: str, act: Callable[[], None]):
    """Have another thread of the worker act when this moment comes for the first time."""
    moments = []

    def hit(name):
        if name == moment and not moments:
            moments.append(name)
            act()

    monkeypatch.setattr(failpoints, "hit", hit)


def _running(execution):
    return execution.node_executions.filter(status=Status.RUNNING).count()


def test_who_claims_at_once_shares_the_free_slots(slots, ready, monkeypatch):
    _meanwhile(monkeypatch, "claim.before", work.fill_slots)
    work.fill_slots()
    assert len(slots.held()) == _running(ready) == SLOTS
    assert slots.has_backlog


@pytest.mark.parametrize("moment", ["burst.before_commit", "commit.after"])
def test_what_a_burst_has_claimed_has_its_slots_before_it_is_started(
    slots, ready, user, monkeypatch, moment
):
    nodes = {"first": ("test_pure", {}), "one": ("test_idempotent", {})}
    execution = start(user, drawing(nodes, ["first.value -> one.value"]))
    _meanwhile(monkeypatch, moment, work.fill_slots)
    work.advance(execution.pk)
    assert _running(execution) == 1
    assert len(slots.held()) == _running(ready) + 1 == SLOTS


def test_slots_that_were_kept_for_nothing_are_free_again(slots, user, monkeypatch):
    def break_off():
        raise RuntimeError

    nodes = {"first": ("test_pure", {}), "one": ("test_idempotent", {})}
    execution = start(user, drawing(nodes, ["first.value -> one.value"]))
    _meanwhile(monkeypatch, "burst.before_commit", break_off)
    with pytest.raises(RuntimeError):
        work.advance(execution.pk)
    assert slots.free == SLOTS

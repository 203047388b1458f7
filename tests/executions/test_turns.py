"""Who is next where more is queued than there are slots."""

from functools import partial

import pytest

from executions import queue
from executions.attempts import claims
from executions.engine.status import Status
from executions.workers import work
from tests.executions.scene import drawing, start
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def queue_many(user, width):
    """A run whose nodes are all queued at once, while nobody has a slot."""
    nodes = {f"n{index}": ("test_idempotent", {}) for index in range(width)}
    links = [f"begin.value -> {name}.value" for name in nodes]
    execution = start(user, drawing({"begin": ("test_pure", {"value": 1}), **nodes}, links))
    work.burst.run([execution.pk], work.WORKER_ID, partial(min, 0))
    return execution


def claim(limit):
    with work.transaction.atomic():
        return [attempt.execution_id for attempt in claims.claim(work.WORKER_ID, limit)]


def test_a_run_that_queues_very_many_leaves_room_for_the_few_of_others(user):
    queue_many(user, 300)
    small = queue_many(UserFactory(), 3)

    assert claim(200).count(small.pk) == 3


def test_what_was_queued_first_is_first_all_the_same(user):
    first, second = queue_many(user, 2), queue_many(UserFactory(), 2)
    second.node_executions.update(turn_at=first.node_executions.get(node_id="n1").turn_at)

    assert claim(1) == [first.pk]


def chain(length):
    nodes = {f"n{index}": ("test_pure", {"value": 1}) for index in range(length)}
    return drawing(nodes, [f"n{index}.value -> n{index + 1}.value" for index in range(length - 1)])


def test_a_small_run_that_is_advanced_with_a_large_one_does_not_wait_for_it(user, monkeypatch):
    large, small = start(user, chain(3)), start(UserFactory(), chain(2))
    woken = []
    monkeypatch.setattr(queue, "enqueue_advance", woken.append)
    monkeypatch.setattr(work.burst, "MAX_SHARING", 2)
    work.advance(large.pk, small.pk)

    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.status, small.status) == (Status.QUEUED, Status.COMPLETED)
    assert woken == [large.pk]

    work.advance(large.pk)
    large.refresh_from_db()
    assert large.status == Status.COMPLETED

"""What is left behind by workers that die, hang or come back, and by messages that get lost."""

from concurrent.futures import Executor, Future
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from executions.attempts import claims
from executions.bursts import burst
from executions.engine.firing import Outcome
from executions.engine.status import Status
from executions.models import NodeExecution, Worker
from executions.rows import turns
from executions.workers import recovery, work
from tests.executions import scene
from tests.executions.scene import drawing, run, start, statuses

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = uuid4()  # a worker that is not this process


def effect(block_id="test_idempotent", **metadata):
    return drawing({"do": (block_id, {"value": 7})}, metadata={"do": metadata})


def claim_elsewhere(execution):
    """Another worker takes the run's node execution."""
    with transaction.atomic():
        (attempt,) = claims.claim(
            OTHER, 1, list(execution.node_executions.values_list("pk", flat=True))
        )
    return attempt


class Later(Executor):
    """Threads that have not begun."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


def expire_leases():
    NodeExecution.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))


def test_an_attempt_whose_lease_ran_out_is_queued_again(user):
    execution = start(user, effect())
    claim_elsewhere(execution)
    assert recovery.take_back_lost().nodes == []

    expire_leases()
    found = recovery.take_back_lost()

    assert found.nodes == list(execution.node_executions.values_list("pk", flat=True))
    work.fill_slots()
    execution.refresh_from_db()
    assert execution.status == Status.COMPLETED
    assert execution.node_executions.get().attempts == 2


def test_a_worker_whose_lock_is_free_and_that_no_longer_beats_loses_its_attempts(user):
    execution = start(user, effect())
    claim_elsewhere(execution)
    long_ago = timezone.now() - timezone.timedelta(minutes=1)
    Worker.objects.create(id=OTHER, host="gone", pid=1, lock_key=77, seen_at=long_ago)

    assert len(recovery.take_back_lost().nodes) == 1


def test_a_worker_that_holds_its_lock_keeps_its_attempts(user):
    execution = start(user, effect())
    claim_elsewhere(execution)
    long_ago = timezone.now() - timezone.timedelta(minutes=1)
    Worker.objects.create(id=OTHER, host="slow", pid=1, lock_key=78, seen_at=long_ago)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 78)", [recovery.LOCK_CLASS])
        try:
            assert recovery.take_back_lost().nodes == []
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 78)", [recovery.LOCK_CLASS])


def test_the_late_outcome_of_a_lost_attempt_changes_nothing(user):
    execution = start(user, effect())
    zombie = claim_elsewhere(execution)
    expire_leases()
    recovery.take_back_lost()

    late = claims.Settlement(zombie, Outcome([("value", "zombie")]))
    burst.run([execution.pk], OTHER, partial(min, 0), [late])  # while it is queued again
    assert execution.node_executions.get().outputs == []
    work.fill_slots()
    burst.run([execution.pk], OTHER, partial(min, 0), [late])  # after somebody else did it

    execution.refresh_from_db()
    assert execution.outputs == {"value": [7]}
    assert execution.node_executions.get().outputs == [["value", 7]]


def test_a_lost_attempt_cannot_extend_its_lease(user):
    execution = start(user, effect())
    zombie = claim_elsewhere(execution)
    assert claims.extend(OTHER, [(zombie.id, zombie.fence)]) == {(zombie.id, zombie.fence)}
    expire_leases()
    recovery.take_back_lost()

    assert claims.extend(OTHER, [(zombie.id, zombie.fence)]) == set()


def test_poison_fails_after_three_lost_workers(user):
    execution = start(user, effect())
    for _ in range(3):
        claim_elsewhere(execution)
        expire_leases()
        found = recovery.take_back_lost()
    assert found.runs == {execution.pk}
    work.advance(execution.pk)

    execution.refresh_from_db()
    node = execution.node_executions.get()
    assert (execution.status, node.error_code, node.attempts) == (Status.FAILED, "worker_lost", 3)


def test_at_most_once_is_not_tried_again_once_it_may_have_happened(user):
    execution = start(user, effect("test_at_most_once"))
    attempt = claim_elsewhere(execution)
    assert claims.mark_effect(attempt)
    expire_leases()
    recovery.take_back_lost()
    work.advance(execution.pk)
    work.fill_slots()

    assert scene.calls["echo"] == []
    node = execution.node_executions.get()
    assert (node.status, node.error_code) == (Status.FAILED, "outcome_unknown")


def test_at_most_once_is_tried_again_when_it_had_not_begun(user):
    execution = start(user, effect("test_at_most_once"))
    claim_elsewhere(execution)
    expire_leases()
    recovery.take_back_lost()
    work.fill_slots()

    execution.refresh_from_db()
    assert execution.status == Status.COMPLETED
    assert scene.calls["echo"] == [7]


def test_a_second_delivery_of_every_message_changes_nothing(user):
    execution = run(user, effect())
    node = execution.node_executions.get()
    before = list(execution.events.values_list("seq", "data"))

    for _ in range(3):
        work.advance(execution.pk)
        work.run_nodes([node.pk])

    assert scene.calls["echo"] == [7]
    assert list(execution.events.values_list("seq", "data")) == before


def test_lost_wake_ups_are_found_by_polling(user, settings):
    settings.POLL_SECONDS = 0
    pure = start(user, drawing({"echo": ("test_pure", {"value": 1})}))
    effectful = start(user, effect())

    found = recovery.find_work(10)

    assert found.runs == {pure.pk}
    assert found.nodes == list(effectful.node_executions.values_list("pk", flat=True))


def test_an_outcome_that_arrives_while_another_worker_has_the_turn_is_delivered_after_it(user):
    execution = start(user, effect())
    attempt = claim_elsewhere(execution)
    holder = connection.copy()
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [turns._lock_key(execution.pk)])
        ended = claims.Settlement(attempt, Outcome([("value", 7)]))
        assert burst.run([execution.pk], work.WORKER_ID, partial(min, 1), [ended]) == {}
        cursor.execute("SELECT pg_advisory_unlock(%s)", [turns._lock_key(execution.pk)])
    holder.close()
    assert burst.with_work_left([execution.pk])

    work.advance(execution.pk)

    execution.refresh_from_db()
    assert execution.status == Status.COMPLETED


def test_a_failure_that_is_worth_it_is_tried_again_later(user):
    execution = start(user, effect(retry={"count": 2, "base": 0}))
    execution.node_executions.update(inputs={"does": "fail for now"})
    work.fill_slots()

    node = execution.node_executions.get()
    assert (node.status, node.failures) == (Status.WAITING, 1)
    execution.refresh_from_db()
    assert execution.status == Status.WAITING

    execution.node_executions.update(inputs={"does": "echo", "value": 7})
    assert recovery.release_due().nodes == [node.pk]
    work.fill_slots()
    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"value": [7]})


def test_retries_come_to_an_end(user):
    execution = start(user, effect(retry={"count": 2, "base": 0}))
    execution.node_executions.update(inputs={"does": "fail for now"})
    for _ in range(3):
        work.fill_slots()
        recovery.release_due()

    execution.refresh_from_db()
    assert execution.status == Status.FAILED
    assert len(scene.calls["fail for now"]) == 3


def test_a_timer_never_fires_early(user):
    execution = start(user, effect(retry={"count": 1, "base": 3600}))
    execution.node_executions.update(inputs={"does": "fail for now"})
    work.fill_slots()

    assert recovery.release_due().nodes == []


def test_a_pure_node_is_tried_again_too_and_those_behind_it_wait(user):
    tries = []

    def flaky(value, ports):
        tries.append(value)
        if tries == [1]:
            raise scene.BlockError("not yet", retryable=True)
        yield "value", value

    scene.behaviours["flaky"] = flaky
    graph = drawing(
        {
            "items": ("step_through_items_block", {"items": [1, 2, 3]}),
            "do": ("test_pure", {"does": "flaky"}),
            "out": ("output_block", {"name": "said"}),
        },
        ["items.item -> do.value", "do.value -> out.value"],
        metadata={"do": {"retry": {"count": 1, "base": 0}}},
    )
    execution = run(user, graph)
    assert statuses(execution)["do"] == ["WAITING", "COMPLETED", "COMPLETED"]
    assert "out" not in statuses(execution)

    assert recovery.release_due().runs == {execution.pk}
    work.advance(execution.pk)

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"said": [1, 2, 3]})


def test_a_run_past_its_deadline_is_ended(user):
    execution = start(
        user, drawing({"do": ("test_idempotent", {})}, settings={"limits": {"seconds": 1}})
    )
    long_ago = timezone.now() - timezone.timedelta(minutes=1)
    type(execution).objects.update(created_at=long_ago, deadline_at=long_ago)

    assert recovery.find_work(10).runs == {execution.pk}
    work.advance(execution.pk)

    execution.refresh_from_db()
    assert execution.status == Status.FAILED
    assert "longer than 1 seconds" in execution.error
    assert statuses(execution) == {"do": ["CANCELLED"]}


def test_an_at_most_once_effect_that_failed_is_not_tried_again_whatever_the_policy_says(user):
    execution = start(user, effect("test_at_most_once", retry={"count": 5, "base": 0}))
    execution.node_executions.update(inputs={"does": "fail for now"})
    work.fill_slots()

    execution.refresh_from_db()
    assert execution.status == Status.FAILED
    assert len(scene.calls["fail for now"]) == 1


def test_a_worker_keeps_the_next_attempt_alive_when_one_that_hung_comes_to_its_end(user):
    execution = start(user, effect())
    slots = work.Slots(Later(), 2, work._run_slot)
    first = claim_elsewhere(execution)
    slots.start(first)
    expire_leases()
    recovery.take_back_lost()
    second = claim_elsewhere(execution)
    slots.start(second)

    slots.end(first)

    assert [held.attempt for held in slots.held()] == [second]


@pytest.mark.parametrize("is_late_one_first", [True, False])
def test_a_late_outcome_changes_nothing_when_it_is_committed_with_that_of_the_next_attempt(
    user, is_late_one_first
):
    execution = start(user, effect())
    late = claim_elsewhere(execution)
    expire_leases()
    recovery.take_back_lost()
    ended = [(late, Outcome([("value", "zombie")])), (claim_elsewhere(execution), Outcome([]))]

    work._commit({execution.pk: ended if is_late_one_first else ended[::-1]})

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {})


def test_a_heartbeat_waits_for_no_commit_that_holds_a_row(user):
    execution = start(user, effect())
    attempt = claim_elsewhere(execution)
    holder = connection.copy()
    holder.set_autocommit(False)
    try:
        with holder.cursor() as cursor:
            cursor.execute(
                "SELECT FROM executions_nodeexecution WHERE id = %s FOR UPDATE", [attempt.id]
            )
        held = (attempt.id, attempt.fence)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
            assert claims.extend(OTHER, [held]) == {held}
            cursor.execute("RESET lock_timeout")
    finally:
        holder.rollback()
        holder.close()

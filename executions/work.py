"""What workers do: advance runs and run node executions. Every step may happen twice; the database decides."""

import logging
import threading
from uuid import UUID, uuid4

from django.db import connection, transaction

from accounts import credits
from accounts.errors import InsufficientCreditsError
from blocks import registry
from blocks.base import Effect
from executions import attempts, bursts, claims, plans, queue, world
from executions.claims import Attempt
from executions.engine.firing import Outcome

logger = logging.getLogger(__name__)

WORKER_ID = uuid4()  # of this process

_held: dict[UUID, tuple[Attempt, threading.Event]] = {}  # what this process is running
_stopping = threading.Event()


def advance(execution_id: UUID) -> None:
    """Bring a run as far as it goes without waiting, then help with what it has to wait for."""
    _help(_advance(execution_id))


def run_node(node_execution_id: UUID) -> None:
    """Run one effectful node execution, deliver what it sends, and go on with what follows from it."""
    _help([node_execution_id])


def _help(queued: list[UUID]) -> None:
    """Run the first of these here and let other workers have the rest, until nothing follows."""
    while queued:
        for other in queued[1:]:
            queue.enqueue_node(other)
        if _stopping.is_set():
            queue.enqueue_node(queued[0])
            return
        queued = _attempt(queued[0])


def _advance(execution_id: UUID) -> list[UUID]:
    """Bursts until nothing is left to deliver; returns the effectful node executions that they queued."""
    queued: list[UUID] = []
    while True:
        result = bursts.burst(execution_id)
        if result is None:
            return queued
        queued += result.queued
        if not (result.again and bursts.is_work_left(execution_id)):
            return queued


def _attempt(node_execution_id: UUID) -> list[UUID]:
    attempt, refusal = _claim(node_execution_id)
    if attempt is None:
        return []
    cancelled = threading.Event()
    _held[attempt.id] = (attempt, cancelled)
    try:
        return _finish(attempt, refusal or _run(attempt, cancelled))
    finally:
        del _held[attempt.id]


@transaction.atomic
def _claim(node_execution_id: UUID) -> tuple[Attempt | None, Outcome | None]:
    """The attempt, and the outcome that it has already when it cannot be paid for."""
    attempt = claims.claim(node_execution_id, WORKER_ID)
    if attempt is None or not attempt.cost:
        return attempt, None
    try:
        credits.spend(attempt.user_id, attempt.cost, reference=str(attempt.id))
    except InsufficientCreditsError as error:
        return attempt, attempts.failure([], str(error), "insufficient_credits")
    return attempt, None


def _run(attempt: Attempt, cancelled: threading.Event) -> Outcome:
    block = registry.find(attempt.block_id)
    if block and block.effect is Effect.AT_MOST_ONCE and not claims.mark_effect(attempt):
        cancelled.set()
    connection.close()  # back to the pool: who waits for the world holds no connection
    context = world.NodeContext(
        attempt.id, attempt.node_id, attempt.execution_id, attempt.timezone, cancelled
    )
    return attempts.run_block(block, attempt.inputs, world.ports_for(context))


def _finish(attempt: Attempt, outcome: Outcome) -> list[UUID]:
    """Commit the outcome with everything that follows from it; returns what it queued."""
    with transaction.atomic():
        if not _settle(attempt, outcome):
            return []
        result = bursts.burst(attempt.execution_id)
    if result is None or (result.again and bursts.is_work_left(attempt.execution_id)):
        return [*(result.queued if result else []), *_advance(attempt.execution_id)]
    return result.queued


def _settle(attempt: Attempt, outcome: Outcome) -> bool:
    """Keep the outcome, or have the node tried again later; False when the attempt was taken from us."""
    if outcome.error is not None and outcome.retryable:
        policy = plans.of_version(attempt.version_id).nodes[attempt.node_id].policy
        delay = policy.next_delay(attempt.failures + 1)
        if delay is not None:
            return claims.retry_later(attempt, delay)
    return claims.stage(attempt, outcome)


def keep_alive() -> None:
    """Extend the leases of what this process runs; tell attempts that are no longer ours to give up."""
    held = dict(_held)
    ours = claims.extend(WORKER_ID, [(attempt.id, attempt.fence) for attempt, _ in held.values()])
    for id_, (_attempt_, cancelled) in held.items():
        if id_ not in ours:
            cancelled.set()


def stop_taking_work() -> None:
    """Finish what is running here and leave everything else to other workers."""
    _stopping.set()

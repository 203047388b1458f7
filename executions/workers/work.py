"""What workers do: advance runs and run node executions. Every step may happen twice; the database decides.

Rule 1: a slot runs a block and nothing else; while it waits for the world it holds no database connection.
Rule 2: in one process, one thread at a time commits for a run. Who ends meanwhile leaves its outcome with that
    thread, so a hundred nodes that end together cost a few commits.
Rule 3: node executions that a burst makes ready are claimed in the burst's own transaction, as many as there are
    free slots here. The rest is for whoever has a slot.
"""

import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import InterfaceError, OperationalError
from structlog.contextvars import bound_contextvars

from accounts.errors import InsufficientCreditsError
from blocks.base import WaitsFor
from executions import failpoints, garbage, queue, serving, tracing
from executions.attempts import claims, running, spending, world
from executions.attempts.claims import Attempt
from executions.bursts import burst, stopping
from executions.bursts.closing import Result
from executions.engine.firing import Outcome
from executions.engine.status import Status
from executions.engine.values import UnstorableError
from executions.workers import children
from executions.workers.desks import Desks, Ended
from executions.workers.outcomes import outcome_of, settlement_of
from executions.workers.slots import Held, Inline, Slots, timeout_of

logger = logging.getLogger(__name__)

WORKER_ID = uuid4()  # of this process

_AT_ONCE = 25  # claimed, at most: other threads want some of the free slots, too
_WAKE_UPS = 8  # messages for what is left to others; each worker takes as much as it has slots for
# Python lets a busy thread go on for so long when another one wants to. A run asks PostgreSQL dozens of times, and after
# each answer its thread waited for those of large bursts: at Python's 5 ms small runs beside four large ones took seconds.
_BUSY_SECONDS = 0.001
_COMMIT_TRIES = 300  # two seconds apart: an outcome outlives minutes without a database


_desks = Desks()


def open_slots() -> Slots:
    """Become a worker: from now on node executions run in threads of their own."""
    global _slots  # noqa: PLW0603 - one a process
    world.prepare()
    garbage.look_seldom()
    sys.setswitchinterval(_BUSY_SECONDS)
    size = settings.WORKER_SLOTS
    _slots = Slots(ThreadPoolExecutor(size, thread_name_prefix="slot"), size, _run_slot)
    return _slots


def advance(*ids: UUID) -> None:
    """Bring runs as far as they go, and start what they have to wait for.

    Several share one burst. Those that need more go on by themselves, so that none waits for a large one.
    """
    for id_ in _commit_for(dict.fromkeys(ids, ())):
        queue.enqueue_advance(id_)


def run_nodes(ids: Sequence[UUID]) -> None:
    """Start these node executions, and others that are queued, as long as there are free slots."""
    _take(ids)
    fill_slots()


def fill_slots() -> None:
    """Take queued node executions, oldest first, until the slots are full or the queue is empty."""
    _slots.has_backlog = True  # before the look: what is queued after it comes with a wake-up
    while (taken := _take(None)) is not None:
        if not taken:
            _slots.has_backlog = False
            return


def _take(only: Sequence[UUID] | None) -> int | None:
    """Claim and start queued node executions; gives how many there were, None where no slot is free."""
    with _slots.room() as keep:
        wanted = _AT_ONCE if only is None else len(only)
        room = keep(wanted)
        if room < wanted:
            _slots.has_backlog = True
        if not room:
            return None
        failpoints.hit("claim.before")
        claimed, refused = _claim(room, only)
        failpoints.hit("claim.after")
        for attempt in claimed:
            _slots.start(attempt)
    for ended in refused:
        _commit_one(ended)
    return len(claimed) + len(refused)


@transaction.atomic
def _claim(room: int, only: Sequence[UUID] | None) -> tuple[list[Attempt], list[Ended]]:
    """The attempts that may start, and those that may not, with the outcome that they have by that."""
    claimed, refused = [], []
    # Sorted, because paying locks users, and two workers must do so in the same order.
    taken = sorted(claims.claim(WORKER_ID, room, only), key=lambda each: each.user_id)
    for attempt in taken:
        outcome = _refusal_of(attempt)
        if outcome:
            refused.append((attempt, outcome))
        else:
            claimed.append(attempt)
    failpoints.hit("claim.before_commit")
    return claimed, refused


def _refusal_of(attempt: Attempt) -> Outcome | None:
    """The outcome of an attempt whose block is switched off or cannot be paid for; else it is paid for now."""
    if attempt.is_switched_off:
        spending.forgo(attempt)
        return running.switched_off()
    try:
        spending.reserve(attempt)
    except InsufficientCreditsError as error:
        return running.failure([], str(error), "insufficient_credits")
    return None


def _run_slot(held: Held) -> None:
    attempt = held.attempt
    try:
        with ExitStack() as without_outcome:
            without_outcome.callback(_slots.end, attempt)
            with (
                bound_contextvars(**attempt.ids),
                tracing.span(attempt.block_id, attempt.trace, **attempt.ids),
            ):
                ended = (attempt, outcome_of(held))
            without_outcome.pop_all()  # it is over when that is committed
        _commit_one(ended)
        if _slots.has_backlog:
            fill_slots()
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is away (%s); what is left will be found by polling", error)
    finally:
        connection.close()


_slots = Slots(Inline(), 1_000, _run_slot)


def _commit_one(ended: Ended) -> None:
    _commit_for({ended[0].execution_id: [ended]})


def _commit_for(news: Mapping[UUID, Sequence[Ended]]) -> set[UUID]:
    """Commit what has ended in these runs, or leave it with the threads that do so already; gives those that need more."""
    mine = _desks.bring(news)
    left: set[UUID] = set()
    try:
        while taken := _desks.take(mine):
            left |= _commit_patiently(taken)
    finally:
        # After a failure: the leases of what was left run out, and other workers try again.
        for attempt, _outcome in _desks.leave(mine):
            _slots.end(attempt)
    return left


def _commit_patiently(news: Mapping[UUID, Sequence[Ended]]) -> set[UUID]:
    """Commit, again and again while the database is away. A repeated commit is harmless: the fences have moved."""
    try:
        for _ in range(_COMMIT_TRIES):
            try:
                return _commit(news)
            except (OperationalError, InterfaceError) as error:
                logger.warning("The database is away (%s); trying again", error)
                connection.close()
                time.sleep(1)
        return set()
    finally:
        for ended in news.values():
            for attempt, _outcome in ended:
                _slots.end(attempt)


def _commit(news: Mapping[UUID, Sequence[Ended]]) -> set[UUID]:
    """One transaction for the outcomes and everything that follows from them; then more while there is more.

    Of several runs it gives those that need more.
    """
    failpoints.hit("commit.before")
    is_shared = len(news) > 1
    while news:
        try:
            results = _burst_and_start(news)
        except UnstorableError as error:
            _give_up(news, error)
            break
        for result in results.values():
            _find_slots(result.queued)
        # Who holds the turn looks once more before it leaves, but only at what is committed: ours is, now.
        unseen = {id_ for id_, ended in news.items() if ended and id_ not in results}
        again = burst.with_work_left([id_ for id_, result in results.items() if result.again])
        if is_shared:
            return unseen | again
        news = dict.fromkeys(unseen | again, ())
    return set()


def _burst_and_start(news: Mapping[UUID, Sequence[Ended]]) -> dict[UUID, Result]:
    """What it has claimed is started in the slots that were kept for it."""
    with _slots.room() as keep:
        results = _burst(news, keep)
        failpoints.hit("commit.after")
        for result in results.values():
            for attempt in result.claimed:
                _slots.start(attempt)
    return results


@transaction.atomic
def _burst(news: Mapping[UUID, Sequence[Ended]], keep: Callable[[int], int]) -> dict[UUID, Result]:
    everything = [each for ended in news.values() for each in ended]
    settlements = [settlement_of(*each) for each in everything]
    paying = spending.of_ours(everything)
    results = burst.run(news.keys(), WORKER_ID, keep, settlements)
    for each in settlements:
        if each.wait and each.wait.waits_for == WaitsFor.CHILD:
            failpoints.hit("parent.asleep")
            children.wake_if_ended(each.attempt.id)
    spending.charge(paying)
    return results


def _give_up(news: Mapping[UUID, Sequence[Ended]], error: UnstorableError) -> None:
    """What one of these runs has gathered can never be stored: end that one, go on with the others."""
    for id_, ended in news.items():
        if len(news) > 1:
            _commit({id_: ended})
        else:
            stopping.end_now(id_, Status.FAILED, f"The run was stopped: {error}")


def _find_slots(queued: Sequence[UUID]) -> None:
    """Start here what a burst could not claim, or wake others for it."""
    if not queued:
        return
    _take(queued)
    if not serving.served().is_everything:
        _slots.has_backlog = True
    if _slots.has_backlog:
        for other in queued[-_WAKE_UPS:]:
            queue.enqueue_node(other)


def slots_used() -> int:
    """How many attempts this process runs now."""
    return len(_slots.held())


def keep_alive() -> list[Held]:
    """Extend the leases of what this process runs, and tell what is no longer ours to give up.

    Returns the attempts that have timed out.
    """
    held = _slots.held()
    ours = claims.extend(WORKER_ID, [each.key for each in held])
    for each in held:
        if each.key not in ours:
            each.cancelled.set()
    now = time.monotonic()
    return [each for each in held if now > each.end_at and not each.cancelled.is_set()]


def time_out(held: Held) -> None:
    """Fail the attempt now. Its thread cannot be ended; what it still sends finds the attempt over."""
    held.cancelled.set()
    attempt = held.attempt
    message = f"It took longer than {timeout_of(attempt):g} seconds"
    outcome = running.failure([], message, "timeout", retryable=True)
    _commit_one((attempt, outcome))

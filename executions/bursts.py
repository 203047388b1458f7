"""One burst on a run: lock, load, let the engine work, save. All in one transaction."""

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts import credits
from blocks import registry
from blocks.base import WaitsFor
from executions import (
    attempts,
    claims,
    endings,
    events,
    loading,
    plans,
    queue,
    saving,
    statements,
    turns,
    world,
)
from executions.claims import Attempt
from executions.engine import outcome
from executions.engine.burst import Burst
from executions.engine.firing import Firing, Outcome
from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from executions.engine.values import dump
from executions.models import new_id
from executions.statements import Statement

# Long enough to spread the cost of a commit, short enough for watchers and for whoever waits for the lock.
MAX_SECONDS = 0.5
MAX_FIRINGS = 5_000


@dataclass(slots=True)
class Result:
    """What a burst leaves to do: effectful node executions to run, and whether another burst is needed."""

    claimed: list[Attempt] = field(default_factory=list)  # for this worker, to be started now
    queued: list[UUID] = field(default_factory=list)
    again: bool = False


def burst(
    execution_id: UUID,
    worker: UUID,
    free_slots: int,
    settlements: Collection[claims.Settlement] = (),
) -> Result | None:
    """Settle attempts of a run and work on it.

    None when another worker works on it already; that one will see what is there for it.
    """
    with transaction.atomic(savepoint=False):
        *_, ((is_ours,),), run_rows, firings, lanes = statements.run(
            *([claims.settle(settlements)] if settlements else []),
            turns.take_turn(execution_id),
            turns.read_run(execution_id),
            *loading.read_work(execution_id),
        )
        if not is_ours:
            return None
        run = turns.run_of(run_rows)
        if run is None or run.status.is_final:
            return Result()
        plan = plans.of_version(run.version_id)
        work = loading.load_work(run, plan, firings, lanes)
        engine = Burst(plan, work.state, new_id)
        shift = _Shift(run, plan, engine)
        shift.work(work)
        while engine.settle(work.open_places, is_idle=not _is_open(engine, work)):
            shift.go_on()
        return _save(run, plan, engine, work, Hands(worker, free_slots))


@dataclass(frozen=True, slots=True)
class Hands:
    """The worker that does the burst, and how many attempts it could start."""

    worker: UUID
    free: int


class _Shift:
    """Runs pure firings for one burst, and watches the limits."""

    def __init__(self, run: turns.Run, plan: Plan, engine: Burst) -> None:
        self._run = run
        self._plan = plan
        self._engine = engine
        self._began = time.perf_counter()
        self._fired = 0
        self._cancelled = threading.Event()  # never set: a burst is too short to be told

    def work(self, work: loading.Loaded) -> None:
        self._engine.take((*work.finished, *work.ready))
        for firing in work.finished:
            if firing.outcome:
                self._engine.finish(firing, firing.outcome)
        for firing in work.ready:
            self._engine.make_ready(firing)
        self.go_on()

    def go_on(self) -> None:
        """Run what is ready."""
        self._engine.run(self._execute, self._may_go_on)

    def _now(self) -> datetime:
        return self._run.now + timedelta(seconds=time.perf_counter() - self._began)

    def _may_go_on(self) -> bool:
        self._fired += 1
        return (
            self._fired <= MAX_FIRINGS
            and time.perf_counter() - self._began < MAX_SECONDS
            and _breach(self._run, self._plan, self._engine) is None
        )

    def _execute(self, node: NodePlan, firing: Firing) -> Outcome:
        context = world.NodeContext(
            firing.id,
            node.id,
            self._run.id,
            self._run.timezone,
            self._cancelled,
            world.answer_of(firing.answer),
        )
        firing.started_at = firing.started_at or self._now()
        result = attempts.run_block(
            registry.find(node.block_id), firing.inputs, world.ports_for(context)
        )
        context.flush()
        firing.ended_at = self._now()
        return result


def _is_open(engine: Burst, work: loading.Loaded) -> bool:
    """Whether something in the run could still bring values."""
    changed = any(firing.status.is_open for firing in engine.changed.values())
    return changed or bool(engine.ready) or bool(work.open_elsewhere)


def _breach(run: turns.Run, plan: Plan, engine: Burst) -> str | None:
    """The sentence that says which limit the run has passed, or None."""
    if engine.next_position > plan.limits.node_executions:
        return f"The run was stopped: it wanted more than {plan.limits.node_executions:,} node executions"
    if run.now - run.created_at > timedelta(seconds=plan.limits.seconds):
        return f"The run was stopped: it took longer than {plan.limits.seconds:,.0f} seconds"
    if plan.on_error == "stop":
        for firing in engine.failures:
            if not engine.is_handled(firing):
                error = firing.outcome.error if firing.outcome else ""
                return f"{plan.nodes[firing.node_id].title}: {error}"
    return None


def _save(run: turns.Run, plan: Plan, engine: Burst, work: loading.Loaded, hands: Hands) -> Result:
    breach = _breach(run, plan, engine)
    if breach:
        _drop_open(engine)
    changed = list(engine.changed.values())
    claimed = _claim(run, plan, changed, hands.free)
    writes = saving.write_firings(run, plan, changed, hands.worker)
    writes += saving.write_static(run.id, _kept_values(engine))
    new_events = events.of_nodes([events.NodeChange.of(firing) for firing in changed])
    if breach:
        statements.run(*writes)
        writes = []
        cancelled = saving.cancel_open(run.id)
        new_events += events.of_nodes([events.NodeChange.cancelled(row) for row in cancelled])
    open_here = {firing.status for firing in (*changed, *engine.ready) if firing.status.is_open}
    standing = None if breach else outcome.standing(open_here | work.open_elsewhere)
    change = saving.RunChange(
        status=standing or Status.FAILED,
        node_count=engine.next_position,
        error_count=run.error_count + len(engine.failures),
        refunded=sum(plan.nodes[firing.node_id].traits.cost for firing in engine.failures),
    )
    if standing is None:
        _end(run, plan, change, breach, writes)
        writes = []
    _save_run(run, change, writes, new_events)
    for firing in (*engine.failures, *engine.fallbacks):
        if plan.nodes[firing.node_id].traits.cost:
            credits.refund(run.user_id, reference=str(firing.id))
    queued = [
        firing.id
        for firing in changed
        if firing.status is Status.QUEUED and not plan.nodes[firing.node_id].traits.is_pure
    ]
    others_may_have_ended = bool(work.open_elsewhere & {Status.QUEUED, Status.RUNNING})
    again = standing is not None and (bool(engine.ready) or others_may_have_ended)
    return Result(claimed, queued, again)


def _end(
    run: turns.Run,
    plan: Plan,
    change: saving.RunChange,
    breach: str | None,
    writes: list[Statement],
) -> None:
    """The run is over: how it ended, and what it gave."""
    *_, failed, sent = statements.run(
        *writes, endings.read_failures(run.id, plan), endings.read_outputs(run.id, plan)
    )
    change.status, change.error = (
        (Status.FAILED, breach) if breach else outcome.verdict(plan, endings.failures_of(failed))
    )
    change.outputs = endings.outputs_of(plan, sent)


def _kept_values(engine: Burst) -> Iterator[tuple[str, str, Any]]:
    """What the run has to remember beside its firings: (node id, pin, value)."""
    yield from engine.delivery.static_values
    for (node_id, scope), count in engine.delivery.counts:
        yield node_id, f"{loading.COUNT}{dump(scope)}", count
    for node_id, position, sent in engine.delivery.sent_items:
        yield node_id, f"{loading.SENT}{position}", sent


def _claim(run: turns.Run, plan: Plan, changed: list[Firing], free: int) -> list[Attempt]:
    """Take effectful firings that became ready for this worker; what costs credits is claimed where it is paid."""
    ready = [
        firing
        for firing in changed
        if firing.status is Status.QUEUED and not _is_taken_elsewhere(plan, firing)
    ]
    ready.sort(key=lambda firing: -plan.nodes[firing.node_id].policy.priority)
    for firing in ready[:free]:
        firing.status, firing.attempts, firing.fence = Status.RUNNING, 1, 1
        firing.started_at = run.now
    return [_attempt(run, plan.nodes[firing.node_id], firing) for firing in ready[:free]]


def _is_taken_elsewhere(plan: Plan, firing: Firing) -> bool:
    traits = plan.nodes[firing.node_id].traits
    return traits.is_pure or bool(traits.cost)


def _attempt(run: turns.Run, node: NodePlan, firing: Firing) -> Attempt:
    return Attempt(
        id=firing.id,
        execution_id=run.id,
        graph_id=run.graph_id,
        version_id=run.version_id,
        user_id=run.user_id,
        timezone=run.timezone,
        node_id=node.id,
        block_id=node.block_id,
        position=firing.position,
        inputs=firing.inputs,
        cost=0,
        attempts=1,
        failures=0,
        fence=1,
    )


def _drop_open(engine: Burst) -> None:
    """The run ends here: what this burst would have left open is cancelled."""
    for firing in engine.ready:
        engine.changed[firing.id] = firing
    for firing in engine.changed.values():
        if firing.status.is_open:
            firing.status = Status.CANCELLED


def _save_run(
    run: turns.Run,
    change: saving.RunChange,
    writes: list[Statement],
    new_events: list[events.NewEvent],
) -> None:
    before = run.status
    if before is Status.QUEUED:
        before = Status.RUNNING
        new_events.insert(0, events.of_run(before))
    if change.status is not before:
        new_events.append(events.of_run(change.status, change.error, change.error_count))
    *_, changed, _inserted = statements.run(
        *writes,
        saving.write_run(run, change, len(new_events)),
        events.insertion(run.id, new_events),
    )
    row = saving.RunRow(*changed[0])
    events.tell(run.id, row.graph_id, new_events, last_seq=row.event_seq)
    if run.parent_id and change.status.is_final:
        tell_parent(run.parent_id, change.status, change.error, change.outputs or {})


def tell_parent(
    parent_id: UUID, status: Status, error: str, outputs: Mapping[str, Sequence[Any]]
) -> None:
    """Let the node that started this run go on with how it ended."""
    saving.lock_parent(parent_id)
    data = {"status": status, "error": error, "outputs": outputs}
    if saving.answer(parent_id, WaitsFor.CHILD, data, for_advance=False):
        queue.enqueue_node(parent_id)


def is_work_left(execution_id: UUID) -> bool:
    """Whether something ended while nobody was there to deliver it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM executions_nodeexecution WHERE execution_id = %s"
            " AND for_advance AND status IN ('QUEUED', 'RUNNING', 'WAITING'))",
            [execution_id],
        )
        return bool(cursor.fetchone()[0])

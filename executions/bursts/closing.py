"""Writes what a burst did to its runs, and takes for this worker what became ready by it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts import credits
from database import statements
from database.statements import Rows, Statement
from executions import events, serving
from executions.attempts.claims import Attempt
from executions.bursts import calls, endings, telling
from executions.bursts.parents import tell_parent
from executions.bursts.shifts import Shift
from executions.engine import outcome
from executions.engine.firing import Firing
from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from executions.rows import notifications, runs, saving
from executions.rows.runs import CancelledRow, RunChange
from executions.rows.tallies import Tally
from executions.rows.turns import Run


@dataclass(slots=True)
class Result:
    """What a burst leaves to do: effectful node executions to run, and whether another burst is needed."""

    claimed: list[Attempt] = field(default_factory=list)  # for this worker, to be started now
    queued: list[UUID] = field(default_factory=list)
    again: bool = False


@dataclass(slots=True)
class Closing:
    """What will be written of one run."""

    shift: Shift
    standing: Status | None
    claimed: list[Attempt]
    changed: list[Firing]
    events: list[events.NewEvent]
    change: RunChange
    answered: list[UUID]  # callers that go on by this
    unpaid: list[str]  # references of what need not be paid after all
    cancelled: list[CancelledRow] = field(default_factory=list)  # in the table, by a limit

    @property
    def run(self) -> Run:
        """The run as it was before."""
        return self.shift.run

    @property
    def ended(self) -> list[Firing]:
        """The firings that this burst has ended."""
        dropped = [each for each in self.changed if each.status is Status.CANCELLED]
        return [*self.shift.engine.ended, *dropped]

    @property
    def result(self) -> Result:
        """What is left to do."""
        nodes = self.shift.plan.nodes
        queued = self.answered + [
            firing.id
            for firing in (*self.shift.called, *self.changed)
            if firing.status is Status.QUEUED and not nodes[firing.node_id].traits.is_pure
        ]
        again = self.standing is not None and self.shift.is_more_to_do
        return Result(self.claimed, queued, again)

    @property
    def told(self) -> Iterator[notifications.Told]:
        """What its user wants to hear of it."""
        change, firings = self.change, (*self.shift.called, *self.changed)
        return telling.told_by(self.run, change.status, change.error, firings)


def save(shifts: Sequence[Shift], worker: UUID, keep: Callable[[int], int]) -> dict[UUID, Result]:
    """Write it all, with as few statements as there can be; returns what is left to do, by run."""
    if not shifts:
        return {}
    closings = [_close(shift, keep) for shift in shifts]
    writes = saving.write_firings(
        [(each.run, each.shift.plan, each.changed) for each in closings], worker
    )
    writes += saving.write_static(
        [(each.run.id, *value) for each in closings for value in each.shift.kept_values]
    )
    _end([each for each in closings if each.standing is None], writes)
    _save_runs(closings, writes)
    for each in closings:
        if each.unpaid:
            credits.give_back(each.run.user_id, each.unpaid)
    return {each.run.id: each.result for each in closings}


def _close(shift: Shift, keep: Callable[[int], int]) -> Closing:
    changed = shift.changed
    standing = shift.standing
    answered = [] if shift.breach else calls.answer_callers(changed)
    if answered:
        standing = Status.RUNNING
    claimed = _claim(shift.run, shift.plan, changed, keep)
    engine = shift.engine
    change = RunChange(
        status=standing or Status.FAILED,
        node_count=engine.next_position,
        error_count=shift.run.error_count + len(engine.failures),
    )
    told = [events.NodeChange.of(firing) for firing in (*shift.called, *changed)]
    new_events = events.of_nodes(told)
    useless = (*engine.failures, *engine.fallbacks, *engine.skipped)
    nodes = shift.plan.nodes
    unpaid = [str(each.id) for each in useless if not nodes[each.node_id].traits.is_pure]
    return Closing(shift, standing, claimed, changed, new_events, change, answered, unpaid)


def _claim(
    run: Run, plan: Plan, changed: list[Firing], keep: Callable[[int], int]
) -> list[Attempt]:
    """Take effectful firings that became ready for this worker; what costs credits, is switched off or not served here, is claimed elsewhere."""
    ready = [
        firing
        for firing in changed
        if firing.status is Status.QUEUED and not _is_taken_elsewhere(run, plan, firing)
    ]
    ready.sort(key=lambda firing: -plan.nodes[firing.node_id].policy.priority)
    taken = ready[: keep(len(ready))] if ready else []
    for firing in taken:
        firing.status, firing.attempts, firing.fence = Status.RUNNING, 1, 1
        firing.started_at = run.now
    return [_attempt(run, plan.nodes[firing.node_id], firing) for firing in taken]


def _is_taken_elsewhere(run: Run, plan: Plan, firing: Firing) -> bool:
    node = plan.nodes[firing.node_id]
    is_paid = bool(node.traits.cost) or node.block_id in run.priced
    is_refused = node.block_id in run.switched_off or not serving.served().takes(node.block_id)
    return node.traits.is_pure or is_paid or is_refused


def _attempt(run: Run, node: NodePlan, firing: Firing) -> Attempt:
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
        trace=run.trace,
    )


def _end(over: Sequence[Closing], writes: list[Statement]) -> None:
    """How the runs that are over have ended, and what they gave; what has to be read needs `writes` done before."""
    unread = [each for each in over if not each.shift.is_whole]
    rows: Iterator[Rows] = iter(())
    if any(each.shift.breach for each in over) or unread:
        reads = [read for each in unread for read in endings.read(each.run.id, each.shift.plan)]
        rows = iter(statements.run(*writes, *reads)[len(writes) :])
        writes.clear()
    for each in over:
        plan = each.shift.plan
        failures, each.change.outputs = (
            endings.here(plan, each.shift)
            if each.shift.is_whole
            else endings.of_rows(plan, next(rows), next(rows))
        )
        each.change.status, each.change.error = outcome.verdict(plan, failures)
        if each.shift.breach:
            _stop(each, each.shift.breach)


def _stop(closing: Closing, breach: str) -> None:
    """The run has passed a limit: nothing of it goes on."""
    closing.change.status, closing.change.error = Status.FAILED, breach
    cancelled = runs.cancel_open(closing.run.id)
    closing.cancelled = cancelled
    closing.events += events.of_nodes([events.NodeChange.cancelled(row) for row in cancelled])
    closing.unpaid += [reference for row in cancelled for reference in row.unpaid]


def _save_runs(closings: Sequence[Closing], writes: Sequence[Statement]) -> None:
    for each in closings:
        _tell_of_run(each)
        each.change.refunded = credits.spent_for(each.unpaid) if each.unpaid else 0
    writes = [*writes, *notifications.insertion(told for each in closings for told in each.told)]
    if len(closings) > 1:
        writes.append(runs.lock_runs([each.run.id for each in closings]))
    rows = statements.run(
        *writes,
        runs.write_runs([(each.run, each.change, len(each.events)) for each in closings]),
        events.insertion([(each.run.id, each.events) for each in closings]),
        *_counted(closings),
    )
    last_seqs: dict[UUID, int] = dict(rows[len(writes)])
    for each in closings:
        run, change = each.run, each.change
        group = events.graph_group(run.graph_id, run.user_id)
        events.tell(run.id, group, each.events, last_seq=last_seqs[run.id])
        if run.parent_id and change.status.is_final:
            tell_parent(run.parent_id, change.status, change.error, change.outputs or {})


def _counted(closings: Sequence[Closing]) -> list[Statement]:
    tally = Tally()
    for each in closings:
        nodes = each.shift.plan.nodes
        for firing in each.ended:
            block_id = nodes[firing.node_id].block_id
            tally.firing(each.run, block_id, firing.status, firing.started_at, firing.ended_at)
        tally.cancelled(each.run, each.cancelled)
        if each.change.status.is_final:
            began = each.run.started_at or each.run.now
            tally.run(each.run, each.change.status, began, each.shift.now)
    return tally.statements


def _tell_of_run(closing: Closing) -> None:
    change, before = closing.change, closing.run.status
    if before is Status.QUEUED:
        before = Status.RUNNING
        closing.events.insert(0, events.of_run(before))
    if change.status is not before:
        closing.events.append(events.of_run(change.status, change.error, change.error_count))

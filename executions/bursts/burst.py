"""One burst on some runs: lock, load, let the engine work, save. All in one transaction."""

import time
from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction

from database import statements
from database.statements import Rows, Statement
from executions import failpoints, plans
from executions.attempts import claims
from executions.bursts import calls, closing
from executions.bursts.closing import Result
from executions.bursts.shifts import Shift
from executions.engine.firing import Firing
from executions.engine.plan import Plan
from executions.rows import loading, turns
from executions.rows.turns import Run

# Long enough to spread the cost of a commit, short enough for watchers and for whoever waits for the lock.
MAX_SECONDS = 0.5
MAX_SHARING = 100  # nodes of a graph; to save what a larger one makes may take seconds, for which small ones would wait


def run(
    ids: Collection[UUID],
    worker: UUID,
    keep: Callable[[int], int],
    settlements: Collection[claims.Settlement] = (),
) -> dict[UUID, Result]:
    """Settle attempts of these runs and work on the runs; returns what is left to do for each.

    `keep` gives how many of so many slots this worker has for what becomes ready.
    A run that another worker works on is left out: that one will see what is there for it. A large one shares a burst
    with nobody.
    """
    with transaction.atomic(savepoint=False):
        shifts, results = _load(ids, settlements)
        failpoints.hit("burst.loaded")
        for shift in shifts:
            shift.work(time.perf_counter() + MAX_SECONDS / len(shifts))
        failpoints.hit("burst.worked")
        results |= closing.save(shifts, worker, keep)
        failpoints.hit("burst.before_commit")
        return results


def _load(
    ids: Collection[UUID], settlements: Collection[claims.Settlement]
) -> tuple[list[Shift], dict[UUID, Result]]:
    """The shifts of the runs whose turn is ours. Beside them what is left to do in others: another burst in large ones that
    would share this one, nothing in those that have ended."""
    *_, taken, run_rows, firings, lanes = statements.run(
        *([claims.settle(settlements)] if settlements else []),
        turns.take_turns(ids),
        turns.read_runs(ids),
        *loading.read_work(ids),
    )
    failpoints.hit("burst.has_turn")
    results = {id_: Result() for id_, is_ours in taken if is_ours}
    runs = [run for run in turns.runs_of(run_rows) if run.id in results and not run.status.is_final]
    shifts = []
    for run in runs:
        plan = plans.of_version(run.version_id).masked(run.masks).answered(run.recorded)
        if len(runs) > 1 and len(plan.nodes) > MAX_SHARING:
            results[run.id] = Result(again=True)
        else:
            shifts.append(_shift(run, plan, firings, lanes))
    return shifts, results


def _shift(run: Run, plan: Plan, firings: Rows, lanes: Rows) -> Shift:
    rows = [_rows_of(run.id, firings), _rows_of(run.id, lanes)]
    called: list[Firing] = []
    if calls.are_waiting(rows[0]):
        run, called = calls.open_called(run, plan)
        rows = [_rows_of(run.id, each) for each in statements.run(*loading.read_work([run.id]))]
    return Shift(run, plan, loading.load_work(run, plan, *rows), called)


def _rows_of(run_id: UUID, rows: Rows) -> Rows:
    """Those of one run, without its id."""
    return [row[1:] for row in rows if row[0] == run_id]


_WITH_WORK_LEFT = f"""
SELECT DISTINCT execution_id FROM executions_nodeexecution WHERE execution_id = ANY(%s) AND {loading.FOR_ADVANCE}
"""  # nosec B608 # noqa: S608 - a constant


def with_work_left(ids: Collection[UUID]) -> set[UUID]:
    """The runs in which something ended while nobody was there to deliver it."""
    if not ids:
        return set()
    (rows,) = statements.run(Statement(_WITH_WORK_LEFT, [list(ids)]))
    return {row[0] for row in rows}

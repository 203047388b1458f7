"""Ends runs at once: what is open of them is cancelled, and nothing of them starts any more."""

from uuid import UUID

from django.db import transaction

from accounts import credits
from executions import events, failpoints
from executions.bursts.parents import tell_parent
from executions.engine.status import Status
from executions.rows import runs, statements, turns


@transaction.atomic
def end_now(run_id: UUID, status: Status, error: str = "") -> bool:
    """End a run as CANCELLED or FAILED; False when it had ended before."""
    statements.run(turns.wait_for_turn(run_id))
    cancelled = runs.cancel_open(run_id)
    changes = [events.NodeChange.cancelled(row) for row in cancelled]
    new_events = [*events.of_nodes(changes), events.of_run(status, error)]
    unpaid = [reference for row in cancelled for reference in row.unpaid]
    refunded = credits.spent_for(unpaid)
    run = runs.end_run(run_id, status, error, len(new_events), refunded=refunded)
    if run is None:
        return False
    group = events.graph_group(run.graph_id, run.user_id)
    events.write(run_id, group, new_events, last_seq=run.event_seq)
    credits.give_back(run.user_id, unpaid)
    if run.parent_id:
        tell_parent(run.parent_id, status, error or "The child run was stopped", {})
    failpoints.hit("stop.before_commit")
    return True

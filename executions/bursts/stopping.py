"""Ends runs at once: what is open of them is cancelled, and nothing of them starts any more."""

from uuid import UUID

from django.db import transaction

from accounts import credits
from accounts.models import User
from database import statements
from executions import events, failpoints
from executions.bursts import telling
from executions.bursts.parents import tell_parent
from executions.engine.status import Status
from executions.rows import notifications, runs, turns
from executions.rows.tallies import Tally


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
    tally = Tally()
    tally.cancelled(run, cancelled)
    tally.run(run, status, run.started_at, run.ended_at)
    statements.run(*tally.statements)
    group = events.graph_group(run.graph_id, run.user_id)
    events.write(run_id, group, new_events, last_seq=run.event_seq)
    credits.give_back(run.user_id, unpaid)
    if run.parent_id:
        tell_parent(run.parent_id, status, error or "The child run was stopped", {})
    elif status in telling.ENDS:
        _tell_user(run.user_id, run_id, telling.ENDS[status], error)
    failpoints.hit("stop.before_commit")
    return True


def _tell_user(user_id: UUID, run_id: UUID, event: notifications.Event, error: str) -> None:
    told_of = User.objects.values_list("told_of", flat=True).get(pk=user_id)
    if notifications.is_wanted(event, told_of):
        told = notifications.Told(user_id, event, {"error": error}, run_id)
        statements.run(*notifications.insertion([told]))

"""What attempts cost beside the fixed price of their block: the tokens of language models."""

from collections.abc import Iterable

from django.db.models import F

from accounts import usage
from executions import claims
from executions.claims import Attempt
from executions.engine.firing import Outcome
from executions.models import Execution, NodeExecution

Ended = tuple[Attempt, Outcome]


def of_ours(ended: Iterable[Ended]) -> list[Ended]:
    """Those that have used tokens and are still ours; they stay so until the transaction ends."""
    if not any(outcome.used for _attempt, outcome in ended):
        return []
    # All of them, in the order in which everybody locks rows.
    held = [each for each in sorted(ended, key=lambda each: each[0].id) if claims.hold(each[0])]
    return [each for each in held if each[1].used]


def charge(ended: Iterable[Ended]) -> None:
    """Have the owners of runs pay for the tokens of these attempts, in the transaction that keeps their outcomes.

    What failed is free. To be done last: everybody locks nodes, runs and users in this order.
    """
    for attempt, outcome in ended:
        if taken := _charge(attempt, outcome):
            NodeExecution.objects.filter(pk=attempt.id).update(cost=F("cost") + taken)
            runs = Execution.objects.filter(pk=attempt.execution_id)
            runs.update(cost=F("cost") + taken)


def _charge(attempt: Attempt, outcome: Outcome) -> int:
    return usage.charge(
        attempt.user_id,
        outcome.used,
        reference=f"{attempt.id}:{attempt.fence}",
        is_free=outcome.error is not None,
    )

"""Takes from a run what its nodes got and gave, as a recording keeps it."""

from collections.abc import Collection
from typing import Any

from executions.engine.status import Status
from executions.models import Execution

_ENDED = (Status.COMPLETED, Status.FAILED, Status.SKIPPED)


def answers_of(
    execution: Execution, node_ids: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """How the firings of these nodes, or of all, have ended, in their order. Nothing of it is a secret.

    What was called by another node is left out: it is in what that one gave.
    """
    firings = execution.node_executions.filter(status__in=_ENDED, caller=None)
    if node_ids is not None:
        firings = firings.filter(node_id__in=node_ids)
    columns = ("node_id", "inputs", "outputs", "error", "error_code")
    return list(firings.in_order().values(*columns))

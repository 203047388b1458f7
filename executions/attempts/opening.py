"""Opening the credentials that a node of a run names, for one attempt."""

from collections.abc import Mapping
from typing import Any

from accounts.vault import services as vault
from blocks.credentials import asks_of
from blocks.registry import AnyBlock
from executions import plans
from executions.attempts.claims import Attempt
from executions.attempts.credentials import NOTHING, Chooser, Opened, team_of
from executions.models import Execution


def credentials_for(
    attempt: Attempt, node_id: str, block: AnyBlock | None, inputs: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Opened]:
    """What a node of the attempt's run gets, with its credentials chosen. Raises `BlockError`."""
    if block is None or not asks_of(block):
        return inputs, NOTHING
    given = Execution.objects.values_list("credentials_inputs", flat=True)
    defaults = plans.of_version(attempt.version_id).nodes[node_id].defaults
    chooser = Chooser(
        attempt.user_id, given.get(pk=attempt.execution_id), defaults, team_of(attempt.graph_id)
    )
    return chooser.open(block, inputs, vault.Use(block.id, node_id, attempt.execution_id))

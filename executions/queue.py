"""The one place that queues tasks. A message only wakes a worker; the database says what there is to do."""

from uuid import UUID

from django.db import transaction

from executions import outbox

ADVANCE = "executions.advance"
RUN_NODE = "executions.run_node"


def enqueue_advance(execution_id: UUID) -> None:
    """Wake a worker for a run, once the transaction has committed."""
    transaction.on_commit(
        lambda: outbox.send_task(ADVANCE, execution_id=str(execution_id)), robust=True
    )


def enqueue_node(node_execution_id: UUID) -> None:
    """Wake a worker for one node execution, once the transaction has committed."""
    transaction.on_commit(
        lambda: outbox.send_task(RUN_NODE, node_execution_id=str(node_execution_id)), robust=True
    )

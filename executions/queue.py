"""The one place that queues tasks. A message only wakes a worker; the database says what there is to do."""

from uuid import UUID

from django.db import transaction

from executions import failpoints, outbox

ADVANCE = "executions.advance"
RUN_NODES = "executions.run_nodes"


def enqueue_advance(execution_id: UUID) -> None:
    """Wake a worker for a run, once the transaction has committed."""
    _after_commit(ADVANCE, execution_id)


def enqueue_node(node_execution_id: UUID) -> None:
    """Wake a worker for one node execution, once the transaction has committed."""
    _after_commit(RUN_NODES, node_execution_id)


def _after_commit(task: str, id_: UUID) -> None:
    def wake() -> None:
        failpoints.hit("wake_up.before")
        outbox.send_wake_up(task, str(id_))

    transaction.on_commit(wake, robust=True)

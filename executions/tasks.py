"""The two Celery tasks. A message names a row and nothing else; a second delivery finds nothing to do."""

from uuid import UUID

from celery import shared_task

from executions import queue, work


@shared_task(name=queue.ADVANCE)
def advance(*, execution_id: str, **_: object) -> None:
    """One burst after another, and the effectful nodes that they lead to."""
    work.advance(UUID(execution_id))


@shared_task(name=queue.RUN_NODE)
def run_node(*, node_execution_id: str, **_: object) -> None:
    """One effectful node execution, and what follows from it."""
    work.run_node(UUID(node_execution_id))

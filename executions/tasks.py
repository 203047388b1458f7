"""The Celery tasks. A wake-up names rows and nothing else; a second delivery finds nothing to do."""

from collections.abc import Sequence
from uuid import UUID

from celery import shared_task

from executions import queue
from executions.insight import overheads, paces
from executions.workers import work


@shared_task(name=queue.ADVANCE)
def advance(*, ids: Sequence[str], **_: object) -> None:
    """Bring runs as far as they go: one burst after another, and the effectful nodes that they lead to."""
    work.advance(*map(UUID, ids))


@shared_task(name=queue.RUN_NODES)
def run_nodes(*, ids: Sequence[str], **_: object) -> None:
    """Start effectful node executions, and what follows from them."""
    work.run_nodes([UUID(id_) for id_ in ids])


@shared_task(name="insight.learn")
def learn(**_: object) -> None:
    """See how long blocks have taken lately, and what the engine has added."""
    paces.learn()
    overheads.learn()

"""What clients do, each in a process of its own that may die in the middle of it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from executions import services
from executions.models import Execution, NodeExecution
from executions.triggers import idempotency
from graphs.models import GraphVersion

INPUTS = {"text": "hello"}


def start(version_id: str) -> None:
    """Start a run of a graph version."""
    version = GraphVersion.objects.select_related("graph__owner").get(pk=UUID(version_id))
    owner = version.graph.owner
    begin = partial(services.start_execution, version=version, user=owner, inputs=INPUTS)
    idempotency.start_once(owner, uuid4().hex, idempotency.fingerprint_of(version_id), begin)


def answer(node_execution_id: str) -> None:
    """Approve."""
    node = NodeExecution.objects.get(pk=UUID(node_execution_id))
    services.answer(node, {"approved": True})


def stop(execution_id: str) -> None:
    """Stop a run."""
    services.stop(Execution.objects.get(pk=UUID(execution_id)))


def delete(execution_id: str) -> None:
    """Hide a run."""
    services.delete_execution(Execution.objects.get(pk=UUID(execution_id)))


STEPS: dict[str, Callable[[str], None]] = {
    "start": start,
    "answer": answer,
    "stop": stop,
    "delete": delete,
}

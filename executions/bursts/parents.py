"""Tells a node that waits for a child run how that has ended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from blocks.base import WaitsFor
from executions import failpoints, queue
from executions.engine.status import Status
from executions.rows import saving


def tell_parent(
    parent_id: UUID, status: Status, error: str, outputs: Mapping[str, Sequence[Any]]
) -> None:
    """Let the node that started this run go on."""
    saving.lock_parent(parent_id)
    data = {"status": status, "error": error, "outputs": outputs}
    if saving.answer(parent_id, WaitsFor.CHILD, data, for_advance=False):
        queue.enqueue_node(parent_id)
    failpoints.hit("child.told_parent")

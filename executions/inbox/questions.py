"""What waits for somebody, with what they need to know to answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blocks.base import WaitsFor
from executions import plans
from executions.inbox.models import Delegation
from executions.models import NodeExecution


@dataclass(frozen=True, slots=True)
class Question:
    """One node that waits for a person."""

    firing: NodeExecution
    title: str
    data: Any  # what it is about
    is_editable: bool
    is_approval: bool  # of a called node, which starts only then

    @property
    def deadline(self) -> datetime | None:
        """When `default` counts as the answer."""
        return self.firing.due_at

    @property
    def default(self) -> str:
        """What happens at the deadline; empty where there is none."""
        return str(self.firing.inputs.get("default", "fail")) if self.firing.due_at else ""

    @property
    def delegation(self) -> Delegation | None:
        """Who was asked to answer, if somebody was."""
        return getattr(self.firing, "delegation", None)


def question_of(firing: NodeExecution) -> Question:
    """What a waiting node asks."""
    inputs = firing.inputs
    is_approval = firing.waits_for == WaitsFor.APPROVAL
    node = plans.graph_of_version(firing.execution.version_id).nodes[firing.node_id]
    return Question(
        firing=firing,
        title=str("" if is_approval else inputs.get("name", "")) or node.title,
        data=inputs if is_approval else inputs.get("data"),
        is_editable=not is_approval and bool(inputs.get("editable", True)),
        is_approval=is_approval,
    )

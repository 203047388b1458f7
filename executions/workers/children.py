"""Sub-graphs: a node execution that runs another graph waits as a row while its child run goes its own way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.errors import InsufficientCreditsError
from accounts.models import User
from blocks.base import BlockError
from blocks.ports import GraphFacts
from executions import failpoints, services
from executions.attempts import claims
from executions.attempts.claims import Attempt
from executions.attempts.connections import freed
from executions.bursts.parents import tell_parent
from executions.engine.plan import Masks
from executions.engine.status import Status
from executions.models import Execution, NodeExecution, Source
from graphs import interface
from graphs.errors import InvalidGraphError
from graphs.models import Graph, GraphVersion

MAX_DEPTH = 10


class ChildRuns:
    """The `graphs` port of one attempt."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def search(self, text: str, limit: int) -> list[GraphFacts]:
        """Graphs that the user may run, with what their active versions take."""
        with freed():
            user = User.objects.get(pk=self._attempt.user_id)
            versions = GraphVersion.objects.editable_by(user).filter(is_active=True)
            graphs = Graph.objects.matching(text)
            found = versions.filter(graph__in=graphs).select_related("graph")
            return [_facts(each) for each in found.order_by("-graph__updated_at")[:limit]]

    @transaction.atomic
    def start(
        self,
        graph_id: str,
        version: int | None,
        inputs: Mapping[str, Any],
        masks: Masks,
        *,
        max_depth: int | None = None,
    ) -> None:
        """Start the child run of this node execution, unless an earlier attempt has done so.

        Whoever stops the parent finds the child, or keeps it from being started.
        """
        if not claims.hold(self._attempt):
            raise BlockError("This node was stopped or is run by another worker now", code="lost")
        parent = NodeExecution.objects.select_related("execution__user").get(pk=self._attempt.id)
        if Execution.objects.filter(parent=parent).exists():
            return
        deepest = min(max_depth or MAX_DEPTH, MAX_DEPTH)
        if parent.execution.depth >= deepest:
            raise BlockError(f"Graphs are nested deeper than {deepest} levels", code="too_deep")
        child = _version(parent.execution.user, graph_id, version)
        failpoints.hit("child.before_start")
        try:
            services.start_execution(
                version=child,
                user=parent.execution.user,
                inputs=inputs,
                source=Source.SUB_GRAPH,
                parent=parent,
                credentials_inputs=parent.execution.credentials_inputs,
                input_masks=masks,
            )
        except (InvalidGraphError, InsufficientCreditsError) as error:
            raise BlockError(f"The graph cannot be started: {error}") from error
        failpoints.hit("child.started")


def _version(user: User, graph_id: str, number: int | None) -> GraphVersion:
    try:
        versions = GraphVersion.objects.editable_by(user).filter(graph_id=UUID(graph_id))
    except ValueError:
        raise BlockError(f'"{graph_id}" is not the id of a graph') from None
    chosen = versions.filter(version=number) if number else versions.filter(is_active=True)
    found = chosen.first()
    if found is None:
        raise BlockError(f"There is no graph {graph_id} with version {number or 'active'} here")
    return found


def _facts(version: GraphVersion) -> GraphFacts:
    graph = version.graph
    inputs = interface.input_schema(version.load())
    return GraphFacts(str(graph.pk), graph.name, graph.description, inputs)


def wake_if_ended(node_execution_id: UUID) -> None:
    """A child may end before its parent has gone to sleep; then the parent must not wait for it."""
    child = Execution.objects.filter(parent_id=node_execution_id).first()
    if child and child.has_ended:
        tell_parent(node_execution_id, Status(child.status), child.error, child.outputs)


def stop_orphans() -> int:
    """Stop child runs whose parent has ended without them (a crash in the middle of a stop)."""
    orphans = Execution.objects.unfinished().filter(
        parent__status__in=[Status.CANCELLED, Status.FAILED, Status.COMPLETED]
    )
    return sum(services.stop(orphan) is not None for orphan in orphans[:100])

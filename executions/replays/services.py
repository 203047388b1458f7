"""Replays: what comes before a node is taken from a former run, the node and all behind it run anew.

Rule 1: recorded firings are not copied. The new run makes them again, by the engine's rules, and each is given the
    outcome that was recorded for its node and inputs. So loops, items and merges need no rules of their own.
Rule 2: anew runs the chosen node with all that links lead to from it, in a loop the whole loop. So does what had not
    ended in the former run, or is not in its version, with all behind it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from executions import plans, services
from executions.engine.status import Status
from executions.errors import NotReplayableError, StillRunningError
from executions.models import Execution, Recording, Source
from executions.replays.recording import answers_of
from graphs import excerpts, spec
from graphs.models import GraphVersion


def replay(
    *,
    execution: Execution,
    node_id: str,
    user: User,
    version: GraphVersion | None = None,
    changed: Mapping[str, Any] | None = None,
    source: Source = Source.API,
) -> Execution:
    """Run anew from this node on, by the version of that run or another one; `changed` are inputs of the node by pin.

    Raises `StillRunningError`, `NotReplayableError`, and what starting a run raises.
    """
    version = version or execution.version
    drawing = plans.graph_of_version(version.pk)
    _require_replayable(execution, drawing, node_id)
    kept = drawing.nodes.keys() - _anew(execution, drawing, node_id)
    masks = {
        id_: values for id_, values in (execution.input_masks or {}).items() if id_ in drawing.nodes
    }
    if changed:
        masks[node_id] = {**masks.get(node_id, {}), **changed}
    return services.start_execution(
        version=version,
        user=user,
        inputs=execution.inputs,
        source=source,
        credentials_inputs=execution.credentials_inputs,
        input_masks=masks,
        recording=Recording(
            of=execution,
            node_id=node_id,
            nodes=sorted(kept),
            answers=answers_of(execution, kept),
        ),
    )


def run_again(execution: Execution, user: User) -> Execution:
    """Start the version of a former run once more, with what that was given. Raises what starting a run raises."""
    return services.start_execution(
        version=execution.version,
        user=user,
        inputs=execution.inputs,
        source=Source.UI,
        credentials_inputs=execution.credentials_inputs,
        input_masks=execution.input_masks,
    )


def _require_replayable(execution: Execution, drawing: spec.Graph, node_id: str) -> None:
    if not execution.has_ended:
        raise StillRunningError(_("This run has not ended yet; stop it first"))
    if node_id not in drawing.nodes:
        raise NotReplayableError(_("This version has no such node; replay the version of the run"))
    firings = execution.node_executions.filter(node_id=node_id).exclude(started_at=None)
    if not firings.filter(caller=None).exists():
        raise NotReplayableError(
            _("Another node called this one; replay from the node that called it")
            if firings.exists()
            else _("This node did not run; replay from a node that ran")
        )


def _anew(execution: Execution, drawing: spec.Graph, node_id: str) -> set[str]:
    """The nodes of which nothing is kept."""
    former = plans.graph_of_version(execution.version_id)
    cut_off = execution.node_executions.exclude(
        status__in=(Status.COMPLETED, Status.FAILED, Status.SKIPPED, Status.INCOMPLETE)
    )
    unended = drawing.nodes.keys() & set(cut_off.values_list("node_id", flat=True))
    new = drawing.nodes.keys() - former.nodes.keys()
    return excerpts.following(drawing, {node_id, *unended, *new})

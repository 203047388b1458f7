"""What a node would say or send with what came to it last. Nothing starts, and nothing is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from blocks import catalogue, registry
from blocks.base import ERROR_PIN, BlockError, Kind
from blocks.library.prompts import fill
from blocks.registry import AnyBlock
from blocks.values import to_json
from executions.attempts import running, world
from executions.models import Execution, NodeExecution, new_id
from graphs import pins, spec
from graphs.models import Graph

RUNS_SEARCHED = 20
MOST_PINNED_BYTES = 20_000  # they are kept in the drawing


@dataclass(frozen=True, slots=True)
class Preview:
    """Texts whose variables are filled in, by pin; what a pure block sends; why there is neither."""

    texts: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    problem: str = ""


def preview(
    block: AnyBlock, node: spec.Node, linked: Collection[str], got: Mapping[str, Any], zone: str
) -> Preview:
    """With the node's own values, and for pins that are `linked` what it got last; `zone` is the user's time zone."""
    try:
        inputs = _inputs(node, linked, got)
        if catalogue.is_computed(block):
            return _computed(block, inputs, zone)
        return Preview(texts=_filled(block, inputs))
    except (BlockError, ValueError) as error:
        return Preview(problem=str(error))


def _inputs(node: spec.Node, linked: Collection[str], got: Mapping[str, Any]) -> dict[str, Any]:
    came = {pins.parse(name)[0] for name in linked} & got.keys()
    own = {
        pin: value for pin, value in node.input_default.items() if pins.parse(pin)[0] not in came
    }
    return pins.assemble({}, own) | {pin: got[pin] for pin in came}


def _filled(block: AnyBlock, inputs: Mapping[str, Any]) -> dict[str, str]:
    known = catalogue.input_pins(block)
    values = inputs.get("prompt_values")
    variables = values if isinstance(values, dict) else {}
    variables = variables | {pin: value for pin, value in inputs.items() if pin not in known}
    texts = {pin: inputs.get(pin) for pin in catalogue.prompts_of(block)}
    return {
        pin: fill(text, variables, world.templates())
        for pin, text in texts.items()
        if isinstance(text, str) and "{" in text
    }


def _computed(block: AnyBlock, inputs: Mapping[str, Any], zone: str) -> Preview:
    id_ = new_id()
    context = world.NodeContext(id_, "", id_, zone, is_watched=False)
    outcome = running.run_block(block, inputs, world.ports_of_pure(context))
    outputs: dict[str, list[Any]] = {}
    for pin, value in outcome.outputs:
        outputs.setdefault(pin, []).append(value)
    return Preview(outputs={} if outcome.error else outputs, problem=outcome.error or "")


def pinnable(block_id: str, outputs: Mapping[str, Sequence[Any]]) -> str:
    """What a node has sent last on each pin but that of errors, as JSON; empty when there is nothing, or too much."""
    block = registry.find(block_id)
    if block is None or block.kind is not Kind.STANDARD:
        return ""
    last = {pin: sent[-1] for pin, sent in outputs.items() if sent and pin != ERROR_PIN}
    text = to_json(last) if last else ""
    return text if len(text.encode()) <= MOST_PINNED_BYTES else ""


def newest_firing(graph: Graph, user: User, node_id: str) -> NodeExecution | None:
    """The last firing of a node in somebody's newest runs of the graph, or of a part of it."""
    runs = Execution.objects.owned_by(user).newest_first().only("pk")
    whole, parts = runs.filter(graph=graph), runs.filter(graph__trial_of=graph)
    newest = [*whole[:RUNS_SEARCHED], *parts[:RUNS_SEARCHED]]
    firings = NodeExecution.objects.filter(execution__in=newest, node_id=node_id)
    return (
        firings.exclude(started_at=None)
        .select_related("execution")
        .order_by("-started_at", "-position")
        .first()
    )

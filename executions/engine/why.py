"""Why a node ran, waits, or did not run: one sentence or more, from what is stored of the run."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status


@dataclass(frozen=True, slots=True)
class Visit:
    """What is stored of one firing of the node."""

    status: Status
    received: Collection[str] = ()  # pins that have a value, for one that is INCOMPLETE
    error: str = ""
    attempts: int = 0
    waits_for: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stored of the node and of those that lead to it."""

    run: Status
    visits: Sequence[Visit] = ()  # in the order of their creation
    sent: Mapping[str, Collection[str]] = field(
        default_factory=dict
    )  # source node -> pins that it has sent on
    open_sources: Collection[str] = ()  # source nodes that have open firings
    static: Collection[str] = ()  # static pins that have a value


def why(plan: Plan, node_id: str, facts: Facts) -> list[str]:
    """Sentences about the node, the oldest firing first."""
    node = plan.nodes[node_id]
    if node.traits.is_note:
        return ["Notes never run."]
    if facts.visits:
        return [sentence for visit in facts.visits for sentence in _visit(plan, node, visit, facts)]
    return list(_never(plan, node, facts))


_WAITS = {
    "retry": "It failed and is tried again",
    "timer": "It waits for its time to come",
    "person": "It waits for somebody to answer",
    "tools": "It waits for the nodes that it has called",
    "approval": "It was called, and waits for somebody to let it start",
    "child": "It waits for the graph that it runs",
}


_PLAIN = {
    Status.RUNNING: "A worker is running it now.",
    Status.QUEUED: "It has everything that it needs and waits for a free worker.",
    Status.CANCELLED: "It was cancelled because its run was ended.",
    Status.SKIPPED: "It was skipped: it needs a credential, was given none, and may be left out.",
}


def _visit(plan: Plan, node: NodePlan, visit: Visit, facts: Facts) -> Iterator[str]:
    if visit.status in _PLAIN:
        yield _PLAIN[visit.status]
    elif visit.status is Status.INCOMPLETE:
        yield f"It has a value for {_list(sorted(visit.received)) or 'nothing yet'}."
        yield from _missing(plan, node, set(visit.received), facts)
    elif visit.status is Status.WAITING:
        until = f", at the latest at {visit.due_at:%Y-%m-%d %H:%M:%S %Z}" if visit.due_at else ""
        yield f"{_WAITS.get(visit.waits_for, 'It waits')}{until}."
    elif visit.status is Status.FAILED:
        yield f"It ran{_because(node)} and failed after {_times(visit.attempts)}: {visit.error}"
    elif visit.error:
        yield f"It ran{_because(node)}, failed, and sent its fallback instead: {visit.error}"
    else:
        yield f"It ran{_because(node)}."


def _because(node: NodePlan) -> str:
    if node.is_entry:
        return " because it starts with the run"
    if node.traits.collects:
        return " because all items of the fan-out had ended"
    if node.traits.takes_first:
        return " because a first value had arrived"
    if node.traits.gathers:
        return " because nothing more could arrive"
    return f" because a value had arrived on {_list(sorted(node.queue_pins | node.static_pins))}"


def _never(plan: Plan, node: NodePlan, facts: Facts) -> Iterator[str]:
    if node.is_entry:
        yield "It starts with the run, which has not begun."
        return
    yield "It never ran." if facts.run.is_final else "It has not run yet."
    yield from _missing(plan, node, set(facts.static), facts)


def _missing(plan: Plan, node: NodePlan, have: set[str], facts: Facts) -> Iterator[str]:
    """What keeps each pin without a value empty."""
    for pin in sorted((node.queue_pins | node.static_pins) - have):
        reasons = [
            _reason(plan, source, name, facts)
            for source in plan.nodes.values()
            for name, routes in source.routes.items()
            if any(route.sink_id == node.id and route.sink_name == pin for route in routes)
        ]
        yield f'Nothing has arrived on "{pin}": {"; ".join(reasons)}.'


def _reason(plan: Plan, source: NodePlan, pin: str, facts: Facts) -> str:
    title = plan.nodes[source.id].title
    if source.id in facts.open_sources:
        return f'"{title}" has not ended yet'
    if source.id not in facts.sent:
        return f'"{title}" did not run' if facts.run.is_final else f'"{title}" has not run yet'
    if pin not in facts.sent[source.id]:
        return f'"{title}" ran and sent nothing on "{pin}"'
    return f'what "{title}" sent on "{pin}" was used by earlier firings or did not match'


def _times(count: int) -> str:
    return "one attempt" if count == 1 else f"{count} attempts"


def _list(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)

"""Why a node ran, waits, or did not run: one sentence or more, from what is stored of the run."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from graphs.sentences import Sentence


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


def why(plan: Plan, node_id: str, facts: Facts) -> list[Sentence]:
    """Sentences about the node, the oldest firing first."""
    node = plan.nodes[node_id]
    if node.traits.is_note:
        return [Sentence("Notes never run.")]
    if facts.visits:
        return [sentence for visit in facts.visits for sentence in _visit(plan, node, visit, facts)]
    return list(_never(plan, node, facts))


_WAITS = {
    "retry": Sentence("It failed and is tried again"),
    "timer": Sentence("It waits for its time to come"),
    "person": Sentence("It waits for somebody to answer"),
    "tools": Sentence("It waits for the nodes that it has called"),
    "approval": Sentence("It was called, and waits for somebody to let it start"),
    "child": Sentence("It waits for the graph that it runs"),
}


_PLAIN = {
    Status.RUNNING: Sentence("A worker is running it now."),
    Status.QUEUED: Sentence("It has everything that it needs and waits for a free worker."),
    Status.CANCELLED: Sentence("It was cancelled because its run was ended."),
    Status.SKIPPED: Sentence(
        "It was skipped: it needs a credential, was given none, and may be left out."
    ),
}


def _visit(plan: Plan, node: NodePlan, visit: Visit, facts: Facts) -> Iterator[Sentence]:
    if visit.status in _PLAIN:
        yield _PLAIN[visit.status]
    elif visit.status is Status.INCOMPLETE:
        yield _has(sorted(visit.received))
        yield from _missing(plan, node, set(visit.received), facts)
    elif visit.status is Status.WAITING:
        yield _waits(visit)
    else:
        yield _ran(node, visit)


def _has(pins: Sequence[str]) -> Sentence:
    if not pins:
        return Sentence("It has a value for nothing yet.")
    return Sentence("It has a value for {pins}.", pins=_list(pins))


def _waits(visit: Visit) -> Sentence:
    waits = _WAITS.get(visit.waits_for, Sentence("It waits"))
    if not visit.due_at:
        return Sentence("{waits}.", waits=waits)
    due = f"{visit.due_at:%Y-%m-%d %H:%M:%S %Z}"
    return Sentence("{waits}, at the latest at {due}.", waits=waits, due=due)


def _ran(node: NodePlan, visit: Visit) -> Sentence:
    because = _because(node)
    if visit.status is Status.FAILED:
        return Sentence(
            "It ran {because} and failed after {times}: {error}",
            because=because,
            times=_times(visit.attempts),
            error=visit.error,
        )
    if visit.error:
        return Sentence(
            "It ran {because}, failed, and sent its fallback instead: {error}",
            because=because,
            error=visit.error,
        )
    return Sentence("It ran {because}.", because=because)


def _because(node: NodePlan) -> Sentence:
    if node.is_entry:
        return Sentence("because it starts with the run")
    if node.traits.collects:
        return Sentence("because all items of the fan-out had ended")
    if node.traits.takes_first:
        return Sentence("because a first value had arrived")
    if node.traits.gathers:
        return Sentence("because nothing more could arrive")
    pins = _list(sorted(node.queue_pins | node.static_pins))
    return Sentence("because a value had arrived on {pins}", pins=pins)


def _never(plan: Plan, node: NodePlan, facts: Facts) -> Iterator[Sentence]:
    if node.is_entry:
        yield Sentence("It starts with the run, which has not begun.")
        return
    yield Sentence("It never ran.") if facts.run.is_final else Sentence("It has not run yet.")
    yield from _missing(plan, node, set(facts.static), facts)


def _missing(plan: Plan, node: NodePlan, have: set[str], facts: Facts) -> Iterator[Sentence]:
    """What keeps each pin without a value empty."""
    for pin in sorted((node.queue_pins | node.static_pins) - have):
        reasons = [
            _reason(plan, source, name, facts)
            for source in plan.nodes.values()
            for name, routes in source.routes.items()
            if any(route.sink_id == node.id and route.sink_name == pin for route in routes)
        ]
        yield _nothing_on(pin, reasons)


def _nothing_on(pin: str, reasons: Sequence[Sentence]) -> Sentence:
    if not reasons:
        return Sentence('Nothing has arrived on "{pin}".', pin=pin)
    return Sentence(
        'Nothing has arrived on "{pin}": {reasons}.', pin=pin, reasons=reduce(_and, reasons)
    )


def _and(first: Sentence, second: Sentence) -> Sentence:
    return Sentence("{first}; {second}", first=first, second=second)


def _reason(plan: Plan, source: NodePlan, pin: str, facts: Facts) -> Sentence:
    title = plan.nodes[source.id].title
    if source.id in facts.open_sources:
        return Sentence('"{title}" has not ended yet', title=title)
    if source.id not in facts.sent:
        if facts.run.is_final:
            return Sentence('"{title}" did not run', title=title)
        return Sentence('"{title}" has not run yet', title=title)
    if pin not in facts.sent[source.id]:
        return Sentence('"{title}" ran and sent nothing on "{pin}"', title=title, pin=pin)
    return Sentence(
        'what "{title}" sent on "{pin}" was used by earlier firings or did not match',
        title=title,
        pin=pin,
    )


def _times(count: int) -> Sentence:
    return Sentence("one attempt") if count == 1 else Sentence("{n} attempts", n=count)


def _list(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)

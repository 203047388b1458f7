"""I7 for merges: what came is in one firing, and in one only; nothing is in a firing that did not come."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chaos.arrivals import Arrival
from chaos.pins import split
from chaos.rows import StoredRun, name_of
from executions.engine.status import Status
from executions.models import NodeExecution

Merged = Sequence[NodeExecution]


def violations(
    run: StoredRun, merged: Merged, arrived: Mapping[str, Sequence[Arrival]], *, takes_first: bool
) -> Iterator[str]:
    """A sentence for each way in which one merge did not fire as it must, by what arrived on each of its pins."""
    came = Counter(
        (_label(pin), repr(each.value), repr(each.scope))
        for pin, arrivals in arrived.items()
        for each in arrivals
    )
    used = Counter(
        (label, repr(value), repr(firing.scope))
        for firing in merged
        for label, value in firing.inputs["arrived"]
    )
    if used - came:
        yield "it merged values that did not arrive"
    if not takes_first and came != used:
        yield "it did not merge all that arrived"
    yield from _scope_violations(
        run, merged, {scope for *_, scope in came}, takes_first=takes_first
    )


def _scope_violations(
    run: StoredRun, merged: Merged, scopes: set[str], *, takes_first: bool
) -> Iterator[str]:
    fired = Counter(repr(each.scope) for each in merged)
    for firing in merged:
        if takes_first and (len(firing.inputs["arrived"]) != 1 or fired[repr(firing.scope)] > 1):
            yield f"{name_of(firing)} took more than the first value"
        if run.status is Status.COMPLETED and firing.status == Status.INCOMPLETE:
            yield f"{name_of(firing)} was never merged"
    if takes_first and scopes - fired.keys():
        yield "it did not fire, although something arrived"


def _label(pin: str) -> str:
    base, keys = split(pin)
    return str(keys[0]) if keys else base

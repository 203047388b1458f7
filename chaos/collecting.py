"""I7 for collect nodes: each fan-out is collected once, with what its items have sent, in the order of the items."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from chaos.arrivals import Arrival
from chaos.rows import StoredRun, has_sent, name_of
from executions.engine.status import Status
from executions.models import NodeExecution


def violations(
    run: StoredRun, collected: Sequence[NodeExecution], arrived: Sequence[Arrival]
) -> Iterator[str]:
    """A sentence for each fan-out that one collect node did not collect as it must."""
    times = Counter(each.inputs["fan_out"] for each in collected)
    for position, count in times.items():
        if count > 1:
            yield f"the fan-out #{position} was collected {count} times"
    for firing in collected:
        yield from _item_violations(run, firing, arrived)
    if collected and run.status is Status.COMPLETED:
        yield from _forgotten(run, set(times))


def _forgotten(run: StoredRun, collected: set[int]) -> Iterator[str]:
    openers = {each.node_id for each in run.firings if each.position in collected}
    for opener in run.firings:
        if opener.node_id in openers and has_sent(opener) and opener.position not in collected:
            yield f"what {name_of(opener)} has sent was not collected"


def _item_violations(
    run: StoredRun, firing: NodeExecution, arrived: Sequence[Arrival]
) -> Iterator[str]:
    position = firing.inputs["fan_out"]
    here = [each for each in arrived if each.scope and each.scope[-1][0] == position]
    here.sort(key=lambda each: each.scope[-1][1])
    expected = [each.value for each in here]
    actual = firing.inputs["items"]
    if actual == expected:
        return
    # Items that waited for a partner are given up when nothing else can move, and may go on after that.
    if not (_can_be_late(run, position) and _is_part_of(actual, expected)):
        yield f"{name_of(firing)} did not collect, in order, what the items of #{position} have sent"


def _can_be_late(run: StoredRun, position: int) -> bool:
    inside = {
        each.node_id for each in run.firings if any(frame[0] == position for frame in each.scope)
    }
    return any(len({link.sink_name for link in run.graph.into(id_)}) > 1 for id_ in inside)


def _is_part_of(some: Sequence[Any], everything: Sequence[Any]) -> bool:
    """Whether `some` is `everything` with gaps."""
    rest = iter(everything)
    return all(any(each == other for other in rest) for each in some)

"""Rows of JSON in memory that stand in for the database, and what a burst loads of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from executions.engine.fan_out import FAN_OUT, FanOuts
from executions.engine.firing import Firing, Outcome, Scope, Wait
from executions.engine.state import Lane, State
from executions.engine.status import OPEN, TRANSITIONS, Status
from executions.engine.values import dump

Rows = Mapping[UUID, "Row"]


@dataclass(slots=True)
class Row:
    """A firing as it is stored."""

    id: UUID
    node_id: str
    position: int
    status: Status
    inputs: str
    outputs: str = "[]"
    error: str | None = None
    retryable: bool = False
    for_advance: bool = False  # the next burst must look at it
    is_delivered: bool = True
    attempts: int = 0
    failures: int = 0
    wait: Wait | None = None
    scope: str = "[]"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done for it."""
        return self.status in OPEN or not self.is_delivered

    @property
    def fan_outs(self) -> set[int]:
        """The fan-outs of whose items it is a part."""
        return {position for position, _index in json.loads(self.scope)}

    @property
    def items(self) -> set[tuple[int, int]]:
        """The items that it works on."""
        return {(position, index) for position, index in json.loads(self.scope)}

    @property
    def innermost_fan_out(self) -> int | None:
        """The fan-out of which it is an item."""
        scope = json.loads(self.scope)
        return scope[-1][0] if scope else None

    @property
    def shown(self) -> tuple[Any, ...]:
        """Everything that the rules speak of, except for the position."""
        outputs = [tuple(each) for each in json.loads(self.outputs)] if self.has_ended else []
        is_delivered = self.has_ended and self.is_delivered
        return (self.node_id, self.status, json.loads(self.inputs), outputs, is_delivered)

    @property
    def has_ended(self) -> bool:
        """Whether its outcome is final."""
        return self.status in {Status.COMPLETED, Status.FAILED}


def row_of(firing: Firing, *, is_pure: bool) -> Row:
    """What is stored of a firing."""
    result = firing.outcome
    return Row(
        id=firing.id,
        node_id=firing.node_id,
        position=firing.position,
        status=firing.status,
        inputs=stored(firing.inputs),
        outputs=dump(result.outputs) if result else "[]",
        error=result.error if result else None,
        for_advance=firing.status is Status.QUEUED and is_pure,
        is_delivered=firing.is_delivered,
        attempts=firing.attempts,
        failures=firing.failures,
        wait=firing.wait,
        scope=dump(firing.scope),
    )


def scope_of(row: Row) -> Scope:
    """The items that it works on, the outermost first."""
    return tuple((position, index) for position, index in json.loads(row.scope))


def firing_of(row: Row) -> Firing:
    has_outcome = row.status not in {Status.INCOMPLETE, Status.QUEUED}
    return Firing(
        id=row.id,
        node_id=row.node_id,
        position=row.position,
        status=row.status,
        inputs=json.loads(row.inputs),
        outcome=_outcome(row) if has_outcome else None,
        is_delivered=row.is_delivered,
        attempts=row.attempts,
        failures=row.failures,
        scope=scope_of(row),
        is_stored=True,
    )


def _outcome(row: Row) -> Outcome:
    return Outcome(json.loads(row.outputs), row.error, retryable=row.retryable, wait=row.wait)


def stored(value: Any) -> str:
    """JSON as PostgreSQL keeps it: `jsonb` puts the keys of an object in an order of its own."""
    return json.dumps(json.loads(dump(value), object_pairs_hook=_in_order_of_jsonb))


def _in_order_of_jsonb(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(sorted(pairs, key=lambda pair: (len(pair[0].encode()), pair[0].encode())))


def check_change(before: Row, after: Row) -> None:
    """What is true of every change of a row."""
    assert (after.wait is not None) is (after.status is Status.WAITING)
    assert (after.node_id, after.position) == (before.node_id, before.position)
    assert after.status is before.status or after.status in _reachable(before.status)
    if before.status is not Status.INCOMPLETE:
        assert (after.inputs, after.scope) == (before.inputs, before.scope)
    if before.status.is_final:
        assert after.outputs == before.outputs
        assert after.is_delivered or not before.is_delivered


def _reachable(status: Status) -> set[Status]:
    """By legal steps, of which one burst can make several."""
    reached: set[Status] = set()
    todo = [status]
    while todo:
        new = TRANSITIONS[todo.pop()] - reached
        reached |= new
        todo += new
    return reached


def load_state(
    rows: Rows,
    static: Mapping[tuple[str, str], str],
    taken: set[UUID],
    sent: Mapping[int, int | None],
) -> State:
    """What a burst that takes on these firings must know of the run."""
    state = State(next_position=0)
    waiting: dict[str, list[Firing]] = {}
    for row in sorted(rows.values(), key=lambda row: row.position):
        if row.status is Status.INCOMPLETE:
            waiting.setdefault(row.node_id, []).append(firing_of(row))
    state.waiting = waiting
    for (node_id, pin), value in static.items():
        state.static.setdefault(node_id, {})[pin] = json.loads(value)
    _load_lanes(rows, state.lanes, taken)
    held = {firing.id for lane in state.lanes.values() for firing in lane.held}
    state.fan_outs = _load_fan_outs(rows, taken | held, sent)
    return state


def _load_lanes(rows: Rows, lanes: dict[str, Lane], taken: set[UUID]) -> None:
    """Nodes with other open or held firings; held ones are needed only where something ends now."""
    others = [row for row in rows.values() if row.id not in taken]
    for row in others:
        if row.status in OPEN:
            lane = lanes.setdefault(row.node_id, Lane())
            lane.first_elsewhere = min(lane.first_elsewhere, row.position)
    ending = {rows[id_].node_id for id_ in taken}
    for row in others:
        if row.has_ended and not row.is_delivered:
            lane = lanes.setdefault(row.node_id, Lane())
            if row.node_id in ending and row.position < lane.first_elsewhere:
                lane.held.append(firing_of(row))


def _load_fan_outs(rows: Rows, here: set[UUID], sent: Mapping[int, int | None]) -> FanOuts:
    """Which items are open elsewhere, who opened all of them, which fan-outs were collected."""
    elsewhere: set[tuple[int, int]] = set()
    for row in rows.values():
        if row.id not in here and row.status is not Status.INCOMPLETE and row.is_open:
            elsewhere |= row.items
    collected = {json.loads(row.inputs).get(FAN_OUT) for row in rows.values()}
    return FanOuts(
        frozenset(elsewhere),
        {
            row.position: (row.node_id, scope_of(row))
            for row in rows.values()
            if row.has_ended and row.is_delivered
        },
        lambda node_ids, position: _fetch_items(rows, node_ids, position),
        {position for position in collected if position is not None},
        {position: number for position, number in sent.items() if number is not None},
    )


def _fetch_items(rows: Rows, node_ids: Iterable[str] | None, position: int) -> list[Firing]:
    """What a database would give, which promises no order."""
    ended = [row for row in reversed(rows.values()) if row.has_ended and row.is_delivered]
    if node_ids is None:
        return [
            firing_of(row)
            for row in ended
            if row.status is Status.FAILED and position in row.fan_outs
        ]
    wanted = set(node_ids)
    inside = [row for row in ended if position in (row.position, row.innermost_fan_out)]
    return [firing_of(row) for row in inside if row.node_id in wanted]

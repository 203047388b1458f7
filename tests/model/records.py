"""Records as the engine's rows and back, and what a fault does to them."""

from uuid import UUID

from tests.engine import rows
from tests.engine.harness import Machine
from tests.model.state import DEAD, Mode, Record, State


def crash(state: State, index: int) -> State:
    """A worker process ends, and what it knew is gone."""
    records = tuple(
        each._replace(holder=DEAD) if each.holder == index else each for each in state.records
    )
    return state._replace(records=records).with_worker(index, mode=Mode.DOWN, held=())


def expire(state: State, position: int, fence: int) -> State:
    """The lease of an attempt runs out on the database's clock."""
    state = state.with_record(position, is_leased=False)
    for index, worker in enumerate(state.workers):
        held = tuple(
            each._replace(is_fresh=False)
            if (each.position, each.fence) == (position, fence)
            else each
            for each in worker.held
        )
        state = state.with_worker(index, held=held)
    return state


def in_order(machine: Machine) -> list[rows.Row]:
    """Its rows, by position."""
    return sorted(machine.rows.values(), key=lambda row: row.position)


def row_of(position: int, record: Record) -> rows.Row:
    """What the engine is given of a record."""
    return rows.Row(
        id=UUID(int=position + 1),
        node_id=record.node_id,
        position=position,
        status=record.status,
        inputs=record.inputs,
        outputs=record.outputs,
        error=record.error,
        for_advance=record.for_advance,
        is_delivered=record.is_delivered,
        failures=record.failures,
        scope=record.scope,
    )


def updated(record: Record, row: rows.Row) -> Record:
    """The record after the engine wrote its row."""
    return record._replace(
        status=row.status,
        inputs=row.inputs,
        scope=row.scope,
        outputs=row.outputs,
        error=row.error,
        is_delivered=row.is_delivered,
        for_advance=row.for_advance,
    )

"""What is true of every run, tried on random graphs: the engine against a naive second implementation of the rules,
and against itself with runs cut and mixed in other ways."""

import json
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from executions.engine.status import Status
from tests import strategies
from tests.engine.harness import Machine, Released
from tests.engine.naive import Naive
from tests.strategies import Drawn

MOST = 60  # firings after which a run is left alone


def replayed(machine: Machine, drawn: Drawn, inputs: dict[str, Any]) -> Naive:
    """The same attempts, ended in the same order, by the naive rules."""
    naive = Naive(drawn.parts, drawn.graph, inputs)
    for step in machine.steps:
        (naive.release if isinstance(step, Released) else naive.end)(step.position)
    return naive


def expected(naive: Naive) -> dict[int, tuple[Any, ...]]:
    """What the naive rules say, in the form of `Machine.shown`."""
    rows = {
        firing.position: (
            firing.node_id,
            firing.status,
            firing.inputs,
            firing.outputs,
            firing.is_delivered,
        )
        for firing in naive.firings
    }
    for node_id in naive.parts:
        for position, bag in zip(naive.places(node_id), naive.waiting(node_id), strict=True):
            rows[position] = (node_id, Status.INCOMPLETE, bag, [], False)
    return rows


def unstaged(machine: Machine) -> Machine:
    """Deliver what has ended, so that nothing is RUNNING."""
    while any(row.status is Status.RUNNING for row in machine.rows.values()):
        machine.burst(budget=0)
    return machine


@settings(max_examples=200)
@given(drawn=strategies.graphs(), rng=strategies.seeds, cut=st.booleans())
def test_the_engine_does_what_the_naive_rules_say(drawn: Drawn, rng: Random, *, cut: bool) -> None:
    inputs = {"a": 7, "b": {"k": 8}}
    machine = Machine(drawn.parts, drawn.graph, inputs, MOST).play_by_chance(rng, cut=cut)
    naive = replayed(unstaged(machine), drawn, inputs)
    rows = machine.shown
    assert rows == expected(naive)
    assert machine.error_count == len(machine.failures)
    assert sorted(rows) == list(range(machine.next_position)) == list(range(naive.positions))
    assert {key: json.loads(value) for key, value in machine.static.items()} == {
        (node_id, pin): value for node_id, pin, value in naive.statics
    }
    for node_id in drawn.parts:
        delivered = [row.has_ended and row.is_delivered for row in machine.of(node_id)]
        assert delivered == sorted(delivered, reverse=True)  # none before an earlier one


@given(drawn=strategies.graphs(), budget=st.integers(1, 3))
def test_cuts_change_nothing_at_all_where_all_blocks_are_pure(drawn: Drawn, budget: int) -> None:
    parts = {
        id_: replace(part, is_pure=True, waits=0, flaky=0) for id_, part in drawn.parts.items()
    }
    whole = Machine(parts, drawn.graph, most=MOST).play()
    assume(not whole.is_too_long)
    cut = Machine(parts, drawn.graph, most=MOST).play(budget)
    assert cut.shown == whole.shown
    assert cut.static == whole.static


@given(drawn=strategies.networks(), one=strategies.seeds, other=strategies.seeds)
def test_where_order_does_not_matter_neither_cuts_nor_the_order_of_ends_change_the_result(
    drawn: Drawn, one: Random, other: Random
) -> None:
    whole = Machine(drawn.parts, drawn.graph, most=MOST).play()
    assume(not whole.is_too_long)
    cut = Machine(drawn.parts, drawn.graph, most=MOST).play_by_chance(one, cut=True)
    mixed = Machine(drawn.parts, drawn.graph, most=MOST).play_by_chance(other, cut=False)
    assert by_node(cut) == by_node(whole)
    assert by_node(mixed) == by_node(whole)


@given(drawn=strategies.networks(), rng=strategies.seeds)
def test_it_does_not_matter_which_blocks_are_pure(drawn: Drawn, rng: Random) -> None:
    pure = Machine(_with_purity(drawn, is_pure=True), drawn.graph, most=MOST).play()
    assume(not pure.is_too_long)
    effectful = _with_purity(drawn, is_pure=False)
    other = Machine(effectful, drawn.graph, most=MOST).play_by_chance(rng, cut=True)
    assert by_node(other) == by_node(pure)


def _with_purity(drawn: Drawn, *, is_pure: bool) -> dict[str, Any]:
    return {id_: replace(part, is_pure=is_pure) for id_, part in drawn.parts.items()}


def by_node(machine: Machine) -> dict[str, Any]:
    """What each node did, in order, and what waits there; positions tell of the order between nodes too."""
    return {
        node_id: ([row.shown for row in machine.of(node_id)], machine.waiting(node_id))
        for node_id in machine.parts
    }

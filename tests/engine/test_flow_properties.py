"""Scopes, merges, counters and limits on random graphs, against a naive second implementation of their rules."""

import json
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from executions.engine.status import Status
from tests import strategies
from tests.engine.harness import Machine, Released, Settled
from tests.engine.naive_flow import NaiveFlow
from tests.engine.test_properties import MOST, expected, unstaged
from tests.strategies import Drawn


def replayed(machine: Machine, drawn: Drawn) -> NaiveFlow:
    """The same attempts, ended in the same order, by the naive rules."""
    naive = NaiveFlow(drawn.parts, drawn.graph)
    for step in machine.steps:
        if isinstance(step, Settled):
            assert naive.settle(), "nothing could go on"
        elif isinstance(step, Released):
            naive.release(step.position)
        else:
            naive.end(step.position)
    return naive


def shown(naive: NaiveFlow) -> dict[int, tuple[Any, ...]]:
    """What the naive rules say, in the form of `Machine.shown`."""
    bags = {
        position: (node_id, Status.INCOMPLETE, {"arrived": arrived}, [], False)
        for (node_id, _scope), (position, arrived) in naive.bags.items()
    }
    return expected(naive) | bags


@settings(max_examples=150)
@given(drawn=strategies.flows(), rng=strategies.seeds, cut=st.booleans())
def test_the_engine_directs_the_flow_as_the_naive_rules_say(
    drawn: Drawn, rng: Random, *, cut: bool
) -> None:
    machine = Machine(drawn.parts, drawn.graph, most=MOST).play_by_chance(rng, cut=cut)
    naive = replayed(unstaged(machine), drawn)
    assert machine.shown == shown(naive)
    scopes = {
        row.position: tuple(map(tuple, json.loads(row.scope))) for row in machine.rows.values()
    }
    assert {firing.position: firing.scope for firing in naive.firings}.items() <= scopes.items()
    if not machine.is_too_long:
        assert not naive.settle(), "something could still go on"


@given(drawn=strategies.flows(), budget=st.integers(1, 3))
def test_cuts_change_nothing_where_all_blocks_are_pure(drawn: Drawn, budget: int) -> None:
    parts = {
        id_: replace(part, is_pure=True, waits=0, flaky=0) for id_, part in drawn.parts.items()
    }
    whole = Machine(parts, drawn.graph, most=MOST).play()
    assume(not whole.is_too_long)
    assert Machine(parts, drawn.graph, most=MOST).play(budget).shown == whole.shown

"""Scopes beyond plain for-eaches: how many items at once, collecting in order, try and catch."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executions.engine.status import OPEN, Status
from tests import strategies
from tests.engine.conftest import Play
from tests.engine.harness import Machine, start
from tests.engine.parts import (
    Part,
    catches,
    collects,
    draw,
    fails,
    for_each,
    joins,
    passes,
    sends,
    tries,
)

LOOP = """
    each.item -> do.value
    do.out -> all.item
    """


def on_their_way(run: Machine, node_id: str = "do") -> int:
    """How many firings of a node are open."""
    return sum(status in OPEN for status in run.statuses(node_id))


def test_no_more_items_than_allowed_are_on_their_way() -> None:
    parts = {
        "each": for_each().having(items=[1, 2, 3, 4, 5], limit="2"),
        "do": passes().effectful,
        "all": collects(),
    }
    run = start(parts, LOOP).advance()
    for nth in (1, 0, 2, 3, 4):
        assert on_their_way(run) <= 2
        assert run.of("all") == []
        run.end("do", nth).advance()
    assert run.values("do") == [1, 2, 3, 4, 5]
    assert run.values("all", "items") == [[1, 2, 3, 4, 5]]


@pytest.mark.parametrize("do", [passes(), passes().effectful, fails(), fails().effectful])
@pytest.mark.parametrize("limit", [1, 2, 9])
@pytest.mark.parametrize("items", [[], [1], [1, 2, 3, 4]])
def test_all_items_are_sent_in_the_end(play: Play, do: Part, limit: int, items: list[int]) -> None:
    each = for_each().having(items=items, limit=limit)
    run = play({"each": each, "do": do, "all": collects()}, LOOP)
    assert run.values("do") == items
    assert len(run.of("all")) == 1


def test_items_that_lead_nowhere_make_room_for_the_next(play: Play) -> None:
    each = for_each().having(items=[{}, {"k": 2}, 3, {"k": 4}], limit=1)
    run = play({"each": each, "do": passes(), "all": collects()}, "each.item_#_k -> do.value")
    assert run.values("do") == [2, 4]


def test_an_item_ends_only_when_all_that_it_has_set_going_has_ended() -> None:
    parts = {
        "each": for_each().having(items=[1, 2], limit=1),
        "do": passes(),
        "log": passes().effectful,
    }
    run = start(parts, "each.item -> do.value\ndo.out -> log.value").advance()
    assert run.values("do") == [1]
    run.end("log").advance()
    assert run.values("do") == [1, 2]


def test_items_that_wait_for_each_other_do_not_wait_for_ever(play: Play) -> None:
    """Two items are needed for a pair, and only one may be on its way."""
    each = for_each().having(items=[{"a": 1}, {"b": 2}, {"a": 3}], limit=1)
    run = play(
        {"each": each, "pair": joins(), "all": collects()},
        """
        each.item_#_a -> pair.a
        each.item_#_b -> pair.b
        pair.out -> all.item
        """,
    )
    assert run.inputs_of("pair") == [{"a": 1, "b": 2}]
    assert len(run.of("all")) == 1


@given(
    rows=st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=4),
    limits=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    do=st.sampled_from([passes(), passes().effectful, passes().effectful.asking(1)]),
    rng=strategies.seeds,
    cut=st.booleans(),
)
def test_limits_hold_in_nested_fan_outs(
    rows: list[list[int]], limits: tuple[int, int], do: Part, rng: Random, *, cut: bool
) -> None:
    parts = {
        "rows": for_each().having(items=rows, limit=limits[0]),
        "cells": for_each().having(limit=limits[1]),
        "do": do,
        "row": collects(),
        "table": collects(),
    }
    links = """
        rows.item -> cells.items
        cells.item -> do.value
        do.out -> row.item
        row.list -> table.item
        """
    machine = Machine(parts, draw(parts, links))
    while moves := machine.moves(cut=cut):
        assert on_their_way(machine) <= limits[0] * limits[1]
        rng.choice(moves)()
    assert machine.values("table", "items") == [rows]


def test_fan_outs_of_one_for_each_are_collected_in_the_order_of_its_firings() -> None:
    parts = {
        "lists": sends([1], [2], [], [4]),
        "each": for_each(),
        "do": passes().effectful.asking(1),
        "all": collects(),
    }
    run = start(parts, "lists.out -> each.items" + LOOP).advance()
    for nth in (1, 2):  # the second and the fourth list; the third is empty
        run.end("do", nth).advance().release("do", nth).end("do", nth).advance()
        assert run.of("all") == []
    run.end("do", 0).advance().release("do", 0).end("do", 0).advance()
    assert run.values("all", "items") == [[1], [2], [], [4]]


TRY = """
    start.out -> try.value
    try.out -> do.value
    do.out -> catch.item
    """


def test_what_succeeds_passes_through_a_try(play: Play) -> None:
    run = play({"start": sends(5), "try": tries(), "do": passes(), "catch": catches()}, TRY)
    assert run.inputs_of("catch")[0]["items"] == [5]
    assert run.inputs_of("catch")[0]["failures"] == []
    assert run.verdict == (Status.COMPLETED, "")


@pytest.mark.parametrize("do", [fails("no luck"), fails("no luck").effectful])
@pytest.mark.parametrize("policy", ["fail", "stop"])
def test_a_failure_inside_arrives_at_the_catch_and_does_not_fail_the_run(
    play: Play, do: Part, policy: str
) -> None:
    parts = {"start": sends(5), "try": tries(), "do": do, "catch": catches(), "after": passes()}
    run = play(parts, TRY + "catch.failure -> after.value", on_error=policy)
    failure = {"message": "no luck", "code": "", "node": "do", "node_id": "do"}
    assert run.inputs_of("catch")[0]["failures"] == [failure]
    assert run.values("after") == ["no luck"]
    assert run.verdict == (Status.COMPLETED, "")
    assert run.error_count == 1


def test_a_failure_that_its_error_pin_handles_does_not_arrive_at_the_catch(play: Play) -> None:
    parts = {"start": sends(5), "try": tries(), "do": fails("no"), "catch": catches()}
    run = play(parts, TRY + "do.error -> catch.item")
    assert run.inputs_of("catch")[0]["items"] == ["no"]
    assert run.inputs_of("catch")[0]["failures"] == []


def test_a_failure_behind_the_catch_fails_the_run(play: Play) -> None:
    parts = {
        "start": sends(5),
        "try": tries(),
        "do": passes(),
        "catch": catches(),
        "after": fails("too late"),
    }
    run = play(parts, TRY + "catch.out -> after.value")
    assert run.verdict == (Status.FAILED, "after: too late")


def test_the_innermost_try_catches(play: Play) -> None:
    parts = {
        "start": sends(5),
        "try": tries(),
        "inner": tries(),
        "deep": fails("deep"),
        "caught": catches(),
        "late": fails("late"),
        "catch": catches(),
    }
    run = play(
        parts,
        """
        start.out -> try.value
        try.out -> inner.value
        inner.out -> deep.value
        deep.out -> caught.item
        caught.failure -> late.value
        late.out -> catch.item
        """,
    )
    assert [each["message"] for each in run.inputs_of("caught")[0]["failures"]] == ["deep"]
    assert [each["message"] for each in run.inputs_of("catch")[0]["failures"]] == ["late"]
    assert run.verdict == (Status.COMPLETED, "")


def test_a_try_around_a_for_each_catches_the_failures_of_all_items(play: Play) -> None:
    parts = {
        "start": sends([1, 2]),
        "try": tries(),
        "each": for_each(),
        "do": fails("no").effectful,
        "all": collects(),
        "catch": catches(),
    }
    run = play(
        parts,
        "start.out -> try.value\ntry.out -> each.items" + LOOP + "all.list -> catch.item",
    )
    assert run.inputs_of("catch")[0]["items"] == [[]]
    assert len(run.inputs_of("catch")[0]["failures"]) == 2


def test_a_try_without_a_catch_catches_nothing(play: Play) -> None:
    run = play({"start": sends(5), "try": tries(), "do": fails("no")}, TRY.rsplit("do.out")[0])
    assert run.verdict == (Status.FAILED, "do: no")


def test_each_item_has_a_try_of_its_own(play: Play) -> None:
    def odd(inputs: dict[str, Any]) -> Any:
        return [("out", inputs["value"]) if inputs["value"] % 2 else ("error", "even")]

    parts = {
        "each": for_each().having(items=[1, 2, 3]),
        "try": tries(),
        "do": Part(odd).effectful,
        "catch": catches(),
        "all": collects(),
    }
    run = play(
        parts,
        """
        each.item -> try.value
        try.out -> do.value
        do.out -> catch.item
        catch.out -> all.item
        catch.failure -> all.item
        """,
    )
    assert run.values("all", "items") == [[1, "even", 3]]

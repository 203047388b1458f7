"""For each and collect: one list, complete and in order, whatever happens to the items."""

from collections.abc import Iterator
from typing import Any

import pytest

from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.harness import start
from tests.engine.parts import (
    BrokenError,
    Inputs,
    Part,
    chooses,
    collects,
    for_each,
    joins,
    passes,
    sends,
)

LOOP = """
    each.item -> do.value
    do.out -> all.item
    """


@pytest.mark.parametrize("items", [[], [1], [3, 1, 2], [None, None]])
@pytest.mark.parametrize("do", [passes(), passes().effectful], ids=["pure", "effectful"])
def test_collect_gives_one_list_in_the_order_of_the_items(
    play: Play, do: Part, items: list[Any]
) -> None:
    run = play({"each": for_each().having(items=items), "do": do, "all": collects()}, LOOP)
    assert run.values("all", "items") == [items]
    assert run.verdict == (Status.COMPLETED, "")


def test_items_may_end_in_any_order() -> None:
    parts = {
        "each": for_each().having(items=[1, 2, 3]),
        "do": passes().effectful,
        "all": collects(),
    }
    run = start(parts, LOOP).advance()
    for nth in (2, 0, 1):
        assert run.of("all") == []
        run.end("do", nth).advance()
    assert run.values("all", "items") == [[1, 2, 3]]


def test_what_an_item_does_after_it_was_sent_on_does_not_hold_the_others() -> None:
    run = start(
        {
            "each": for_each().having(items=[1, 2]),
            "do": passes(),
            "log": passes().effectful,
            "all": collects(),
        },
        LOOP + "do.out -> log.value",
    ).advance()
    assert run.of("all") == []
    run.end("log", 1).advance().end("log", 0).advance()
    assert run.values("all", "items") == [[1, 2]]


def test_items_that_fail_or_take_another_branch_are_left_out(play: Play) -> None:
    run = play(
        {
            "each": for_each().having(items=[1, -1, 2, 13, 3]),
            "if": chooses(),
            "do": fails_on(13),
            "all": collects(),
        },
        """
        each.item -> if.value
        if.yes -> do.value
        do.out -> all.item
        """,
    )
    assert run.values("all", "items") == [[1, 2, 3]]


def test_an_item_may_send_many_values(play: Play) -> None:
    twice = Part(lambda inputs: [("out", inputs["value"]), ("out", -inputs["value"])])
    run = play(
        {
            "each": for_each().having(items=[1, 2]),
            "twice": twice,
            "do": passes().effectful,
            "all": collects(),
        },
        """
        each.item -> twice.value
        twice.out -> do.value
        do.out -> all.item
        """,
    )
    assert run.values("all", "items") == [[1, -1, 2, -2]]


def test_fan_outs_can_be_nested(play: Play) -> None:
    run = play(
        {
            "rows": for_each().having(items=[[1, 2], [], [3]]),
            "cells": for_each(),
            "do": passes().effectful,
            "row": collects(),
            "table": collects(),
        },
        """
        rows.item -> cells.items
        cells.item -> do.value
        do.out -> row.item
        row.list -> table.item
        """,
    )
    assert run.values("table", "items") == [[[1, 2], [], [3]]]
    assert sorted(run.values("row", "items")) == [[], [1, 2], [3]]


def test_every_collect_gets_what_was_sent_to_it(play: Play) -> None:
    run = play(
        {
            "each": for_each().having(items=[1, 2]),
            "do": passes(),
            "all": collects(),
            "raw": collects(),
        },
        LOOP + "each.item -> raw.item",
    )
    assert run.values("all", "items") == [[1, 2]]
    assert run.values("raw", "items") == [[1, 2]]


@pytest.mark.parametrize("do", [passes(), passes().effectful], ids=["pure", "effectful"])
def test_a_for_each_that_fires_twice_is_collected_twice(play: Play, do: Part) -> None:
    run = play(
        {
            "lists": sends([1, 2], [3]),
            "each": for_each(),
            "do": do,
            "all": collects(),
        },
        "lists.out -> each.items" + LOOP,
    )
    assert run.values("all", "items") == [[1, 2], [3]]


def test_a_for_each_that_fires_twice_is_collected_in_order() -> None:
    run = start(
        {"lists": sends([1], [2]), "each": for_each(), "do": passes().effectful, "all": collects()},
        "lists.out -> each.items" + LOOP,
    ).advance()
    run.end("do", 1).advance().end("do", 0).advance()
    assert run.values("all", "items") == [[1], [2]]


def test_a_selector_picks_what_is_collected(play: Play) -> None:
    run = play(
        {
            "each": for_each().having(items=[{"k": 1}, {}, {"k": 3}]),
            "do": passes(),
            "all": collects(),
        },
        """
        each.item -> do.value
        do.out_#_k -> all.item
        """,
    )
    assert run.values("all", "items") == [[1, 3]]


@pytest.mark.parametrize("arrow", ["=>", "->"])
def test_a_join_with_a_value_from_outside_belongs_to_its_item(play: Play, arrow: str) -> None:
    run = play(
        {
            "fixed": sends("x", "x"),
            "each": for_each().having(items=[1, 2]),
            "do": joins(),
            "all": collects(),
        },
        f"fixed.out {arrow} do.fixed" + LOOP,
    )
    assert run.values("all", "items") == [
        [{"fixed": "x", "value": 1}, {"fixed": "x", "value": 2}],
    ]


@pytest.mark.parametrize("arrow", ["=>", "->"])
def test_items_that_wait_for_a_late_value_are_waited_for(arrow: str) -> None:
    run = start(
        {
            "late": sends("x", "x").effectful,
            "each": for_each().having(items=[1, 2]),
            "do": joins(),
            "all": collects(),
        },
        f"late.out {arrow} do.fixed" + LOOP,
    ).advance()
    assert run.of("all") == []
    run.end("late").advance()
    assert run.values("all", "items") == [
        [{"fixed": "x", "value": 1}, {"fixed": "x", "value": 2}],
    ]


@pytest.mark.parametrize(
    ("arrow", "tokens", "collected"),
    [
        ("->", 0, []),
        ("->", 1, [1]),
        ("->", 2, [1, 2]),
        ("->", 3, [1, 2]),
        ("=>", 0, []),
        ("=>", 1, [1, 2]),
    ],
)
def test_items_whose_value_never_comes_are_left_out(
    play: Play, arrow: str, tokens: int, collected: list[int]
) -> None:
    run = play(
        {
            "late": sends(*range(tokens)).effectful,
            "each": for_each().having(items=[1, 2]),
            "do": passes(),
            "all": collects(),
        },
        f"late.out {arrow} do.token" + LOOP,
    )
    assert run.values("all", "items") == [collected]
    assert run.verdict == (Status.COMPLETED, "")


def test_nested_fan_outs_whose_values_never_come_are_collected_from_the_inside(play: Play) -> None:
    run = play(
        {
            "rows": for_each().having(items=[[1], [2, 3]]),
            "cells": for_each(),
            "tokens": sends("x"),
            "do": passes(),
            "row": collects(),
            "table": collects(),
        },
        """
        rows.item -> cells.items
        tokens.out -> do.token
        cells.item -> do.value
        do.out -> row.item
        row.list -> table.item
        """,
    )
    assert run.values("table", "items") == [[[1], []]]
    assert len(run.waiting("do")) == 2


def test_a_for_each_may_lead_back_into_itself(play: Play) -> None:
    splits = Part(
        lambda inputs: [("list" if isinstance(inputs["value"], list) else "leaf", inputs["value"])]
    )
    run = play(
        {
            "each": for_each(),
            "root": sends([1, [2, [3]], 4]),
            "split": splits,
            "leaves": passes(),
        },
        """
        root.out -> each.items
        each.item -> split.value
        split.list -> each.items
        split.leaf -> leaves.value
        """,
    )
    assert sorted(run.values("leaves")) == [1, 2, 3, 4]


def fails_on(value: Any) -> Part:
    """Passes on every value but one."""

    def run(inputs: Inputs) -> Iterator[tuple[str, Any]]:
        if inputs["value"] == value:
            raise BrokenError("no")
        yield "out", inputs["value"]

    return Part(run)

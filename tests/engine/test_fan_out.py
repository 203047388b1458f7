"""For each and collect: one list, complete and in order, whatever happens to the items."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.harness import Machine, start
from tests.engine.parts import (
    BrokenError,
    Inputs,
    Part,
    chooses,
    collects,
    draw,
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


# Random pipelines, against what a plain loop gives


@dataclass(frozen=True)
class Stage:
    """What becomes of a number: none, one or more numbers, a failure, or (with `inner`) one sum of a fan-out."""

    factors: tuple[tuple[int, ...], ...]  # one of these, by the number
    part: Part
    inner: tuple["Stage", ...] | None = None

    def through(self, value: int) -> list[int]:
        """As a plain loop would do it."""
        factors = self.factors[value % len(self.factors)]
        if 0 in factors:  # it fails there
            return [value * factor + 1 for factor in factors[: factors.index(0)]]
        sent = [value * factor + 1 for factor in factors]
        if self.inner is None:
            return sent
        return [sum(each for item in sent for each in flow(self.inner, item))]


def flow(stages: tuple[Stage, ...], value: int) -> list[int]:
    """What a row of stages makes of a number."""
    values = [value]
    for stage in stages:
        values = [sent for each in values for sent in stage.through(each)]
    return values


def _stage_run(factors: tuple[tuple[int, ...], ...]) -> Any:
    def run(inputs: Inputs) -> Iterator[tuple[str, Any]]:
        for factor in factors[inputs["value"] % len(factors)]:
            if factor == 0:
                raise BrokenError("zero")
            yield "out", inputs["value"] * factor + 1

    return run


FACTORS = [((1,),), ((1, 2),), ((1,), ()), ((2, 3), (1, 0)), ((0,), (1,)), ((1, 1, 1), (2,))]
BEHAVIOURS = [
    Part(sends().run),
    sends().effectful,
    sends().breaking(1, retries=1),
    sends().asking(1),
]
parts_of_stages = st.sampled_from([*BEHAVIOURS, *(part.effectful for part in BEHAVIOURS)])


def _stages(factors: list[tuple[tuple[int, ...], ...]]) -> st.SearchStrategy[Stage]:
    return st.builds(
        lambda each, part: Stage(each, replace(part, run=_stage_run(each))),
        st.sampled_from(factors),
        parts_of_stages,
    )


simple = _stages(FACTORS)
single = _stages([each for each in FACTORS if max(map(len, each)) == 1])  # one value at most


@st.composite
def nested(draw: st.DrawFn) -> Stage:
    """A stage that is a fan-out itself."""
    factors = draw(st.sampled_from([((1, 2),), ((1,), ()), ((1, 1, 1), (2,))]))
    split = Part(lambda inputs: [("item", inputs["value"] * f + 1) for f in _pick(factors, inputs)])
    inner = tuple(draw(st.lists(simple, max_size=2)))
    return Stage(factors, replace(split, opens=frozenset({"item"})), inner)


def _pick(factors: tuple[tuple[int, ...], ...], inputs: Inputs) -> tuple[int, ...]:
    return factors[inputs["value"] % len(factors)]


@given(
    items=st.lists(st.integers(0, 9), max_size=4),
    stages=(st.lists(simple, max_size=3) | st.lists(single | nested(), max_size=3)).map(tuple),
    rng=st.integers(0, 2**16).map(Random),
    cut=st.booleans(),
)
def test_collect_gives_what_a_plain_loop_gives(
    items: list[int], stages: tuple[Stage, ...], rng: Random, *, cut: bool
) -> None:
    parts: dict[str, Part] = {"each": for_each().having(items=items)}
    links: list[str] = []
    end = _build(stages, "each.item", parts, links, count())
    parts["all"] = collects()
    links.append(f"{end} -> all.item")
    machine = Machine(parts, draw(parts, "\n".join(links)), most=300).play_by_chance(rng, cut=cut)
    assume(not machine.is_too_long)
    assert machine.standing is None
    assert machine.values("all", "items") == [
        [value for item in items for value in flow(stages, item)]
    ]


def _build(
    stages: tuple[Stage, ...], source: str, parts: dict[str, Part], links: list[str], names: Any
) -> str:
    """Draw a row of stages behind a pin; returns the pin at its end."""
    for stage in stages:
        name = f"s{next(names)}"
        parts[name] = stage.part
        links.append(f"{source} -> {name}.value")
        source = f"{name}.out"
        if stage.inner is not None:
            end = _build(stage.inner, f"{name}.item", parts, links, names)
            parts[f"{name}-all"] = Part(
                lambda inputs: [("out", sum(inputs["items"]))], collects="item"
            )
            links.append(f"{end} -> {name}-all.item")
            source = f"{name}-all.out"
    return source

"""For each and collect on random pipelines, against what a plain loop gives."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from executions.engine.fan_out import FAN_OUT
from tests import strategies
from tests.engine.harness import Machine
from tests.engine.parts import (
    BrokenError,
    Inputs,
    Part,
    collects,
    draw,
    for_each,
    sends,
)
from tests.strategies import Drawn


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
    rng=strategies.seeds,
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


@given(drawn=strategies.fan_outs(), rng=strategies.seeds, cut=st.booleans())
def test_every_fan_out_is_collected_once(drawn: Drawn, rng: Random, *, cut: bool) -> None:
    machine = Machine(drawn.parts, drawn.graph, most=60).play_by_chance(rng, cut=cut)
    collected = [
        (row.node_id, json.loads(row.inputs)[FAN_OUT])
        for row in machine.rows.values()
        if drawn.parts[row.node_id].collects and FAN_OUT in json.loads(row.inputs)
    ]
    over = [
        (node_id, row.position)
        for row in machine.rows.values()
        if drawn.parts[row.node_id].opens and row.has_ended
        for node_id in machine.plan.collectors[row.node_id]
    ]
    if machine.is_too_long:
        assert len(collected) == len(set(collected))
    else:
        assert sorted(collected) == sorted(over)


@given(drawn=strategies.fan_outs(), budget=st.integers(1, 3))
def test_cuts_change_nothing_where_all_blocks_are_pure(drawn: Drawn, budget: int) -> None:
    parts = {
        id_: replace(part, is_pure=True, waits=0, flaky=0) for id_, part in drawn.parts.items()
    }
    whole = Machine(parts, drawn.graph, most=60).play()
    assume(not whole.is_too_long)
    assert Machine(parts, drawn.graph, most=60).play(budget).shown == whole.shown

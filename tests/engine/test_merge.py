"""Merges take whatever comes, once: all of it, or the first. Counters count, priorities and fallbacks decide."""

import pytest

from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.harness import start
from tests.engine.parts import (
    Part,
    adds,
    chooses,
    collects,
    counts,
    fails,
    for_each,
    merges,
    passes,
    sends,
    takes_first,
)

BOTH = """
    a.out -> merge.in_#_a
    b.out -> merge.in_#_b
    """


def arrived(run, node_id: str = "merge") -> list[list[list]]:
    return run.values(node_id, "arrived")


@pytest.mark.parametrize("b", [sends(3), sends(3).effectful])
def test_a_merge_fires_once_with_all_that_came_in_the_order_of_arrival(play: Play, b: Part) -> None:
    run = play({"a": sends(1, 2), "b": b, "merge": merges()}, BOTH)
    assert arrived(run) == [[["a", 1], ["a", 2], ["b", 3]]]
    assert run.verdict == (Status.COMPLETED, "")


def test_the_order_is_that_of_arrival() -> None:
    parts = {"a": sends(1).effectful, "b": sends(2).effectful, "merge": merges()}
    run = start(parts, BOTH).advance().end("b").advance()
    assert run.of("merge") == []
    assert run.waiting("merge") == [{"arrived": [["b", 2]]}]
    run.end("a").advance()
    assert arrived(run) == [[["b", 2], ["a", 1]]]


def test_branches_not_taken_do_not_hold_a_merge_up(play: Play) -> None:
    parts = {
        "if": chooses().having(value=1),
        "yes": passes(),
        "no": passes().effectful,
        "merge": merges(),
    }
    run = play(
        parts,
        """
        if.yes -> yes.value
        if.no -> no.value
        yes.out -> merge.in
        no.out -> merge.in
        """,
    )
    assert arrived(run) == [[["in", 1]]]


def test_a_merge_to_which_nothing_came_does_not_fire(play: Play) -> None:
    run = play({"a": sends(), "b": fails(), "merge": merges()}, BOTH)
    assert run.of("merge") == []


def test_a_merge_does_not_wait_for_what_does_not_lead_to_it() -> None:
    parts = {"a": sends(1), "b": sends(2), "slow": sends(3).effectful, "merge": merges()}
    run = start(parts, BOTH).advance()
    assert arrived(run) == [[["a", 1], ["b", 2]]]


def test_a_merge_waits_for_a_value_that_somebody_else_waits_for() -> None:
    parts = {"a": sends(1), "b": passes(), "slow": sends(3).effectful, "merge": merges()}
    run = start(parts, "slow.out -> b.value\na.out -> b.token" + BOTH).advance()
    assert run.of("merge") == []
    run.end("slow").advance()
    assert arrived(run) == [[["a", 1], ["b", 3]]]


def test_a_merge_behind_a_merge_waits_for_it(play: Play) -> None:
    parts = {
        "a": sends(1),
        "b": sends(2).effectful,
        "first": merges(),
        "merge": merges(),
    }
    run = play(
        parts,
        """
        a.out -> merge.in_#_a
        b.out -> first.in_#_b
        first.list -> merge.in_#_first
        """,
    )
    assert arrived(run) == [[["a", 1], ["first", [["b", 2]]]]]


def test_merges_that_wait_for_each_other_go_on_with_the_oldest(play: Play) -> None:
    parts = {"a": sends(1), "b": sends(2), "one": merges(), "other": merges()}
    run = play(
        parts,
        """
        a.out -> one.in_#_a
        b.out -> other.in_#_b
        one.list -> other.in_#_one
        other.never -> one.in_#_other
        """,
    )
    assert arrived(run, "one") == [[["a", 1]]]
    assert arrived(run, "other") == [[["b", 2], ["one", [["a", 1]]]]]


def test_a_merge_in_a_loop_fires_once_a_round(play: Play) -> None:
    parts = {
        "a": sends(0),
        "merge": merges(),
        "add": Part(lambda i: [("out", i["v"][-1][1] + 1)]),
        "if": chooses().having(limit=3),
    }
    run = play(
        parts,
        """
        a.out -> merge.in
        merge.list -> add.v
        add.out -> if.value
        if.no -> merge.in
        """,
    )
    assert arrived(run) == [[["in", 0]], [["in", 1]], [["in", 2]]]


@pytest.mark.parametrize("limit", [None, 1])
def test_values_of_different_items_are_not_mixed(play: Play, limit: int | None) -> None:
    parts = {
        "each": for_each().having(items=[1, 2], limit=limit),
        "a": passes(),
        "b": adds().effectful,
        "merge": merges(),
        "all": collects(),
    }
    run = play(
        parts,
        """
        each.item -> a.value
        each.item -> b.value
        merge.list -> all.item
        """
        + BOTH,
    )
    assert run.values("all", "items") == [[[["a", 1], ["b", 2]], [["a", 2], ["b", 3]]]]


def test_a_merge_waits_for_a_collect_that_leads_to_it(play: Play) -> None:
    parts = {
        "a": sends(1),
        "each": for_each().having(items=[1, 2]),
        "do": passes().effectful,
        "b": collects(),
        "merge": merges(),
    }
    links = """
        each.item -> do.value
        do.out -> b.item
        a.out -> merge.in_#_a
        b.list -> merge.in_#_b
        """
    assert arrived(play(parts, links)) == [[["a", 1], ["b", [1, 2]]]]


def test_the_first_value_wins_and_the_others_are_dropped() -> None:
    parts = {"a": sends(1).effectful, "b": sends(2, 3).effectful, "merge": takes_first()}
    run = start(parts, BOTH).advance().end("b").advance()
    assert arrived(run) == [[["b", 2]]]
    run.end("a").advance()
    assert arrived(run) == [[["b", 2]]]
    assert run.verdict == (Status.COMPLETED, "")


def test_each_item_has_a_first_value_of_its_own(play: Play) -> None:
    parts = {
        "each": for_each().having(items=[1, 2]),
        "a": passes(),
        "b": passes(),
        "merge": takes_first(),
    }
    run = play(parts, "each.item -> a.value\neach.item -> b.value" + BOTH)
    assert arrived(run) == [[["a", 1]], [["a", 2]]]


def test_a_counter_numbers_its_firings(play: Play) -> None:
    run = play({"a": sends("x", "y", "z"), "count": counts()}, "a.out -> count.value")
    assert run.values("count", "number") == [1, 2, 3]


def test_a_counter_counts_the_rounds_of_each_item(play: Play) -> None:
    parts = {
        "each": for_each().having(items=["a", "b"]),
        "count": counts(),
        "again": chooses().having(limit=3),
    }
    run = play(
        parts,
        """
        each.item -> count.value
        count.out -> again.value
        again.no -> count.value
        """,
    )
    assert sorted(run.values("count", "number")) == [1, 1, 2, 2, 3, 3]


def test_a_fallback_is_sent_instead_of_a_failure(play: Play) -> None:
    broken = fails("no luck", "before")
    parts = {"a": Part(broken.run, metadata={"fallback": {"out": 0}}), "b": passes(), "c": passes()}
    run = play(parts, "a.out -> b.value\na.error -> c.value")
    assert run.values("b") == [0]
    assert run.of("c") == []
    assert (run.of("a")[0].status, run.of("a")[0].error) == (Status.COMPLETED, "no luck")
    assert run.verdict == (Status.COMPLETED, "")
    assert run.error_count == 0


def test_a_fallback_comes_after_the_last_retry(play: Play) -> None:
    shaky = passes().breaking(3, retries=2)
    part = Part(
        shaky.run, flaky=3, default={"value": 1}, metadata={**shaky.metadata, "fallback": {}}
    )
    run = play({"a": part, "b": passes()}, "a.out -> b.value")
    assert run.of("a")[0].attempts == 3
    assert run.of("b") == []
    assert run.verdict == (Status.COMPLETED, "")


@pytest.mark.parametrize("budget", [1, 100])
def test_ready_nodes_run_by_priority_wherever_the_run_is_cut(budget: int) -> None:
    parts = {
        "low": Part(sends(1).run, metadata={"priority": -1}),
        "a": sends(1),
        "b": sends(2),
        "high": Part(sends(3).run, metadata={"priority": 5}),
        "late": Part(passes().run, metadata={"priority": 9}),
        "log": passes(),
    }
    links = "high.out -> late.value\nb.out -> late.value"
    run = start(
        parts, links + "".join(f"\n{each}.out -> log.value" for each in parts if each != "log")
    )
    run.play(budget)
    order = [row.node_id for row in sorted(run.rows.values(), key=lambda row: row.position)]
    assert run.values("log") == [3, 3, 1, 2, 2, 1]
    assert order[:4] == ["low", "a", "b", "high"]

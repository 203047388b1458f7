"""In which order firings deliver, also when they wait."""

from collections.abc import Sequence

import pytest

from executions.engine.status import Status
from tests.engine.harness import UNLIMITED, start
from tests.engine.parts import (
    Part,
    joins,
    passes,
    sends,
)

COMPLETED, QUEUED, RUNNING, WAITING = (
    Status.COMPLETED,
    Status.QUEUED,
    Status.RUNNING,
    Status.WAITING,
)


# Order


def test_values_keep_their_order_through_a_slow_and_a_fast_firing() -> None:
    run = start(
        {"a": sends("slow", "fast"), "b": passes().effectful, "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance()
    assert run.statuses("b") == [QUEUED, QUEUED]
    run.end("b", 1).advance()
    assert run.statuses("b") == [QUEUED, COMPLETED]
    assert run.values("c") == []
    run.end("b", 0).advance()
    assert run.values("c") == ["slow", "fast"]


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
)
def test_values_keep_their_order_whatever_ends_first(order: Sequence[int]) -> None:
    run = start(
        {"a": sends(1, 2, 3), "b": passes().effectful, "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance()
    for nth in order:
        run.end("b", nth).advance()
    assert run.values("c") == [1, 2, 3]


def test_what_a_burst_left_over_comes_before_what_the_next_one_opens() -> None:
    run = start(
        {"a": sends("first"), "late": sends("second").effectful, "b": passes(), "c": passes()},
        """
        a.out -> b.value
        late.out -> b.value
        b.out -> c.value
        """,
    )
    run.burst(budget=1)
    run.end("late").advance()
    assert run.values("b") == ["first", "second"]
    assert run.values("c") == ["first", "second"]


def test_pure_nodes_fire_in_the_same_order_wherever_the_run_is_cut() -> None:
    parts = {"a": sends("x"), "c": sends("y"), "join": joins(), "b": passes(), "end": passes()}
    links = """
        a.out -> join.a
        a.out -> b.value
        c.out -> join.c
        join.out -> end.value
        b.out -> end.value
        """
    cut = start(parts, links).advance(budget=1)
    assert start(parts, links).advance().values("end") == cut.values("end")


def test_another_node_does_not_wait_for_a_slow_one() -> None:
    run = start(
        {"slow": sends(1).effectful, "a": sends(2), "b": passes()}, "a.out -> b.value"
    ).advance()
    assert run.values("b") == [2]
    assert run.standing is RUNNING


def test_a_firing_that_waits_for_its_retry_holds_those_behind_it() -> None:
    run = start(
        {"a": sends(1, 2), "b": passes().effectful.breaking(1, retries=1), "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance()
    run.end("b", 0).advance().end("b", 1).advance()
    assert run.statuses("b") == [WAITING, WAITING]
    assert run.standing is WAITING
    run.release("b", 1).end("b", 1).advance()
    assert run.statuses("b") == [WAITING, COMPLETED]
    assert run.values("c") == []
    run.release("b", 0).end("b", 0).advance()
    assert run.values("c") == [1, 2]


@pytest.mark.parametrize("budget", [UNLIMITED, 1])
def test_a_pure_firing_that_waits_for_its_retry_holds_those_behind_it(budget: int) -> None:
    run = start(
        {"a": sends(1, 2, 3), "b": passes().breaking(1, retries=1, on=1), "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance(budget)
    assert run.statuses("b") == [WAITING, COMPLETED, COMPLETED]
    assert run.values("c") == []
    run.release("b").advance(budget)
    assert run.values("c") == [1, 2, 3]


def test_what_was_held_waits_for_all_that_end_in_the_same_burst() -> None:
    run = start(
        {"a": sends(1, 2, 3), "b": passes().effectful, "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance()
    run.end("b", 2).advance()
    run.end("b", 0).end("b", 1).advance()
    assert run.values("c") == [1, 2, 3]


@pytest.mark.parametrize("part", [passes(), passes().effectful], ids=["pure", "effectful"])
def test_a_firing_that_waits_for_an_answer_goes_on_from_the_start_and_keeps_its_place(
    part: Part,
) -> None:
    run = start(
        {"a": sends(1, 2), "b": part.asking(1), "c": passes()}, "a.out -> b.value\nb.out -> c.value"
    )
    run.advance()
    for nth in [] if part.is_pure else [0, 1]:
        run.end("b", nth).advance()
    assert run.statuses("b") == [WAITING, WAITING]
    assert (run.values("c"), run.standing) == ([], WAITING)
    for nth in (1, 0):
        run.release("b", nth)
        (run if part.is_pure else run.end("b", nth)).advance()
    assert run.values("c") == [1, 2]
    assert [(row.attempts, row.failures) for row in run.of("b")] == [(2, 0), (2, 0)]

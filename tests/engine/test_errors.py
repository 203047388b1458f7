"""Failures, retries, and how a run ends."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from executions.engine.outcome import Failure, verdict
from executions.engine.plan import Limits, build
from executions.engine.retry import RETRY
from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.harness import Machine, start
from tests.engine.parts import (
    BrokenError,
    Inputs,
    Part,
    draw,
    ends_quietly,
    fails,
    passes,
    sends,
)

COMPLETED, FAILED, RUNNING, WAITING = (
    Status.COMPLETED,
    Status.FAILED,
    Status.RUNNING,
    Status.WAITING,
)
DONE = (COMPLETED, "")


# Errors


def test_a_linked_error_is_handled_and_the_run_completes(play: Play) -> None:
    run = play({"a": fails("no luck"), "b": passes()}, "a.error -> b.value")
    assert run.statuses("a") == [FAILED]
    assert run.values("b") == ["no luck"]
    assert run.failures == [Failure("a", "no luck")]
    assert run.error_count == 1
    assert run.verdict == DONE


def test_an_unhandled_error_fails_the_run_and_names_the_node_but_the_rest_finishes(
    play: Play,
) -> None:
    run = play(
        {"a": fails("no luck"), "b": passes(), "c": sends(1), "d": passes()},
        """
        a.out -> b.value
        c.out -> d.value
        """,
    )
    assert run.values("b") == []
    assert run.values("d") == [1]
    assert run.verdict == (FAILED, "a: no luck")


def test_a_graph_may_choose_to_go_on_after_errors(play: Play) -> None:
    run = play({"a": fails()}, on_error="continue")
    assert run.failures == [Failure("a", "it broke")]
    assert run.verdict == DONE


def test_values_yielded_before_an_error_are_delivered(play: Play) -> None:
    run = play(
        {"a": fails("no luck", 1, 2), "b": passes(), "c": passes()},
        """
        a.out -> b.value
        a.error -> c.value
        """,
    )
    assert run.values("b") == [1, 2]
    assert run.values("c") == ["no luck"]
    assert run.statuses("a") == [FAILED]


def test_a_block_that_yields_an_error_is_stopped_there(play: Play) -> None:
    a = Part(lambda _inputs: iter([("out", 1), ("error", "enough"), ("out", 2)]))
    run = play({"a": a, "b": passes(), "c": passes()}, "a.out -> b.value\na.error -> c.value")
    assert run.statuses("a") == [FAILED]
    assert run.values("b") == [1]
    assert run.values("c") == ["enough"]


def test_a_failed_firing_does_not_hold_those_behind_it(play: Play) -> None:
    def breaks_on_two(inputs: Inputs) -> Iterator[tuple[str, Any]]:
        if inputs["value"] == 2:
            raise BrokenError("two")
        yield "out", inputs["value"]

    run = play(
        {"a": sends(1, 2, 3), "b": Part(breaks_on_two).effectful, "c": passes()},
        """
        a.out -> b.value
        b.out -> c.value
        b.error -> c.value
        """,
    )
    assert run.values("c") == [1, "two", 3]
    assert run.statuses("b") == [COMPLETED, FAILED, COMPLETED]


@pytest.mark.parametrize("part", [sends("v"), sends("v").effectful], ids=["pure", "effectful"])
def test_an_attempt_that_is_tried_again_delivers_nothing(play: Play, part: Part) -> None:
    run = play({"a": part.breaking(2, retries=2), "b": passes(), "c": passes()},
               "a.out -> b.value\na.error -> c.value")  # fmt: skip
    assert run.values("b") == ["v"]
    assert run.values("c") == []
    assert [(row.status, row.attempts, row.failures) for row in run.of("a")] == [(COMPLETED, 3, 2)]
    assert run.verdict == DONE


@pytest.mark.parametrize("part", [sends("v"), sends("v").effectful], ids=["pure", "effectful"])
def test_the_last_attempt_decides(play: Play, part: Part) -> None:
    run = play({"a": part.breaking(9, retries=2), "b": passes()}, "a.out -> b.value")
    assert [(row.status, row.attempts) for row in run.of("a")] == [(FAILED, 3)]
    assert run.values("b") == ["v"]
    assert run.verdict == (FAILED, "a: not yet")


def test_only_failures_that_are_worth_it_are_tried_again(play: Play) -> None:
    run = play({"a": replace(fails("no luck"), metadata={"retry": {"count": 3}})})
    assert [(row.status, row.attempts) for row in run.of("a")] == [(FAILED, 1)]


def test_a_retry_waits_for_as_long_as_the_policy_says() -> None:
    policy = {"retry": {"count": 3, "base": 2, "factor": 3}}
    part = Part(sends("v").run, flaky=9, metadata=policy)
    run = start({"a": part}).advance()
    delays = []
    while run.of("a")[0].status is WAITING:
        wait = run.of("a")[0].wait
        assert wait
        assert wait.waits_for == RETRY
        delays.append(wait.seconds)
        run.release("a").advance()
    assert delays == [2.0, 6.0, 18.0]
    assert run.statuses("a") == [FAILED]


@pytest.mark.parametrize(
    ("policy", "failed", "expected"),
    [
        ("fail", [], DONE),
        ("fail", ["a"], (FAILED, "First: m")),
        ("fail", ["b", "a"], (FAILED, "Second: m (also failed: First)")),
        ("stop", ["a"], (FAILED, "First: m")),
        ("continue", ["a", "b"], DONE),
    ],
)
def test_a_run_ends_by_its_unhandled_failures(
    policy: str, failed: list[str], expected: tuple[Status, str]
) -> None:
    parts = {
        "a": Part(sends().run, metadata={"title": "First"}),
        "b": Part(sends().run, metadata={"customized_name": "Second"}),
    }
    machine = Machine(parts, draw(parts, on_error=policy))
    assert verdict(machine.plan, [Failure(node_id, "m") for node_id in failed]) == expected


# How a run stands


def test_a_run_goes_on_while_something_is_open_and_waits_when_all_of_it_waits() -> None:
    run = start(
        {
            "a": sends(1).effectful.breaking(1, retries=1),
            "b": sends(2).effectful,
            "c": ends_quietly(),
        },
        """
        a.out -> c.a
        b.out -> c.b
        """,
    )
    assert run.standing is RUNNING
    run.end("a").advance()
    assert run.standing is RUNNING
    run.end("b").advance()
    assert run.waiting("c") == [{"b": 2}]
    assert run.standing is WAITING
    run.release("a").end("a").advance()
    assert run.standing is None
    assert run.inputs_of("c") == [{"a": 1, "b": 2}]


def test_a_plan_knows_its_outputs_and_what_nothing_follows() -> None:
    parts = {"a": sends(1), "b": passes("output"), "c": passes(), "note": passes("note")}
    plan = Machine(parts, draw(parts, "a.out -> b.value\na.out -> c.value")).plan
    assert [node.id for node in plan.outputs] == ["b"]
    assert [node.id for node in plan.last_nodes] == ["b", "c"]


@pytest.mark.parametrize(
    ("settings", "limits"),
    [
        ({}, Limits()),
        ({"limits": {"node_executions": 5}}, Limits(node_executions=5)),
        ({"limits": {"seconds": 9, "unknown": 1}}, Limits(seconds=9)),
    ],
)
def test_a_plan_takes_the_limits_of_its_graph(settings: dict[str, Any], limits: Limits) -> None:
    parts = {"a": sends(1)}
    assert build(draw(parts, **settings), Machine(parts, draw(parts)).traits_of).limits == limits

"""How graphs run, one sentence after another. Each holds for long bursts and for runs that are cut anywhere."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from executions.engine.outcome import Failure, verdict
from executions.engine.plan import Limits, build
from executions.engine.retry import RETRY
from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.harness import (
    BrokenError,
    Inputs,
    Machine,
    Part,
    draw,
    ends_quietly,
    fails,
    passes,
    sends,
)

COMPLETED, FAILED, QUEUED = Status.COMPLETED, Status.FAILED, Status.QUEUED
DONE = (COMPLETED, "")


def start(parts: dict[str, Part], links: str = "") -> Machine:
    """A run that has not moved yet."""
    return Machine(parts, draw(parts, links))


# Queues: arrivals are paired


def test_two_sources_into_one_pin_make_two_firings_in_the_order_of_arrival(play: Play) -> None:
    run = play(
        {"a": sends("from a"), "b": sends("from b"), "c": passes()},
        """
        a.out -> c.value
        b.out -> c.value
        """,
    )
    assert run.values("c") == ["from a", "from b"]
    assert run.waiting("c") == []
    assert run.verdict == DONE


def test_the_source_that_ends_first_is_the_first_arrival() -> None:
    run = start(
        {"a": sends("from a").effectful, "b": sends("from b").effectful, "c": passes()},
        """
        a.out -> c.value
        b.out -> c.value
        """,
    )
    run.end("b").advance().end("a").advance()
    assert run.values("c") == ["from b", "from a"]


def test_values_of_two_pins_are_paired_and_a_leftover_waits_without_holding_the_run(
    play: Play,
) -> None:
    run = play(
        {"a": sends(1, 2, 3), "b": sends("x", "y"), "c": ends_quietly()},
        """
        a.out -> c.number
        b.out -> c.letter
        """,
    )
    assert run.inputs_of("c") == [{"number": 1, "letter": "x"}, {"number": 2, "letter": "y"}]
    assert run.waiting("c") == [{"number": 3}]
    assert run.verdict == DONE


def test_a_pin_yielded_three_times_fires_what_follows_three_times_in_order(play: Play) -> None:
    run = play(
        {"a": sends(1, 2, 3), "b": passes(), "c": passes()}, "a.out -> b.value\nb.out -> c.value"
    )
    assert run.values("c") == [1, 2, 3]


def test_an_output_goes_along_its_links_in_the_order_in_which_they_were_drawn(play: Play) -> None:
    run = play(
        {"a": sends({"x": 1, "y": 2}, {"x": 3, "y": 4}), "b": passes()},
        """
        a.out_#_y -> b.value
        a.out_#_x -> b.value
        """,
    )
    assert run.values("b") == [2, 1, 4, 3]


def test_a_pin_that_leads_nowhere_is_kept_as_an_output(play: Play) -> None:
    run = play({"a": sends("unused")})
    assert [row.outputs for row in run.of("a")] == ['[["out","unused"]]']
    assert run.verdict == DONE


# Static links


def test_each_value_is_paired_with_the_static_one(play: Play) -> None:
    run = play(
        {"a": sends("static"), "b": sends(1, 2), "c": ends_quietly()},
        """
        a.out => c.fixed
        b.out -> c.value
        """,
    )
    assert run.inputs_of("c") == [{"fixed": "static", "value": 1}, {"fixed": "static", "value": 2}]
    assert run.waiting("c") == []


def test_a_static_value_that_arrives_late_releases_all_that_wait() -> None:
    run = start(
        {"late": sends("here").effectful, "b": sends(1, 2), "c": ends_quietly()},
        """
        late.out => c.fixed
        b.out -> c.value
        """,
    ).advance()
    assert run.waiting("c") == [{"value": 1}, {"value": 2}]
    run.end("late").advance()
    assert run.inputs_of("c") == [{"fixed": "here", "value": 1}, {"fixed": "here", "value": 2}]
    assert run.waiting("c") == []


def test_later_firings_use_the_new_static_value() -> None:
    run = start(
        {"old": sends("old"), "new": sends("new").effectful, "b": sends(1), "later": sends(2).effectful,
         "c": ends_quietly()},
        """
        old.out => c.fixed
        new.out => c.fixed
        b.out -> c.value
        later.out -> c.value
        """,
    )  # fmt: skip
    run.advance().end("new").advance().end("later").advance()
    assert run.inputs_of("c") == [{"fixed": "old", "value": 1}, {"fixed": "new", "value": 2}]


def test_a_static_value_is_null_and_still_counts(play: Play) -> None:
    run = play(
        {"a": sends(None), "b": sends(1), "c": ends_quietly()},
        """
        a.out => c.fixed
        b.out -> c.value
        """,
    )
    assert run.inputs_of("c") == [{"fixed": None, "value": 1}]


def test_a_node_with_static_links_only_fires_once_all_have_a_value_and_again_with_each_later_one() -> (
    None
):
    run = start(
        {"a": sends(1), "b": sends("x").effectful, "c": ends_quietly()},
        """
        a.out => c.number
        b.out => c.letter
        """,
    ).advance()
    assert (run.inputs_of("c"), run.waiting("c")) == ([], [])
    run.end("b").advance()
    assert run.inputs_of("c") == [{"number": 1, "letter": "x"}]

    again = start({"a": sends(1, 2), "c": passes()}, "a.out => c.value").advance()
    assert again.values("c") == [1, 2]


def test_a_pin_with_both_kinds_of_links_takes_whatever_comes() -> None:
    run = start(
        {"late": sends("static").effectful, "own": sends("own"), "c": passes()},
        """
        late.out => c.value
        own.out -> c.value
        """,
    ).advance()
    assert run.values("c") == ["own"]
    run.end("late").advance()
    assert run.values("c") == ["own", "static"]


def test_on_a_pin_with_both_kinds_of_links_the_static_value_stands_in_when_no_other_is_left() -> (
    None
):
    run = start(
        {"seed": sends("seed"), "own": sends("own"), "go": sends(1, 2, 3), "c": ends_quietly()},
        """
        seed.out => c.value
        own.out -> c.value
        go.out -> c.go
        """,
    ).advance()
    assert run.values("c") == ["own", "seed", "seed"]


def test_a_counter_loop_can_be_seeded_by_an_input(play: Play) -> None:
    run = play(
        {
            "start": passes("input").having(name="start"),
            "add": adds(),
            "if": chooses().having(limit=3),
        },
        """
        start.out => add.value
        add.out -> if.value
        if.no -> add.value
        """,
        {"start": 0},
    )
    assert run.values("add") == [0, 1, 2]


# Defaults and nulls


def test_a_received_value_wins_over_the_default_and_other_defaults_stay(play: Play) -> None:
    run = play(
        {"a": sends("received"), "b": ends_quietly().having(value="default", other="kept")},
        "a.out -> b.value",
    )
    assert run.inputs_of("b") == [{"value": "received", "other": "kept"}]


def test_a_default_does_not_stand_in_for_a_linked_pin_without_a_value(play: Play) -> None:
    run = play(
        {"a": sends(1), "silent": sends(), "b": ends_quietly().having(second="default")},
        """
        a.out -> b.first
        silent.out -> b.second
        """,
    )
    assert run.inputs_of("b") == []
    assert run.waiting("b") == [{"first": 1}]


def test_null_is_a_value(play: Play) -> None:
    run = play({"a": sends(None), "b": ends_quietly().having(value="default")}, "a.out -> b.value")
    assert run.inputs_of("b") == [{"value": None}]


# Dynamic pins


def test_entries_of_a_dictionary_are_separate_needs_merged_over_the_default(play: Play) -> None:
    links = """
        a.out -> c.values_#_a
        b.out -> c.values_#_b
        """
    default = {"values": {"a": "default", "z": "default"}}
    run = play({"a": sends(1), "b": sends(2), "c": ends_quietly().having(**default)}, links)
    assert run.inputs_of("c") == [{"values": {"a": 1, "b": 2, "z": "default"}}]

    run = play({"a": sends(1), "b": sends(), "c": ends_quietly().having(**default)}, links)
    assert run.inputs_of("c") == []
    assert run.waiting("c") == [{"values_#_a": 1}]


def test_a_whole_value_is_the_ground_on_which_entries_are_put(play: Play) -> None:
    run = play(
        {"a": sends("entry"), "b": sends({"k": "whole", "m": "whole"}), "c": ends_quietly()},
        """
        a.out -> c.values_#_k
        b.out -> c.values
        """,
    )
    assert run.inputs_of("c") == [{"values": {"k": "entry", "m": "whole"}}]


@pytest.mark.parametrize(
    ("pin", "inputs"),
    [
        ("list_$_0", {"list": ["v"]}),
        ("list_$_2", {"list": [None, None, "v"]}),
        ("user_@_name", {"user": {"name": "v"}}),
        ("o_#_k_$_0", {"o": {"k": ["v"]}}),
        ("o_$_1_#_k", {"o": [None, {"k": "v"}]}),
    ],
)
def test_a_dynamic_pin_assembles_its_value(play: Play, pin: str, inputs: Inputs) -> None:
    run = play({"a": sends("v"), "b": ends_quietly()}, f"a.out -> b.{pin}")
    assert run.inputs_of("b") == [inputs]


def test_one_node_can_fire_with_different_items_without_mixing_them(play: Play) -> None:
    run = play(
        {"a": sends(1, 2), "b": ends_quietly().having(list=["first", "second"])},
        "a.out -> b.list_$_1",
    )
    assert run.inputs_of("b") == [{"list": ["first", 1]}, {"list": ["first", 2]}]


@pytest.mark.parametrize(
    ("selector", "received"),
    [
        ("out", [{"k": [1, {"d": None}], "o": "x"}]),
        ("out_#_k", [[1, {"d": None}]]),
        ("out_@_o", ["x"]),
        ("out_#_k_$_0", [1]),
        ("out_#_k_$_1_#_d", [None]),
        ("out_#_missing", []),
        ("out_#_k_$_2", []),
        ("out_$_0", []),
        ("out_#_o_#_x", []),
        ("out_#_k_#_0", []),
    ],
)
def test_a_selector_delivers_what_it_finds_and_nothing_else(
    play: Play, selector: str, received: list[Any]
) -> None:
    run = play(
        {"a": sends({"k": [1, {"d": None}], "o": "x"}), "b": passes()}, f"a.{selector} -> b.value"
    )
    assert run.values("b") == received
    assert run.waiting("b") == []
    assert run.verdict == DONE


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
    assert run.standing is Status.RUNNING


def test_a_firing_that_waits_for_its_retry_holds_those_behind_it() -> None:
    run = start(
        {"a": sends(1, 2), "b": passes().effectful.breaking(1, retries=1), "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance()
    run.end("b", 0).advance().end("b", 1).advance()
    assert run.statuses("b") == [Status.WAITING, Status.WAITING]
    assert run.standing is Status.WAITING
    run.release("b", 1).end("b", 1).advance()
    assert run.statuses("b") == [Status.WAITING, COMPLETED]
    assert run.values("c") == []
    run.release("b", 0).end("b", 0).advance()
    assert run.values("c") == [1, 2]


def test_a_pure_firing_that_waits_for_its_retry_holds_those_behind_it() -> None:
    run = start(
        {"a": sends(1, 2), "b": passes().breaking(1, retries=1), "c": passes()},
        "a.out -> b.value\nb.out -> c.value",
    ).advance()
    assert run.statuses("b") == [Status.WAITING, Status.WAITING]
    run.release("b", 1).advance()
    assert (run.statuses("b"), run.values("c")) == ([Status.WAITING, COMPLETED], [])
    run.release("b", 0).advance()
    assert run.values("c") == [1, 2]


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
    assert run.statuses("b") == [Status.WAITING, Status.WAITING]
    assert (run.values("c"), run.standing) == ([], Status.WAITING)
    for nth in (1, 0):
        run.release("b", nth)
        (run if part.is_pure else run.end("b", nth)).advance()
    assert run.values("c") == [1, 2]
    assert [(row.attempts, row.failures) for row in run.of("b")] == [(2, 0), (2, 0)]


# Errors


def test_a_linked_error_is_handled_and_the_run_completes(play: Play) -> None:
    run = play({"a": fails("no luck"), "b": passes()}, "a.error -> b.value")
    assert run.statuses("a") == [FAILED]
    assert run.values("b") == ["no luck"]
    assert run.failures == [Failure("a", "no luck")]
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


def test_a_retry_waits_for_as_long_as_the_policy_says() -> None:
    policy = {"retry": {"count": 3, "base": 2, "factor": 3}}
    part = Part(sends("v").run, flaky=9, metadata=policy)
    run = start({"a": part}).advance()
    delays = []
    while run.of("a")[0].status is Status.WAITING:
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
        ("fail", ["handled"], DONE),
        ("fail", ["a"], (FAILED, "First: m")),
        ("fail", ["handled", "b", "a"], (FAILED, "Second: m (also failed: First)")),
        ("stop", ["a"], (FAILED, "First: m")),
        ("stop", ["handled"], DONE),
        ("continue", ["a", "b"], DONE),
    ],
)
def test_a_run_ends_by_its_unhandled_failures(
    policy: str, failed: list[str], expected: tuple[Status, str]
) -> None:
    parts = {
        "a": Part(sends().run, metadata={"title": "First"}),
        "b": Part(sends().run, metadata={"customized_name": "Second"}),
        "handled": sends(),
        "c": passes(),
    }
    machine = Machine(parts, draw(parts, "handled.error -> c.value", on_error=policy))
    assert verdict(machine.plan, [Failure(node_id, "m") for node_id in failed]) == expected


# Branches, joins, loops


def chooses() -> Part:
    """Sends its `value` to `yes` or `no`."""

    def run(inputs: Inputs) -> Iterator[tuple[str, Any]]:
        yield ("yes" if inputs["value"] >= inputs.get("limit", 0) else "no"), inputs["value"]

    return Part(run)


def adds() -> Part:
    """Sends `value` + 1."""
    return Part(lambda inputs: [("out", inputs["value"] + 1)])


def appends() -> Part:
    """Sends `list` with `entry` at its end."""
    return Part(lambda inputs: [("out", [*inputs["list"], inputs["entry"]])])


def joins() -> Part:
    """Sends all that it got."""
    return Part(lambda inputs: [("out", inputs)])


def test_only_the_branch_that_is_taken_fires_and_a_join_of_both_never_does(play: Play) -> None:
    run = play(
        {
            "a": sends(1),
            "if": chooses(),
            "then": passes(),
            "else": passes(),
            "join": ends_quietly(),
        },
        """
        a.out -> if.value
        if.yes -> then.value
        if.no -> else.value
        then.out -> join.then
        else.out -> join.else
        """,
    )
    assert run.values("then") == [1]
    assert (run.of("else"), run.waiting("else")) == ([], [])
    assert run.of("join") == []
    assert run.waiting("join") == [{"then": 1}]
    assert run.verdict == DONE


def test_branches_that_meet_in_one_pin_go_on_whichever_is_taken(play: Play) -> None:
    run = play(
        {"a": sends(1, -1), "if": chooses(), "then": passes(), "else": passes(), "meet": passes()},
        """
        a.out -> if.value
        if.yes -> then.value
        if.no -> else.value
        then.out -> meet.value
        else.out -> meet.value
        """,
    )
    assert run.values("meet") == [1, -1]


@pytest.mark.parametrize("part", [appends(), appends().effectful], ids=["pure", "effectful"])
def test_a_self_loop_collects_the_items_of_a_fan_out_and_one_list_is_left_over(
    play: Play, part: Part
) -> None:
    run = play(
        {"seed": sends([]), "items": sends(1, 2, 3, 4, 5), "add": part},
        """
        seed.out -> add.list
        items.out -> add.entry
        add.out -> add.list
        """,
    )
    assert run.values("add", "entry") == [1, 2, 3, 4, 5]
    assert run.waiting("add") == [{"list": [1, 2, 3, 4, 5]}]
    assert run.verdict == DONE


def test_a_counter_loop_stops_after_three(play: Play) -> None:
    run = play(
        {"seed": sends(0), "add": adds(), "if": chooses().having(limit=3), "end": passes()},
        """
        seed.out -> add.value
        add.out -> if.value
        if.no -> add.value
        if.yes -> end.value
        """,
    )
    assert run.values("add") == [0, 1, 2]
    assert run.values("end") == [3]
    assert run.verdict == DONE


def test_a_loop_of_static_links_goes_round(play: Play) -> None:
    stops = Part(lambda inputs: [("out", inputs["value"] + 1)] if inputs["value"] < 3 else [])
    run = play({"seed": sends(0), "add": stops}, "seed.out => add.value\nadd.out => add.value")
    assert run.values("add") == [0, 1, 2, 3]


# What starts


def test_what_no_link_leads_to_starts_with_its_defaults(play: Play) -> None:
    run = play({"a": passes().having(value="default"), "b": passes()}, "a.out -> b.value")
    assert run.values("a") == ["default"]
    assert run.values("b") == ["default"]


def test_an_input_takes_the_run_input_of_its_name_and_else_its_default(play: Play) -> None:
    run = play(
        {
            "a": passes("input").having(name="city", value="Rome"),
            "b": passes("input").having(value=7),
        },
        inputs={"city": "Oslo", "other": 1},
    )
    assert run.values("a") == ["Oslo"]
    assert run.values("b") == [7]


def test_an_input_without_a_value_leaves_what_follows_it_unfired(play: Play) -> None:
    asks = Part(
        lambda inputs: [("out", inputs["value"])] if "value" in inputs else [], kind="input"
    )
    run = play({"a": asks, "b": passes()}, "a.out => b.value")
    assert run.statuses("a") == [COMPLETED]
    assert (run.of("b"), run.waiting("b")) == ([], [])
    assert run.verdict == DONE


def test_an_input_with_a_link_into_it_starts_with_the_run_and_fires_again(play: Play) -> None:
    run = play(
        {"a": sends("by link"), "b": passes("input").having(name="x")},
        "a.out -> b.value",
        {"x": "given"},
    )
    assert run.values("b") == ["given", "by link"]


def test_notes_never_run(play: Play) -> None:
    run = play(
        {"a": sends(1), "note": passes("note"), "lonely": passes("note")}, "a.out -> note.value"
    )
    assert (run.of("note"), run.waiting("note")) == ([], [])
    assert run.of("lonely") == []
    assert run.verdict == DONE


def test_a_cycle_that_nothing_leads_into_does_not_start(play: Play) -> None:
    run = play({"a": sends(1), "b": passes(), "c": passes()}, "b.out -> c.value\nc.out -> b.value")
    assert run.of("b") + run.of("c") == []
    assert run.verdict == DONE


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
    assert run.standing is Status.RUNNING
    run.end("a").advance()
    assert run.standing is Status.RUNNING
    run.end("b").advance()
    assert run.waiting("c") == [{"b": 2}]
    assert run.standing is Status.WAITING
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
    assert build(draw(parts, **settings), Machine(parts, draw(parts))._traits).limits == limits

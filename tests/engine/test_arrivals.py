"""What arrives at a node, and with what it fires: queues, static values, defaults, dynamic pins."""

from typing import Any

import pytest

from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.harness import start
from tests.engine.parts import (
    Inputs,
    ends_quietly,
    passes,
    sends,
)

COMPLETED = Status.COMPLETED
DONE = (COMPLETED, "")


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

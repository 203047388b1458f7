"""What starts, which branch is taken, how loops go round and when they stop."""

import pytest

from executions.engine.status import Status
from tests.engine.conftest import Play
from tests.engine.parts import (
    Part,
    adds,
    appends,
    chooses,
    ends_quietly,
    passes,
    sends,
)

COMPLETED = Status.COMPLETED
DONE = (COMPLETED, "")


# Branches, joins, loops


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


def test_a_loop_that_an_input_seeds_keeps_using_its_other_static_values(play: Play) -> None:
    counts = Part(lambda inputs: [("out", inputs["value"] + inputs["step"])])
    run = play(
        {
            "start": passes("input").having(name="start"),
            "step": passes("input").having(name="step"),
            "add": counts,
            "if": chooses().having(limit=5),
        },
        """
        start.out => add.value
        step.out => add.step
        add.out -> if.value
        if.no -> add.value
        """,
        {"start": 0, "step": 2},
    )
    assert run.inputs_of("add") == [
        {"value": 0, "step": 2},
        {"value": 2, "step": 2},
        {"value": 4, "step": 2},
    ]


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

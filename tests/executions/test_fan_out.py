"""For each and Collect: every item once, in order, whatever happens to it on the way."""

from functools import partial

import pytest
from django.utils import timezone

from executions.engine.status import Status
from executions.workers import recovery, work
from tests.executions import scene
from tests.executions.scene import drawing, run, start, statuses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("invariants_hold"),
]


def loop(block_id, items, *more_links, **more_nodes):
    """For each item run a block, collect what it sends."""
    return drawing(
        {
            "each": ("for_each_block", {"items": items}),
            "do": (block_id, {}),
            "all": ("collect_block", {}),
            "out": ("output_block", {"name": "all"}),
            **more_nodes,
        },
        ["each.item -> do.value", "do.value -> all.item", "all.list -> out.value", *more_links],
    )


@pytest.mark.parametrize("block_id", ["test_pure", "test_idempotent"])
@pytest.mark.parametrize("items", [[], [1], [3, 1, 2], list(range(50))])
def test_collect_gives_one_list_in_the_order_of_the_items(user, block_id, items):
    execution = run(user, loop(block_id, items))

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"all": [items]}


def test_items_may_end_in_any_order(user):
    execution = start(user, loop("test_idempotent", [1, 2, 3, 4]))
    result = work.burst.run([execution.pk], work.WORKER_ID, partial(min, 100))[execution.pk]
    ended = [(attempt, work.outcome_of(work.Held(attempt, 1e9))) for attempt in result.claimed]
    for place in (2, 0, 3, 1):
        assert "all" not in statuses(execution)
        work._commit_for({execution.pk: [ended[place]]})

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"all": [[1, 2, 3, 4]]})


def test_an_item_that_fails_is_left_out(user):
    def odd(value, ports):
        if value % 2:
            raise scene.BlockError("even numbers only")
        yield "value", value

    scene.behaviours["odd"] = odd
    graph = drawing(
        {
            "each": ("for_each_block", {"items": [1, 2, 3, 4]}),
            "do": ("test_idempotent", {"does": "odd"}),
            "all": ("collect_block", {}),
            "out": ("output_block", {"name": "all"}),
        },
        ["each.item -> do.value", "do.value -> all.item", "all.list -> out.value"],
        settings={"on_error": "continue"},
    )
    execution = run(user, graph)

    assert execution.outputs == {"all": [[2, 4]]}
    assert execution.error_count == 2


def test_branches_not_taken_do_not_hold_collect_back(user):
    graph = drawing(
        {
            "each": ("for_each_block", {"items": [1, 5, 2, 7]}),
            "big": ("condition_block", {"operator": ">", "value2": 3}),
            "all": ("collect_block", {}),
            "out": ("output_block", {"name": "big"}),
        },
        ["each.item -> big.value1", "big.yes_output -> all.item", "all.list -> out.value"],
    )

    assert run(user, graph).outputs == {"big": [[5, 7]]}


def test_fan_outs_can_be_nested(user):
    graph = drawing(
        {
            "rows": ("for_each_block", {"items": [[1, 2], [], [3]]}),
            "cells": ("for_each_block", {}),
            "do": ("test_idempotent", {}),
            "row": ("collect_block", {}),
            "table": ("collect_block", {}),
            "out": ("output_block", {"name": "table"}),
        },
        [
            "rows.item -> cells.items",
            "cells.item -> do.value",
            "do.value -> row.item",
            "row.list -> table.item",
            "table.list -> out.value",
        ],
    )

    assert run(user, graph).outputs == {"table": [[[1, 2], [], [3]]]}


def test_two_collects_of_one_fan_out_get_what_was_sent_to_each(user):
    execution = run(
        user,
        loop(
            "test_idempotent",
            [1, 2],
            "each.index -> numbers.item",
            "numbers.list -> out2.value",
            numbers=("collect_block", {}),
            out2=("output_block", {"name": "numbers"}),
        ),
    )

    assert execution.outputs == {"all": [[1, 2]], "numbers": [[0, 1]]}


def test_a_fan_out_longer_than_a_burst_is_collected_whole(user, monkeypatch):
    monkeypatch.setattr("executions.bursts.shifts.MAX_FIRINGS", 7)
    execution = run(user, loop("test_pure", list(range(40))))

    assert execution.outputs == {"all": [list(range(40))]}
    assert statuses(execution)["all"] == ["COMPLETED"]


def test_an_item_that_waits_keeps_the_fan_out_open(user):
    graph = drawing(
        {
            "each": ("for_each_block", {"items": [1]}),
            "wait": ("wait_block", {"seconds": 60}),
            "all": ("collect_block", {}),
        },
        ["each.item -> wait.value", "wait.value -> all.item"],
    )
    execution = run(user, graph)

    assert execution.status == Status.WAITING
    assert "all" not in statuses(execution)


@pytest.mark.parametrize("block_id", ["store_value_block", "test_pure"])
def test_items_that_wait_for_a_late_value_are_waited_for(user, block_id):
    """A value from outside of the fan-out, remembered or used once, that comes when the items wait already."""
    out = {"store_value_block": "output", "test_pure": "value"}[block_id]
    graph = drawing(
        {
            "slow": ("wait_block", {"value": "x", "seconds": 60}),
            "keep": (block_id, {}),
            "each": ("for_each_block", {"items": [1]}),
            "join": ("create_list_block", {}),
            "all": ("collect_block", {}),
            "out": ("output_block", {"name": "all"}),
        },
        [
            f"slow.value -> keep.{'input' if out == 'output' else 'value'}",
            f"keep.{out} -> join.values_$_1",
            "each.item -> join.values_$_0",
            "join.list -> all.item",
            "all.list -> out.value",
        ],
    )
    execution = run(user, graph)
    assert "all" not in statuses(execution)

    execution.node_executions.filter(node_id="slow").update(due_at=timezone.now())
    recovery.release_due()
    work.advance(execution.pk)

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"all": [[[1, "x"]]]})


def test_items_that_wait_for_a_value_that_cannot_come_are_left_out_once(user):
    graph = drawing(
        {
            "each": ("for_each_block", {"items": [1, 2, 3]}),
            "two": ("step_through_items_block", {"items": ["a", "b"]}),
            "join": ("create_list_block", {}),
            "all": ("collect_block", {}),
            "after": ("test_idempotent", {}),
            "out": ("output_block", {"name": "all"}),
        },
        [
            "each.item -> join.values_$_0",
            "two.item -> join.values_$_1",
            "join.list -> all.item",
            "all.list -> after.value",
            "after.value -> out.value",
        ],
    )
    execution = run(user, graph)

    assert execution.outputs == {"all": [[[1, "a"], [2, "b"]]]}
    assert statuses(execution)["all"] == ["COMPLETED"]
    assert statuses(execution)["join"] == ["COMPLETED", "COMPLETED", "INCOMPLETE"]


def test_a_for_each_may_lead_back_into_itself(user):
    graph = drawing(
        {
            "each": ("for_each_block", {}),
            "first": ("create_list_block", {"values": [[[]]]}),
            "all": ("collect_block", {}),
        },
        ["first.list -> each.items", "each.item -> each.items", "each.count -> all.item"],
    )
    assert run(user, graph).status == Status.COMPLETED

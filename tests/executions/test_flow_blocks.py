"""Switch, Merge, Try, Counter, limits and policies, with everything between two bursts in the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.engine.status import Status
from executions.explaining import explain
from executions.models import NodeExecution
from executions.workers import recovery, work
from tests.executions import scene
from tests.executions.scene import drawing, run, statuses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("invariants_hold"),
]


@pytest.fixture(params=[5_000, 1], ids=["whole", "cut"], autouse=True)
def _cut(request, monkeypatch):
    """In bursts as long as can be, and ended after every pure firing, as a kill would."""
    monkeypatch.setattr("executions.bursts.shifts.MAX_FIRINGS", request.param)


def out(name):
    return "output_block", {"name": name}


def fire_timers(execution):
    execution.node_executions.filter(status=Status.WAITING).update(
        due_at=timezone.now() - timedelta(seconds=1)
    )
    for run_id in recovery.release_due().runs:
        work.advance(run_id)
    work.fill_slots()
    execution.refresh_from_db()


@pytest.fixture
def open_at_once():
    """How many firings of "do" were open, whenever one ran."""
    seen = []

    def watch(value, ports):
        rows = NodeExecution.objects.filter(
            node_id="do", status__in=[Status.QUEUED, Status.RUNNING]
        )
        seen.append(rows.count())
        yield "value", value

    scene.behaviours["watch"] = watch
    return seen


def test_a_switch_sends_each_value_its_own_way(user):
    cases = [
        {"output": "big", "operator": ">", "value": 9},
        {"output": "small", "operator": ">", "value": 0},
    ]
    graph = drawing(
        {
            "numbers": ("step_through_items_block", {"items": [12, 3, -1]}),
            "switch": ("switch_block", {"cases": cases}),
            "big": out("big"),
            "small": out("small"),
            "rest": out("rest"),
        },
        [
            "numbers.item -> switch.value",
            "switch.big -> big.value",
            "switch.small -> small.value",
            "switch.default -> rest.value",
        ],
    )
    assert run(user, graph).outputs == {"big": [12], "small": [3], "rest": [-1]}


def test_a_merge_goes_on_when_nothing_more_can_come(user):
    graph = drawing(
        {
            "a": ("test_pure", {"value": 1}),
            "slow": ("wait_block", {"value": 2, "seconds": 60}),
            "unrelated": ("wait_block", {"value": 3, "seconds": 600}),
            "if": ("condition_block", {"value1": 1, "operator": ">", "value2": 3}),
            "never": ("test_idempotent", {}),
            "merge": ("merge_block", {}),
            "out": out("all"),
        },
        [
            "a.value -> merge.values_#_a",
            "slow.value -> merge.values_#_b",
            "if.yes_output -> never.value",
            "never.value -> merge.values_#_c",
            "merge.merged -> out.value",
        ],
    )
    execution = run(user, graph)
    assert statuses(execution)["merge"] == ["INCOMPLETE"]

    execution.node_executions.filter(node_id="slow").update(due_at=timezone.now())
    recovery.release_due()
    work.advance(execution.pk)

    assert statuses(execution)["merge"] == ["COMPLETED"]
    assert execution.node_executions.get(node_id="out").inputs["value"] == [1, 2]
    assert explain(execution, "merge") == ["It ran because nothing more could arrive."]


def test_the_first_to_arrive_wins_once(user):
    graph = drawing(
        {
            "fast": ("test_pure", {"value": "fast"}),
            "slow": ("wait_block", {"value": "slow", "seconds": 60}),
            "first": ("first_to_arrive_block", {}),
            "out": out("won"),
        },
        [
            "fast.value -> first.values_#_a",
            "slow.value -> first.values_#_b",
            "first.value -> out.value",
        ],
    )
    execution = run(user, graph)
    fire_timers(execution)
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"won": ["fast"]})
    assert statuses(execution)["first"] == ["COMPLETED"]


@pytest.mark.parametrize("block_id", ["test_pure", "test_idempotent"])
@pytest.mark.parametrize("on_error", ["fail", "stop"])
def test_a_catch_gets_what_failed_and_the_run_completes(user, block_id, on_error):
    graph = drawing(
        {
            "try": ("try_block", {"value": 5}),
            "do": (block_id, {"does": "fail"}),
            "catch": ("catch_block", {}),
            "why": out("why"),
            "value": out("value"),
        },
        [
            "try.value -> do.value",
            "do.value -> catch.value",
            "catch.failure_#_message -> why.value",
            "catch.value -> value.value",
        ],
        settings={"on_error": on_error},
        metadata={"do": {"title": "Do it"}},
    )
    execution = run(user, graph)
    assert (execution.status, execution.outputs) == (
        Status.COMPLETED,
        {"why": ["it cannot be done"]},
    )
    assert execution.error_count == 1
    assert execution.node_executions.get(node_id="catch").inputs["failures"] == [
        {
            "message": "it cannot be done",
            "code": "block_failed",
            "node": "Do it",
            "node_id": "do",
        }
    ]


def test_a_failure_outside_of_the_try_fails_the_run(user):
    graph = drawing(
        {
            "try": ("try_block", {"value": 5}),
            "catch": ("catch_block", {}),
            "after": ("test_pure", {"does": "fail"}),
        },
        ["try.value -> catch.value", "catch.value -> after.value"],
    )
    execution = run(user, graph)
    assert (execution.status, execution.error) == (Status.FAILED, "after: it cannot be done")


def test_a_counter_counts_through_the_bursts_of_a_run(user):
    graph = drawing(
        {
            "letters": ("step_through_items_block", {"items": ["a", "b", "c"]}),
            "wait": ("wait_block", {"seconds": 60}),
            "count": ("counter_block", {"start": 10, "step": 10}),
            "out": out("numbers"),
        },
        ["letters.item -> wait.value", "wait.value -> count.value", "count.count -> out.value"],
    )
    execution = run(user, graph)
    for node in execution.node_executions.filter(node_id="wait").in_order():
        NodeExecution.objects.filter(pk=node.pk).update(
            due_at=timezone.now() - timedelta(seconds=1)
        )
        recovery.release_due()
        work.advance(execution.pk)
    execution.refresh_from_db()
    assert execution.outputs == {"numbers": [10, 20, 30]}


def test_a_static_value_that_is_null_outlives_its_burst(user):
    graph = drawing(
        {
            "nothing": ("test_pure", {}),
            "keep": ("store_value_block", {}),
            "slow": ("wait_block", {"value": 1, "seconds": 60}),
            "both": ("create_list_block", {}),
            "out": out("both"),
        },
        [
            "nothing.value -> keep.input",
            "keep.output -> both.values_$_0",
            "slow.value -> both.values_$_1",
            "both.list -> out.value",
        ],
    )
    execution = run(user, graph)
    fire_timers(execution)
    assert execution.outputs == {"both": [[None, 1]]}


def test_a_counter_counts_for_each_item_anew(user):
    graph = drawing(
        {
            "each": ("for_each_block", {"items": ["a", "b"]}),
            "count": ("counter_block", {"limit": 2}),
            "do": ("test_idempotent", {}),
            "all": ("collect_block", {}),
            "out": out("all"),
        },
        [
            "each.item -> count.value",
            "count.value -> do.value",
            "do.value -> count.value",
            "count.over -> all.item",
            "all.list -> out.value",
        ],
    )
    assert run(user, graph).outputs == {"all": [["a", "b"]]}
    assert scene.calls["echo"] == ["a", "a", "b", "b"] or sorted(scene.calls["echo"]) == list(
        "aabb"
    )


@pytest.mark.parametrize("at_once", [1, 2, "3"])
def test_no_more_items_than_allowed_are_on_their_way(user, at_once, open_at_once):
    graph = drawing(
        {
            "each": ("for_each_block", {"items": [1, 2, 3, 4, 5], "at_once": at_once}),
            "do": ("test_idempotent", {"does": "watch"}),
            "all": ("collect_block", {}),
            "out": out("all"),
        },
        ["each.item -> do.value", "do.value -> all.item", "all.list -> out.value"],
    )
    assert run(user, graph).outputs == {"all": [[1, 2, 3, 4, 5]]}
    assert max(open_at_once) == int(at_once)


def test_limits_hold_for_nested_fan_outs(user, open_at_once):
    graph = drawing(
        {
            "rows": ("for_each_block", {"items": [[1, 2, 3], [], [4, 5]], "at_once": 1}),
            "cells": ("for_each_block", {"at_once": 2}),
            "do": ("test_idempotent", {"does": "watch"}),
            "row": ("collect_block", {}),
            "table": ("collect_block", {}),
            "out": out("table"),
        },
        [
            "rows.item -> cells.items",
            "cells.item -> do.value",
            "do.value -> row.item",
            "row.list -> table.item",
            "table.list -> out.value",
        ],
    )
    assert run(user, graph).outputs == {"table": [[[1, 2, 3], [], [4, 5]]]}
    assert max(open_at_once) == 2


def test_a_wrong_limit_fails_the_for_each(user):
    graph = drawing(
        {"numbers": ("test_pure", {"value": 0}), "each": ("for_each_block", {"items": [1]})},
        ["numbers.value -> each.at_once"],
    )
    execution = run(user, graph)
    assert execution.status == Status.FAILED
    assert "a number of 1 or more is needed" in execution.error


def test_fan_outs_of_one_for_each_are_collected_in_the_order_of_its_firings(user):
    graph = drawing(
        {
            "lists": ("step_through_items_block", {"items": [[1], [2], [3]]}),
            "each": ("for_each_block", {}),
            "keep": ("wait_block", {"seconds": 60}),
            "all": ("collect_block", {}),
            "out": out("all"),
        },
        [
            "lists.item -> each.items",
            "each.item -> keep.value",
            "keep.value -> all.item",
            "all.list -> out.value",
        ],
    )
    execution = run(user, graph)
    for node in execution.node_executions.filter(node_id="keep").order_by("-position"):
        assert "all" not in statuses(execution)
        NodeExecution.objects.filter(pk=node.pk).update(
            due_at=timezone.now() - timedelta(seconds=1)
        )
        recovery.release_due()
        work.advance(execution.pk)

    execution.refresh_from_db()
    assert execution.outputs == {"all": [[1], [2], [3]]}


@pytest.mark.parametrize("block_id", ["test_pure", "test_idempotent", "test_at_most_once"])
def test_a_fallback_is_sent_instead_of_a_failure_and_the_error_stays_visible(user, block_id):
    graph = drawing(
        {"do": (block_id, {"does": "fail"}), "out": out("got")},
        ["do.value -> out.value"],
        metadata={"do": {"fallback": {"value": "instead"}}},
    )
    execution = run(user, graph)
    assert (execution.status, execution.outputs, execution.error_count) == (
        Status.COMPLETED,
        {"got": ["instead"]},
        0,
    )
    node = execution.node_executions.get(node_id="do")
    assert (node.status, node.error) == (Status.COMPLETED, "it cannot be done")
    assert explain(execution, "do") == [
        "It ran because it starts with the run, failed, and sent its fallback instead: it cannot be done"
    ]


def test_a_firing_that_fell_back_is_not_charged(user):
    before = user.credits
    graph = drawing(
        {"do": ("test_paid", {"does": "fail"})}, metadata={"do": {"fallback": {"value": 0}}}
    )
    assert run(user, graph).status == Status.COMPLETED
    user.refresh_from_db()
    assert user.credits == before


def test_the_highest_priority_is_claimed_first(user):
    graph = drawing(
        {name: ("test_idempotent", {"value": name}) for name in ("low", "plain", "high")},
        metadata={"low": {"priority": -5}, "high": {"priority": 5}},
    )
    run(user, graph)
    assert scene.calls["echo"] == ["high", "plain", "low"]


def test_a_policy_may_name_the_errors_after_which_a_node_is_tried_again(user):
    graph = drawing(
        {"a": ("test_idempotent", {"does": "fail"}), "b": ("test_idempotent", {"does": "fail"})},
        metadata={
            "a": {"retry": {"count": 1, "base": 0, "on": ["block_failed"]}},
            "b": {"retry": {"count": 1, "base": 0, "on": ["timeout"]}},
        },
    )
    execution = run(user, graph)
    assert statuses(execution) == {"a": ["WAITING"], "b": ["FAILED"]}
    fire_timers(execution)
    assert statuses(execution) == {"a": ["FAILED"], "b": ["FAILED"]}


def test_an_effect_that_must_not_happen_twice_is_not_tried_again_whatever_the_policy_names(user):
    graph = drawing(
        {"a": ("test_at_most_once", {"does": "fail"})},
        metadata={"a": {"retry": {"count": 3, "base": 0, "on": ["any"]}}},
    )
    execution = run(user, graph)
    assert statuses(execution) == {"a": ["FAILED"]}
    assert len(scene.calls["fail"]) == 1

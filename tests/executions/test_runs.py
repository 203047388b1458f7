"""Runs, brought to their end in this thread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import credits
from accounts.errors import InsufficientCreditsError
from executions import services
from executions.attempts import claims
from executions.engine.status import Status
from executions.errors import StillRunningError
from executions.models import Execution
from executions.workers import work
from graphs import services as graph_services
from graphs.errors import InvalidGraphError
from tests.executions import scene
from tests.executions.scene import drawing, run, save, start, statuses

pytestmark = pytest.mark.django_db(transaction=True)

ECHO = drawing(
    {
        "in": ("text_input_block", {}),
        "echo": ("test_pure", {}),
        "out": ("output_block", {"name": "said"}),
    },
    ["in.text -> echo.value", "echo.value -> out.value"],
)
EFFECT = drawing(
    {"do": ("test_idempotent", {"value": 7}), "out": ("output_block", {"name": "said"})},
    ["do.value -> out.value"],
)


def test_a_pure_run_ends_in_one_burst_with_every_node_recorded(user):
    execution = run(user, ECHO, text="hello")

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"said": ["hello"]}
    assert statuses(execution) == {"in": ["COMPLETED"], "echo": ["COMPLETED"], "out": ["COMPLETED"]}
    assert execution.started_at <= execution.ended_at


def test_events_are_numbered_without_gaps_and_tell_the_whole_story(user):
    execution = run(user, EFFECT)

    events = list(execution.events.order_by("seq").values_list("seq", "kind", "data"))
    assert [seq for seq, _, _ in events] == list(range(1, len(events) + 1))
    assert [data["status"] for _, kind, data in events if kind == "execution"] == [
        "QUEUED",
        "RUNNING",
        "COMPLETED",
    ]
    last = {
        node["node_id"]: node["status"]
        for _, kind, data in events
        if kind == "nodes"
        for node in data["nodes"]
    }
    assert last == {"do": "COMPLETED", "out": "COMPLETED"}


def test_a_graph_without_outputs_gives_what_its_last_nodes_sent(user):
    execution = run(
        user,
        drawing(
            {"a": ("test_pure", {"value": [1]}), "b": ("test_pure", {})}, ["a.value -> b.value"]
        ),
    )

    assert execution.outputs == {"value": [[1]]}


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({}, 'The input "text" is required'),
        ({"text": "x", "other": 1}, 'has no input "other"'),
    ],
)
def test_wrong_inputs_are_refused_before_anything_exists(user, inputs, part):
    with pytest.raises(InvalidGraphError, match=part):
        start(user, ECHO, **inputs)

    assert Execution.objects.count() == 0


def test_a_run_works_on_the_version_it_started_with(user):
    version = save(user, ECHO)
    execution = services.start_execution(version=version, user=user, inputs={"text": "old"})
    changed = drawing({"other": ("test_pure", {"value": "new"})})
    graph_services.save_version(graph=version.graph, name="Scene", description="", drawing=changed)
    graph_services.delete_graph(version.graph, by=user)

    work.advance(execution.pk)

    execution.refresh_from_db()
    assert execution.outputs == {"said": ["old"]}


FAILING = {"bad": ("test_pure", {"does": "fail"}), "good": ("test_pure", {"value": 1})}


def test_an_unhandled_failure_fails_the_run_and_names_the_node(user):
    execution = run(user, drawing(FAILING, metadata={"bad": {"title": "Bad one"}}))

    assert execution.status == Status.FAILED
    assert execution.error == "Bad one: it cannot be done"
    assert execution.error_count == 1
    assert statuses(execution) == {"bad": ["FAILED"], "good": ["COMPLETED"]}


def test_a_failure_whose_error_pin_leads_somewhere_is_handled(user):
    graph = drawing(
        {**FAILING, "out": ("output_block", {"name": "why"})}, ["bad.error -> out.value"]
    )
    execution = run(user, graph)

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"why": ["it cannot be done"]}
    assert execution.error_count == 1


def test_policy_continue_completes_in_spite_of_failures(user):
    execution = run(user, drawing(FAILING, settings={"on_error": "continue"}))

    assert (execution.status, execution.error_count) == (Status.COMPLETED, 1)


def test_policy_stop_cancels_what_is_open(user):
    graph = drawing(
        {"bad": ("test_pure", {"does": "fail"}), "slow": ("test_idempotent", {})},
        settings={"on_error": "stop"},
    )
    execution = run(user, graph)

    assert execution.status == Status.FAILED
    assert statuses(execution) == {"bad": ["FAILED"], "slow": ["CANCELLED"]}
    assert scene.calls["echo"] == []


def test_values_yielded_before_a_failure_are_still_delivered(user):
    def half(value, ports):
        yield "value", "first"
        raise RuntimeError("a secret of the inside")

    scene.behaviours["half"] = half
    graph = drawing(
        {"half": ("test_idempotent", {"does": "half"}), "out": ("output_block", {"name": "said"})},
        ["half.value -> out.value"],
    )
    execution = run(user, graph)

    assert execution.outputs == {"said": ["first"]}
    assert execution.error == "half: The block stopped unexpectedly"


def test_an_endless_loop_ends_at_the_limit_of_node_executions(user):
    graph = drawing(
        {"loop": ("test_pure", {}), "seed": ("test_pure", {"value": 1})},
        ["seed.value -> loop.value", "loop.value -> loop.value"],
        settings={"limits": {"node_executions": 50}},
    )
    execution = run(user, graph)

    assert execution.status == Status.FAILED
    assert "more than 50 node executions" in execution.error
    assert execution.node_executions.unfinished().count() == 0


def test_a_loop_longer_than_a_burst_goes_on_in_the_next(user, monkeypatch):
    monkeypatch.setattr("executions.bursts.shifts.MAX_FIRINGS", 3)
    nodes = {f"n{index}": ("test_pure", {"value": 1}) for index in range(10)}
    graph = drawing(nodes, [f"n{index}.value -> n{index + 1}.value" for index in range(9)])
    execution = run(user, graph)

    assert execution.status == Status.COMPLETED
    assert len(scene.calls["echo"]) == 10


def test_an_output_that_cannot_be_stored_fails_the_node(user):
    scene.behaviours["odd"] = lambda value, ports: iter([("value", {1, 2})])
    execution = run(user, drawing({"odd": ("test_idempotent", {"does": "odd"})}))

    node = execution.node_executions.get()
    assert (node.status, node.error_code) == (Status.FAILED, "output_not_storable")


def test_nul_characters_are_replaced_where_they_arise(user):
    scene.behaviours["nul"] = lambda value, ports: iter([("value", "a\0b")])
    execution = run(user, drawing({"nul": ("test_idempotent", {"does": "nul"})}))

    assert execution.outputs == {"value": ["a\ufffdb"]}


def test_slow_parallel_firings_of_one_node_deliver_in_order(user):
    graph = drawing(
        {
            "items": ("step_through_items_block", {"items": [1, 2, 3, 4]}),
            "do": ("test_idempotent", {}),
            "out": ("output_block", {"name": "said"}),
        },
        ["items.item -> do.value", "do.value -> out.value"],
    )
    execution = start(user, graph)
    result = _burst(execution)
    ended = [(attempt, work.outcome_of(work.Held(attempt, 0))) for attempt in result.claimed]
    for one in reversed(ended):
        work._commit_for({execution.pk: [one]})

    execution.refresh_from_db()
    assert execution.outputs == {"said": [1, 2, 3, 4]}


def _burst(execution):
    return work.burst.run([execution.pk], work.WORKER_ID, partial(min, 100))[execution.pk]


def test_stop_before_the_start_leaves_nothing_to_run(user):
    execution = start(user, EFFECT)

    assert services.stop(execution).status == Status.CANCELLED

    work.advance(execution.pk)
    work.fill_slots()
    assert scene.calls["echo"] == []
    assert statuses(execution) == {"do": ["CANCELLED"]}


def test_stop_while_a_node_runs_drops_what_it_still_sends(user):
    execution = start(user, EFFECT)

    def stopped_meanwhile(value, ports):
        services.stop(execution)
        yield "value", "too late"

    scene.behaviours["stopped"] = stopped_meanwhile
    execution.node_executions.update(inputs={"does": "stopped"})
    work.fill_slots()

    execution.refresh_from_db()
    assert execution.status == Status.CANCELLED
    assert execution.outputs == {}
    assert statuses(execution) == {"do": ["CANCELLED"]}


def test_stop_of_a_run_that_has_ended_changes_nothing(user):
    execution = run(user, ECHO, text="x")

    assert services.stop(execution) is None
    execution.refresh_from_db()
    assert execution.status == Status.COMPLETED


def test_only_a_run_that_has_ended_can_be_deleted(user):
    execution = start(user, EFFECT)
    with pytest.raises(StillRunningError):
        services.delete_execution(execution)

    services.stop(execution)
    services.delete_execution(execution)

    assert not Execution.objects.owned_by(user).exists()


PAID = drawing({"pay": ("test_paid", {"value": 1})})


def test_a_node_that_costs_is_charged_once(user):
    before = user.credits
    execution = run(user, PAID)
    user.refresh_from_db()

    assert execution.status == Status.COMPLETED
    assert execution.cost == 5
    assert user.credits == before - 5 == sum(user.credit_entries.values_list("amount", flat=True))


def test_a_node_that_failed_is_not_charged(user):
    before = user.credits
    execution = run(user, drawing({"pay": ("test_paid", {"does": "fail"})}))
    user.refresh_from_db()

    assert execution.cost == 0
    assert user.credits == before == sum(user.credit_entries.values_list("amount", flat=True))


@pytest.mark.parametrize("is_stopped", [True, False], ids=["stopped", "over its limit"])
def test_a_node_that_was_cancelled_is_not_charged(user, is_stopped):
    before = user.credits
    execution = start(user, PAID)
    with transaction.atomic():
        (attempt,) = claims.claim(work.WORKER_ID, 1)
        credits.spend(user.pk, attempt.cost, reference=str(attempt.id))
    if is_stopped:
        services.stop(execution)
    else:
        Execution.objects.update(created_at=timezone.now() - timedelta(days=9))
        work.advance(execution.pk)
    user.refresh_from_db()

    assert statuses(execution) == {"pay": ["CANCELLED"]}
    assert user.credits == before == sum(user.credit_entries.values_list("amount", flat=True))


def test_a_run_that_the_balance_cannot_pay_is_refused(user):
    credits.grant(user, 4 - user.credits)

    with pytest.raises(InsufficientCreditsError, match=r"^Insufficient balance"):
        start(user, PAID)


def test_a_node_that_the_balance_cannot_pay_any_more_does_not_run(user):
    execution = start(user, PAID)
    credits.grant(user, 4 - user.credits)
    work.fill_slots()

    execution.refresh_from_db()
    assert execution.cost == 0
    assert scene.calls["echo"] == []
    assert execution.status == Status.FAILED
    assert execution.node_executions.get().error_code == "insufficient_credits"


def test_a_graph_in_which_nothing_can_start_is_refused(user):
    loop = drawing({"a": ("test_pure", {})}, ["a.value -> a.value"])

    with pytest.raises(InvalidGraphError, match="Nothing can start"):
        start(user, loop)


def test_large_numbers_come_through(user):
    scene.behaviours["huge"] = lambda value, ports: iter([("value", 1e30), ("value", 2**64 - 1)])
    execution = run(user, drawing({"huge": ("test_idempotent", {"does": "huge"})}))

    assert execution.outputs == {"value": [1e30, 2**64 - 1]}


def test_a_whole_number_that_cannot_be_kept_exactly_fails_its_node(user):
    scene.behaviours["huge"] = lambda value, ports: iter([("value", 2**64)])
    execution = run(user, drawing({"huge": ("test_idempotent", {"does": "huge"})}))

    assert execution.node_executions.get().error_code == "output_not_storable"


def test_stop_never_waits_for_those_who_wait_for_it(user):
    """Rows are locked in one order, so a stop and outcomes that come at the same moment cannot block each other."""
    items = list(range(30))
    graph = drawing(
        {"each": ("step_through_items_block", {"items": items}), "do": ("test_idempotent", {})},
        ["each.item -> do.value"],
    )
    for _ in range(5):
        execution = start(user, graph)
        result = _burst(execution)
        ended = [(each, work.outcome_of(work.Held(each, 1e9))) for each in reversed(result.claimed)]
        with ThreadPoolExecutor(2) as pool:
            committing = pool.submit(_in_thread, work._commit_for, {execution.pk: ended})
            stopping = pool.submit(_in_thread, services.stop, execution)
            committing.result(), stopping.result()
        execution.refresh_from_db()
        assert execution.status in {Status.CANCELLED, Status.COMPLETED}


def _in_thread(do, *arguments):
    try:
        return do(*arguments)
    finally:
        connection.close()


def test_a_run_that_gathers_more_than_can_be_stored_fails_and_says_why(user, monkeypatch):
    monkeypatch.setattr("executions.engine.values.MAX_BYTES", 3_000)
    large = {"value": "x" * 1_000}
    nodes = dict.fromkeys("abc", ("test_pure", large)) | {"all": ("test_pure", {})}
    links = [f"{name}.value -> all.value_#_{name}" for name in "abc"]
    execution = start(user, drawing(nodes, links))
    other = start(user, drawing({"echo": ("test_pure", {"value": 1})}))

    work.advance(execution.pk, other.pk)

    execution.refresh_from_db()
    other.refresh_from_db()
    assert (execution.status, other.status) == (Status.FAILED, Status.COMPLETED)
    assert "larger than" in execution.error
    assert not execution.node_executions.unfinished().exists()

"""Runs and node executions are counted in the transaction that ends them: the numbers are those of the tables."""

import time
from collections import Counter

import pytest
from django.conf import settings as running
from django.db import connection, transaction
from django.db.utils import OperationalError

from blocks.base import Suspend
from executions import measuring, services
from executions.metrics import reporting, totals
from executions.models import Execution, Increment, NodeExecution, Process, Total
from executions.rows import tallies
from executions.workers import recovery
from tests.executions import scene
from tests.executions.scene import drawing, run, start
from tests.executions.test_recovery import claim_elsewhere, expire_leases

pytestmark = pytest.mark.django_db(transaction=True)

RUNS, BLOCKS = "autogpt_graph_executions_total", "autogpt_block_executions_total"
FINAL = {"COMPLETED", "FAILED", "CANCELLED"}


@pytest.fixture(autouse=True)
def _scripted():
    """The test blocks do what a test says, and nothing of the last one."""
    yield
    scene.behaviours.clear()
    scene.calls.clear()


def in_tables():
    """The same numbers, counted row by row."""
    runs = Counter(Execution.objects.values_list("status", flat=True))
    nodes = Counter(NodeExecution.objects.values_list("block_id", "status"))
    return {(RUNS, status): n for status, n in runs.items() if status in FINAL} | {
        (BLOCKS, *each): n for each, n in nodes.items() if each[1] in FINAL
    }


def counted(read):
    return {name: value for name, value in read().items() if name[0] in {RUNS, BLOCKS}}


def suspended(value, ports):
    if ports.run.answer is None:
        raise Suspend("timer", seconds=3_600)
    yield "value", value


def run_of_each_kind(user):
    """Ends of every kind: good, failed, cancelled by a limit, by a person, before the start, and in order of a list."""
    run(user, drawing({"a": ("test_pure", {"value": 1}), "b": ("test_idempotent", {})}))
    run(user, drawing({"a": ("test_idempotent", {"does": "fail"})}))
    run(
        user,
        drawing(
            {"a": ("test_pure", {"does": "fail"}), "b": ("test_idempotent", {})},
            settings={"on_error": "stop"},
        ),
    )
    services.stop(start(user, drawing({"a": ("test_pure", {}), "b": ("test_idempotent", {})})))
    scene.behaviours["suspended"] = suspended
    services.stop(run(user, drawing({"a": ("test_idempotent", {"does": "suspended"})})))


def test_the_numbers_are_those_of_the_tables(user, read):
    run_of_each_kind(user)

    assert counted(read) == in_tables()
    assert {status for name, *_, status in in_tables() if name == RUNS} == FINAL


def test_adding_up_changes_no_number(user, read):
    run_of_each_kind(user)
    before = read()
    totals.fold()
    assert (Increment.objects.count(), read()) == (0, before)

    run_of_each_kind(user)
    totals.fold()

    assert counted(read) == in_tables()
    assert Total.objects.count() < 20


def test_what_a_run_has_done_is_counted_before_it_ends(user, read):
    scene.behaviours["suspended"] = suspended
    graph = drawing(
        {"a": ("test_pure", {"value": 1}), "b": ("test_idempotent", {"does": "suspended"})}
    )
    run(user, graph)

    assert counted(read) == {(BLOCKS, "test_pure", "COMPLETED"): 1}
    assert read()["autogpt_active_executions",] == 1


def test_outputs_that_wait_for_their_turn_are_counted_once(user, read):
    """A fast second firing waits for the first: it ends in one burst and is delivered in another."""
    graph = drawing(
        {
            "items": ("test_pure", {"value": [2, 1]}),
            "each": ("for_each_block", {}),
            "do": ("test_idempotent", {}),
        },
        ["items.value -> each.items", "each.item -> do.value"],
    )
    execution = run(user, graph)

    assert execution.status == "COMPLETED"
    assert counted(read) == in_tables()


def test_what_is_rolled_back_is_not_counted(user, read):
    execution = start(user, drawing({"a": ("test_pure", {})}))
    with transaction.atomic():
        services.stop(execution)
        transaction.set_rollback(True)

    assert counted(read) == {}


def test_durations_are_in_buckets(user, read):
    run(user, drawing({"a": ("test_pure", {"value": 1})}))
    values = read()

    name = "autogpt_graph_execution_duration_seconds"
    assert values[f"{name}_count", "COMPLETED"] == 1
    assert values[f"{name}_bucket", "+Inf", "COMPLETED"] == 1
    assert values[f"{name}_bucket", "0.001", "COMPLETED"] <= 1
    assert values[f"{name}_sum", "COMPLETED"] > 0
    assert values["autogpt_block_execution_duration_seconds_count", "test_pure", "COMPLETED"] == 1


def test_a_cancelled_firing_says_nothing_of_how_long_its_block_takes(user, read):
    services.stop(start(user, drawing({"a": ("test_pure", {})})))

    names = {name for name, *_ in read()}
    assert "autogpt_block_executions_total" in names
    assert "autogpt_block_execution_duration_seconds_count" not in names


def test_owners_are_labels_only_where_a_setting_asks_for_them(user, read, settings):
    settings.METRICS_OWNERS = True
    execution = run(user, drawing({"a": ("test_pure", {})}))
    person, graph = str(user.pk), str(execution.graph_id)

    assert counted(read) == {
        (RUNS, graph, "COMPLETED", person): 1,
        (BLOCKS, "test_pure", graph, "COMPLETED", person): 1,
    }

    settings.METRICS_OWNERS = False
    assert counted(read) == in_tables()


def test_an_attempt_that_lost_its_worker_is_counted(user, read):
    claim_elsewhere(start(user, drawing({"do": ("test_idempotent", {})})))
    expire_leases()
    recovery.take_back_lost()

    assert read()["agentloom_lease_losses_total", "test_idempotent"] == 1


def test_work_that_no_wake_up_told_of_is_counted(user, read, settings):
    settings.POLL_SECONDS = 0
    start(user, drawing({"do": ("test_idempotent", {})}))
    recovery.find_work(10)
    reporting.report(Process.Kind.WORKER)

    assert read()["agentloom_poller_rescues_total", "node_execution"] == 1


def test_what_a_process_has_counted_is_kept_while_the_database_is_away(user, monkeypatch):
    measuring.count("poller_rescues", "run")
    with monkeypatch.context() as patch:
        patch.setattr(tallies, "_INSERT", "SELECT pg_terminate_backend(pg_backend_pid()), %s::text")
        with pytest.raises(OperationalError):
            reporting.report(Process.Kind.WORKER)
    connection.close()

    assert measuring.take() == [("poller_rescues", ("run",), -1, 1, 0.0)]


def test_processes_are_added_up(user, read):
    reporting.report(Process.Kind.WORKER)
    Process.objects.create(
        kind="worker", host="other", pid=1, version="0", gauges={"agentloom_slots": 7}
    )
    values = read()

    assert values["agentloom_processes", "worker"] == 2
    assert values["agentloom_slots",] == 7 + running.WORKER_SLOTS


def test_of_clocks_the_one_that_is_off_most_counts(user, read):
    for skew in (7, 2):
        gauges = {"agentloom_clock_skew_seconds": skew}
        Process.objects.create(kind="web", host="h", pid=1, version="0", gauges=gauges)

    assert read()["agentloom_clock_skew_seconds",] == 7


def test_a_clock_that_is_off_is_noticed(db, monkeypatch):
    assert reporting._clock_skew() < 2
    monkeypatch.setattr(reporting.time, "time", lambda now=time.time: now() - 60)

    assert 59 < reporting._clock_skew() < 62


def test_a_process_that_is_silent_does_not_count(user, read):
    reporting.report(Process.Kind.WORKER)
    Process.objects.update(seen_at="2020-01-01T00:00Z")

    assert read()["agentloom_processes", "worker"] == 0


def test_a_model_that_answers_is_counted(user, read):
    run(user, drawing({"ask": ("llm_call_block", {"prompt": "Say it. And that."})}))
    reporting.report(Process.Kind.WORKER)
    values = read()

    [(_, model, provider, result)] = [
        key for key in values if key[0] == "agentloom_model_request_duration_seconds_count"
    ]
    assert (provider, result) == ("offline", "answered")
    assert values["agentloom_model_tokens_total", "input", model, "offline"] > 0


def test_queues_are_seen(user, read):
    start(user, drawing({"a": ("test_pure", {}), "b": ("test_idempotent", {})}))
    values = read()

    assert values["agentloom_queue_depth",] == 2
    assert values["agentloom_open_node_executions", "ready"] == 1
    assert values["agentloom_open_executions", "QUEUED"] == 1
    assert values["agentloom_oldest_ready_seconds",] > 0

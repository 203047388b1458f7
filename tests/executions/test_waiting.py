"""Nodes that wait as rows: for time, for people, for other graphs."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from database import statements
from executions import services
from executions.bursts import stopping
from executions.engine.status import Status
from executions.errors import NotWaitingError
from executions.models import Execution, NodeExecution
from executions.rows import loading
from executions.workers import children, recovery, work
from graphs import services as graph_services
from tests.executions import scene
from tests.executions.scene import drawing, run, save, start, statuses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("invariants_hold"),
]


def go_on(execution):
    """Let due timers fire and bring the run as far as it goes."""
    found = recovery.release_due()
    for run_id in found.runs:
        work.advance(run_id)
    work.fill_slots()
    execution.refresh_from_db()


def make_due(execution):
    execution.node_executions.filter(status=Status.WAITING).update(due_at=timezone.now())


WAIT = drawing(
    {
        "wait": ("wait_block", {"value": "tea", "seconds": 3600}),
        "out": ("output_block", {"name": "said"}),
    },
    ["wait.value -> out.value"],
)


def test_a_wait_holds_no_worker_and_ends_when_it_is_due(user):
    execution = run(user, WAIT)
    assert execution.status == Status.WAITING
    go_on(execution)
    assert execution.status == Status.WAITING

    make_due(execution)
    go_on(execution)

    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"said": ["tea"]})


def test_a_due_timer_fires_once(user):
    execution = run(user, WAIT)
    make_due(execution)

    assert recovery.release_due().runs == {execution.pk}
    assert recovery.release_due().runs == set()


APPROVAL = drawing(
    {
        "ask": ("human_in_the_loop_block", {"data": {"amount": 5}, "name": "Pay?"}),
        "yes": ("output_block", {"name": "yes"}),
        "no": ("output_block", {"name": "no"}),
        "other": ("test_idempotent", {"value": 1}),
    },
    ["ask.approved_data -> yes.value", "ask.rejected_data -> no.value"],
)


def asked(execution):
    return NodeExecution.objects.get(execution=execution, node_id="ask")


@pytest.mark.parametrize(
    ("answer", "outputs"),
    [
        ({"approved": True}, {"yes": [{"amount": 5}]}),
        ({"approved": True, "data": {"amount": 3}}, {"yes": [{"amount": 3}]}),
        ({"approved": False, "message": "no"}, {"no": [{"amount": 5}]}),
    ],
)
def test_a_person_decides_and_may_change_the_data(user, answer, outputs):
    execution = run(user, APPROVAL)
    assert execution.status == Status.WAITING

    services.answer(asked(execution), answer)
    work.advance(execution.pk)

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, outputs)


def test_an_answer_may_come_while_other_branches_still_run(user):
    execution = start(user, APPROVAL)
    work.burst.run([execution.pk], work.WORKER_ID, partial(min, 0))

    services.answer(asked(execution), {"approved": True})
    work.advance(execution.pk)

    assert statuses(execution) == {"ask": ["COMPLETED"], "other": ["QUEUED"], "yes": ["COMPLETED"]}


def test_an_answer_that_comes_while_a_burst_reads_is_not_overlooked(user, monkeypatch):
    execution = run(user, APPROVAL)
    node = asked(execution)
    read = statements.run

    def answer():
        services.answer(node, {"approved": True})
        connection.close()

    def read_slowly(*wanted):
        rows = []
        for statement in wanted:
            rows += read(statement)
            if statement.text == loading._FIRINGS:
                with ThreadPoolExecutor(1) as somebody:
                    somebody.submit(answer).result()
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(statements, "run", read_slowly)
        work.burst.run([execution.pk], work.WORKER_ID, partial(min, 0))
    work.advance(execution.pk)

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"yes": [{"amount": 5}]})


def test_only_the_first_answer_counts(user):
    execution = run(user, APPROVAL)
    services.answer(asked(execution), {"approved": True})

    with pytest.raises(NotWaitingError):
        services.answer(asked(execution), {"approved": False})


@pytest.mark.parametrize(
    ("default", "status", "outputs"),
    [
        ("approve", Status.COMPLETED, {"yes": [1]}),
        ("reject", Status.COMPLETED, {"no": [1]}),
        ("fail", Status.FAILED, {}),
    ],
)
def test_after_the_deadline_the_default_applies(user, default, status, outputs):
    graph = drawing(
        {
            "ask": (
                "human_in_the_loop_block",
                {"data": 1, "name": "?", "deadline": 60, "default": default},
            ),
            "yes": ("output_block", {"name": "yes"}),
            "no": ("output_block", {"name": "no"}),
        },
        ["ask.approved_data -> yes.value", "ask.rejected_data -> no.value"],
    )
    execution = run(user, graph)
    make_due(execution)
    go_on(execution)

    assert (execution.status, execution.outputs) == (status, outputs)


def test_stop_ends_a_run_that_waits_for_a_person(user):
    execution = run(user, APPROVAL)
    services.stop(execution)

    with pytest.raises(NotWaitingError):
        services.answer(asked(execution), {"approved": True})


CHILD = drawing(
    {
        "in": ("text_input_block", {}),
        "do": ("test_idempotent", {}),
        "out": ("output_block", {"name": "Results!"}),
    },
    ["in.text -> do.value", "do.value -> out.value"],
)


def parent_of(graph_id, **defaults):
    return drawing(
        {
            "in": ("text_input_block", {}),
            "child": ("agent_executor_block", {"graph_id": str(graph_id), **defaults}),
            "out": ("output_block", {"name": "said"}),
        },
        ["in.text -> child.text", "child.Results! -> out.value"],
    )


def just_the_child(version):
    return drawing({"child": ("agent_executor_block", {"graph_id": str(version.graph_id)})})


def run_all(execution):
    """Bring a run and everything that it leads to as far as it goes."""
    for _ in range(3):
        for each in Execution.objects.unfinished():
            work.advance(each.pk)
        work.fill_slots()
    execution.refresh_from_db()


def test_a_child_run_gives_its_outputs_to_the_parent(user):
    version = save(user, CHILD)
    execution = start(user, parent_of(version.graph_id), text="hello")
    run_all(execution)

    child = Execution.objects.get(graph_id=version.graph_id)
    assert (child.source, child.depth, child.parent.execution_id) == ("sub-graph", 1, execution.pk)
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"said": ["hello"]})


def test_a_parent_holds_no_worker_while_its_child_runs(user):
    version = save(user, CHILD)
    execution = start(user, parent_of(version.graph_id), text="hello")
    result = work.burst.run([execution.pk], work.WORKER_ID, partial(min, 1))[execution.pk]
    outcome = work.outcome_of(work.Held(result.claimed[0], 1e9))
    work._commit_for({execution.pk: [(result.claimed[0], outcome)]})

    execution.refresh_from_db()
    assert execution.status == Status.WAITING
    assert statuses(execution)["child"] == ["WAITING"]


def test_a_child_that_ends_before_its_parent_sleeps_is_not_overlooked(user):
    version = save(user, CHILD)
    execution = start(user, parent_of(version.graph_id), text="hello")
    result = work.burst.run([execution.pk], work.WORKER_ID, partial(min, 1))[execution.pk]
    outcome = work.outcome_of(work.Held(result.claimed[0], 1e9))
    work.advance(Execution.objects.get(graph_id=version.graph_id).pk)  # the child is faster

    work._commit_for({execution.pk: [(result.claimed[0], outcome)]})
    work.fill_slots()

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"said": ["hello"]})


def test_the_failure_of_a_child_goes_to_the_error_pin(user):
    version = save(user, drawing({"bad": ("test_pure", {"does": "fail"})}))
    graph = drawing(
        {
            "child": ("agent_executor_block", {"graph_id": str(version.graph_id)}),
            "out": ("output_block", {"name": "why"}),
        },
        ["child.error -> out.value"],
    )
    execution = start(user, graph)
    run_all(execution)

    assert execution.outputs == {"why": ["bad: it cannot be done"]}


def test_stop_cascades_to_children(user):
    version = save(user, WAIT)
    execution = start(user, just_the_child(version))
    run_all(execution)
    child = Execution.objects.get(graph_id=version.graph_id)
    assert child.status == Status.WAITING

    services.stop(execution)

    child.refresh_from_db()
    assert child.status == Status.CANCELLED


def test_a_node_that_still_runs_when_its_run_is_stopped_starts_no_child(user):
    version = save(user, WAIT)
    execution = start(user, just_the_child(version))
    (attempt,), _unpaid = work._claim(100, None)

    services.stop(execution)
    outcome = work.outcome_of(work.Held(attempt, 1e9))

    assert outcome.error_code == "lost"
    assert not Execution.objects.filter(graph_id=version.graph_id).exists()


def test_children_left_behind_by_a_crash_in_a_stop_are_stopped_later(user):
    version = save(user, WAIT)
    execution = start(user, just_the_child(version))
    run_all(execution)
    stopping.end_now(execution.pk, Status.CANCELLED)

    assert children.stop_orphans() == 1
    assert Execution.objects.get(graph_id=version.graph_id).status == Status.CANCELLED


def test_a_graph_that_runs_itself_ends_at_the_depth_limit(user):
    version = save(user, drawing({"a": ("test_pure", {})}))
    graph_services.save_version(
        graph=version.graph, name="Loop", description="", drawing=just_the_child(version)
    )
    execution = services.start_execution(
        version=version.graph.versions.get(is_active=True), user=user, inputs={}
    )
    for _ in range(children.MAX_DEPTH):
        run_all(execution)

    assert execution.status == Status.FAILED
    assert "nested deeper than 10 levels" in execution.error
    assert Execution.objects.count() == children.MAX_DEPTH + 1


@pytest.mark.parametrize("graph_id", ["00000000-0000-4000-8000-000000000000", "not-an-id"])
def test_a_graph_that_is_not_there_fails_the_node(user, graph_id):
    execution = start(user, drawing({"child": ("agent_executor_block", {"graph_id": graph_id})}))
    run_all(execution)

    assert execution.status == Status.FAILED


def test_a_foreign_graph_is_as_if_it_did_not_exist(user):
    other = type(user).objects.create_user("other@example.com", "x")
    version = save(other, CHILD)
    execution = start(user, just_the_child(version))
    run_all(execution)

    assert "There is no graph" in execution.error
    assert scene.calls["echo"] == []

"""The list of runs, and the page of one."""

import json

import pytest
from django.utils import timezone

from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from executions.workers import work
from graphs import spec
from tests.factories import ExecutionFactory, NodeExecutionFactory, VersionFactory
from tests.pages.drawings import chain, of_inputs
from tests.pages.reading import source_of, text_of

NOW = timezone.now()


@pytest.fixture
def finished(page, version):
    """A run of the echo graph that has really been made."""
    answer = page.post(f"/graphs/{version.graph_id}/run/", {"input-0": "Hello"})
    execution = Execution.objects.get()
    work.advance(execution.pk)
    return page.get(answer.url)


def test_an_empty_list_says_what_to_do(page):
    assert "Open a graph and press Run." in text_of(page.get("/executions/"))


def test_the_list_can_be_narrowed(page, user):
    failed = ExecutionFactory(user=user, status="FAILED", source="api")
    done = ExecutionFactory(user=user, status="COMPLETED", source="ui")
    today, far = timezone.localdate().isoformat(), "2199-01-01"
    found = {
        query: [run.pk for run in page.get(f"/executions/?{query}").context["listing"].page]
        for query in (
            *("status=FAILED", "source=ui", f"graph={done.graph_id}", f"since={far}"),
            *(f"until={far}&since={today}", "status=NONSENSE"),
        )
    }
    both = [done.pk, failed.pk]
    assert found == {
        "status=FAILED": [failed.pk],
        "source=ui": [done.pk],
        f"graph={done.graph_id}": [done.pk],
        f"since={far}": [],
        f"until={far}&since={today}": both,
        "status=NONSENSE": both,
    }


def test_the_filter_offers_only_ones_own_graphs(page, version):
    VersionFactory(name="Foreign plans")
    assert "Foreign plans" not in text_of(page.get("/executions/"))


def test_runs_of_others_are_not_listed(page, stranger):
    ExecutionFactory(user=stranger, version__name="Foreign plans")
    assert "Foreign plans" not in text_of(page.get("/executions/"))


@pytest.mark.parametrize(("status", "refreshes"), [("RUNNING", True), ("COMPLETED", False)])
def test_the_list_refreshes_itself_while_something_runs(page, user, status, refreshes):
    ExecutionFactory(user=user, status=status)
    source = page.get("/executions/").content.decode()
    assert ('hx-trigger="every 3s"' in source) is refreshes


def test_a_run_shows_outputs_states_and_node_executions(finished):
    words = text_of(finished)
    assert "answer Hello" in words
    assert "2 of 2 node executions ended 100 %" in words
    states = finished.context["overview"].states
    assert {(state.node_id, state.status, state.count) for state in states} == {
        ("ask", Status.COMPLETED, 1),
        ("tell", Status.COMPLETED, 1),
    }
    assert [each.title for each in finished.context["table"].rows] == ["ask", "tell"]


def test_the_page_tells_the_monitor_what_to_watch(page, user, version):
    execution = ExecutionFactory(user=user, version=version, status="RUNNING", event_seq=7)
    source = source_of(page.get(f"/executions/{execution.pk}/"))
    assert f'data-execution="{execution.pk}" data-seq="7"' in source
    assert 'id="run-stop"' in source
    assert 'id="run-again"' not in source


def test_a_failed_run_says_which_node_failed_and_why(page, user):
    version = VersionFactory(owner=user, drawing=chain("step"))
    execution = ExecutionFactory(user=user, version=version, status="FAILED", error="step: no")
    NodeExecutionFactory(execution=execution, node_id="step", status="FAILED", error="no <b>luck")
    answer = page.get(f"/executions/{execution.pk}/")
    assert "The run failed step: no step : no <b>luck" in text_of(answer)
    assert "<b>luck" not in answer.content.decode()


def test_a_completed_run_does_not_hide_that_nodes_failed(page, user, version):
    execution = ExecutionFactory(user=user, version=version, error_count=9)
    NodeExecutionFactory.create_batch(9, execution=execution, status="FAILED", error="no")
    words = text_of(page.get(f"/executions/{execution.pk}/"))
    assert "Some nodes failed" in words
    assert "9 node executions failed in all." in words


def test_the_live_parts_name_what_they_replace(page, finished):
    execution = Execution.objects.get()
    source = page.get(f"/executions/{execution.pk}/live/").content.decode()
    first = ("head", "questions", "failures", "outputs")
    parts = (*first, "timeline", "nodes", "summary", "states")
    assert [part for part in parts if f'id="run-{part}"' not in source] == []
    assert source.count('hx-swap-oob="true"') == len(parts)


def test_outputs_that_the_page_has_are_not_sent_again(page, finished):
    execution = Execution.objects.get()
    known = page.get(f"/executions/{execution.pk}/live/", {"outputs": "1-COMPLETED"})
    assert 'id="run-outputs"' not in known.content.decode()


def test_stopping_ends_the_run_and_leaves_the_rest_to_the_monitor(htmx, page, version):
    page.post(f"/graphs/{version.graph_id}/run/", {"input-0": "x"})
    execution = Execution.objects.get()
    assert htmx.post(f"/executions/{execution.pk}/stop/").status_code == 204
    execution.refresh_from_db()
    assert execution.status == Status.CANCELLED


def test_stopping_without_javascript_leads_back_to_the_run(page, version):
    page.post(f"/graphs/{version.graph_id}/run/", {"input-0": "x"})
    execution = Execution.objects.get()
    assert page.post(f"/executions/{execution.pk}/stop/").url == f"/executions/{execution.pk}/"


@pytest.mark.parametrize(("status", "is_gone"), [("COMPLETED", True), ("RUNNING", False)])
def test_only_an_ended_run_is_deleted(page, user, status, is_gone):
    execution = ExecutionFactory(user=user, status=status)
    page.post(f"/executions/{execution.pk}/delete/")
    assert (not Execution.objects.owned_by(user).exists()) is is_gone


def test_a_run_of_a_deleted_graph_can_still_be_looked_at(page, version, finished):
    page.post(f"/graphs/{version.graph_id}/delete/")
    answer = page.get(f"/executions/{Execution.objects.get().pk}/")
    assert answer.status_code == 200
    assert "Change inputs" not in text_of(answer)


def many_firings(user, count):
    version = VersionFactory(owner=user, drawing=chain("step"))
    execution = ExecutionFactory(user=user, version=version, node_count=count)
    NodeExecution.objects.bulk_create(
        NodeExecution(
            execution=execution,
            node_id="step",
            block_id="store_value_block",
            position=n,
            status="COMPLETED",
            started_at=NOW,
            ended_at=NOW,
        )
        for n in range(count)
    )
    return execution


def test_a_large_run_lists_the_newest_node_executions_first(page, user):
    execution = many_firings(user, 450)
    table = page.get(f"/executions/{execution.pk}/nodes/").context["table"]
    assert [each.row.position for each in table.rows] == list(range(449, 249, -1))
    last = page.get(f"/executions/{execution.pk}/nodes/", {"page": "3"}).context["table"]
    assert [each.row.position for each in last.rows] == list(range(49, -1, -1))


def test_a_large_run_draws_one_bar_a_node(page, user):
    execution = many_firings(user, 3_001)
    timeline = page.get(f"/executions/{execution.pk}/").context["overview"].timeline
    assert [(row.node_id, row.count, len(row.bars)) for row in timeline.rows] == [
        ("step", 3_001, 1)
    ]


def test_node_executions_can_be_narrowed(page, user, version):
    execution = ExecutionFactory(user=user, version=version)
    NodeExecutionFactory(execution=execution, node_id="ask", status="FAILED")
    NodeExecutionFactory(execution=execution, node_id="tell", status="COMPLETED")
    address = f"/executions/{execution.pk}/nodes/"
    found = {
        query: [each.row.node_id for each in page.get(f"{address}?{query}").context["table"].rows]
        for query in ("status=FAILED", "node=tell", "status=NONSENSE", "status=FAILED&node=tell")
    }
    assert found == {
        "status=FAILED": ["ask"],
        "node=tell": ["tell"],
        "status=NONSENSE": ["ask", "tell"],
        "status=FAILED&node=tell": [],
    }


def test_a_firing_shows_its_values_and_the_others_of_its_node(page, user, version):
    execution = ExecutionFactory(user=user, version=version)
    first = NodeExecutionFactory(
        execution=execution, position=1, inputs={"items": "<i>in"}, outputs=[["output", "<i>out"]]
    )
    NodeExecutionFactory(execution=execution, position=2)
    answer = page.get(f"/executions/{execution.pk}/firings/{first.pk}/")
    assert "items <i>in" in text_of(answer)
    assert "output <i>out" in text_of(answer)
    assert "It ran several times 2 1" in text_of(answer)
    assert "<i>" not in answer.content.decode()


def test_a_node_that_has_not_run_says_so(page, user, version):
    execution = ExecutionFactory(user=user, version=version)
    answer = page.get(f"/executions/{execution.pk}/node/", {"node": "tell"})
    assert "No value has reached this node in this run." in text_of(answer)


def test_a_node_that_waits_says_for_which_pins(page, user):
    nodes = {
        "a": spec.Node("a", "text_input_block", {"name": "a"}),
        "b": spec.Node("b", "store_value_block"),
        "join": spec.Node("join", "condition_block", {"operator": "=="}),
    }
    links = (
        spec.Link("1", "a", "text", "join", "value1"),
        spec.Link("2", "b", "output", "join", "value2"),
    )
    version = VersionFactory(owner=user, drawing=spec.Graph(nodes, links))
    execution = ExecutionFactory(user=user, version=version)
    NodeExecutionFactory(
        execution=execution, node_id="join", status="INCOMPLETE", inputs={"value1": "x"}
    )
    words = text_of(page.get(f"/executions/{execution.pk}/node/", {"node": "join"}))
    assert "It waits for a value on: value2" in words


def test_the_values_of_a_firing_can_be_downloaded(page, user, version):
    execution = ExecutionFactory(user=user, version=version)
    firing = NodeExecutionFactory(
        execution=execution, inputs={"value": "你好"}, outputs=[["output", 1], ["output", 2]]
    )
    answer = page.get(f"/executions/{execution.pk}/firings/{firing.pk}/values/")
    assert json.loads(answer.content) == {
        "inputs": {"value": "你好"},
        "outputs": {"output": [1, 2]},
    }
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{firing.pk}.json"'


def test_the_outputs_of_a_run_can_be_downloaded(page, finished):
    execution = Execution.objects.get()
    answer = page.get(f"/executions/{execution.pk}/outputs/")
    assert json.loads(answer.content) == {"answer": ["Hello"]}


def test_secret_inputs_are_not_in_the_page(page, user):
    drawing = of_inputs(("text_input_block", {"name": "key", "secret": True}))
    version = VersionFactory(owner=user, drawing=drawing)
    execution = ExecutionFactory(user=user, version=version, inputs={"key": "hunter2"})
    firing = NodeExecutionFactory(
        execution=execution,
        node_id="n0",
        block_id="text_input_block",
        inputs={"name": "key", "secret": True, "value": "hunter2"},
    )
    base = f"/executions/{execution.pk}"
    for address in (
        "/",
        "/live/",
        f"/firings/{firing.pk}/",
        f"/firings/{firing.pk}/values/",
        "/repeat/",
    ):
        assert "hunter2" not in page.get(base + address).content.decode()


def test_a_firing_of_another_run_is_not_found_below_this_one(page, user, version):
    here = ExecutionFactory(user=user, version=version)
    elsewhere = NodeExecutionFactory(execution__user=user, execution__version=version)
    assert page.get(f"/executions/{here.pk}/firings/{elsewhere.pk}/").status_code == 404

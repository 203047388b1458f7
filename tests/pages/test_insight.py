"""Looking into runs: why, log, critical path, comparing, exporting, sharing."""

import json

import pytest
from django.test import Client

from executions.sharing.models import SharedRun
from tests.executions import scene
from tests.factories import ExecutionFactory, NodeExecutionFactory
from tests.pages.reading import source_of, text_of
from tests.pages.test_queries import queries

pytestmark = pytest.mark.django_db(transaction=True)

GRAPH = scene.drawing(
    {
        "ask": ("text_input_block", {"name": "text"}),
        "secret": ("text_input_block", {"name": "key", "secret": True, "value": "x"}),
        "tell": ("output_block", {"name": "answer"}),
    },
    ["ask.text -> tell.value"],
)


@pytest.fixture
def runs(user):
    """Two runs of one graph, with other inputs."""
    version = scene.save(user, GRAPH)
    return [started(version, user, text) for text in ("tea", "coffee")]


def started(version, user, text):
    execution = scene.services.start_execution(
        version=version, user=user, inputs={"text": text, "key": "hush"}
    )
    scene.work.advance(execution.pk)
    execution.refresh_from_db()
    return execution


def test_the_page_of_a_run_marks_its_critical_path(page, runs):
    answer = page.get(f"/executions/{runs[0].pk}/")
    assert 'class="is-critical"' in source_of(answer)
    assert "ask → tell" in text_of(answer)


def test_a_firing_says_why_it_ran(page, runs):
    answer = page.get(f"/executions/{runs[0].pk}/node/?node=ask")
    assert "It ran because it starts with the run." in text_of(answer)


def test_the_log_tells_what_happened_in_order(page, runs):
    text = text_of(page.get(f"/executions/{runs[0].pk}/log/"))
    assert (
        text.index("The run: Queued")
        < text.index("tell: Completed")
        < text.index("The run: Completed")
    )


def test_a_run_is_compared_with_the_one_before_it(page, runs):
    answer = page.get(f"/executions/{runs[1].pk}/compare/")
    text = text_of(answer)
    assert answer.context["comparison"].right == runs[0]
    assert "coffee" in text
    assert "tea" in text
    assert [each.is_same for each in answer.context["comparison"].nodes] == [False, True, False]


def test_a_run_that_is_alone_is_compared_with_none(page, user):
    execution = ExecutionFactory(user=user)
    assert "There is no other run" in text_of(page.get(f"/executions/{execution.pk}/compare/"))


@pytest.mark.parametrize("run", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_run_of_theirs_is_not_found(page, runs, run):
    assert page.get(f"/executions/{runs[0].pk}/compare/?run={run}").status_code == 404


def test_a_run_of_somebody_else_cannot_be_compared_with(page, runs, stranger):
    other = ExecutionFactory(user=stranger)
    assert page.get(f"/executions/{runs[0].pk}/compare/?run={other.pk}").status_code == 404


def test_an_export_has_every_firing_and_no_secret(page, runs):
    answer = page.get(f"/executions/{runs[0].pk}/export/")
    document = json.loads(answer.content)
    assert document["outputs"] == {"answer": ["tea"]}
    assert document["inputs"] == {"text": "tea", "key": "•••"}
    assert {each["node_id"] for each in document["node_executions"]} == {"ask", "secret", "tell"}
    secret = next(each for each in document["node_executions"] if each["node_id"] == "secret")
    assert "hush" not in json.dumps(secret["inputs"])


def test_a_shared_run_is_seen_by_somebody_without_an_account(page, runs):
    page.post(f"/executions/{runs[0].pk}/share/")
    address = f"/shared/{SharedRun.objects.get().token}/"
    assert address in source_of(page.get(f"/executions/{runs[0].pk}/"))
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "tea" in text_of(answer)
    assert "hush" not in source_of(answer)
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_shared_run_offers_nothing_to_do(page, runs):
    page.post(f"/executions/{runs[0].pk}/share/")
    source = source_of(Client().get(f"/shared/{SharedRun.objects.get().token}/"))
    assert f"/executions/{runs[0].pk}" not in source


def test_a_link_that_was_taken_back_opens_nothing(page, runs):
    page.post(f"/executions/{runs[0].pk}/share/")
    address = f"/shared/{SharedRun.objects.get().token}/"
    page.post(f"/executions/{runs[0].pk}/unshare/")
    assert Client().get(address).status_code == 404


def test_the_link_of_a_deleted_run_opens_nothing(page, runs):
    page.post(f"/executions/{runs[0].pk}/share/")
    page.post(f"/executions/{runs[0].pk}/delete/")
    assert Client().get(f"/shared/{SharedRun.objects.get().token}/").status_code == 404


def test_a_comparison_costs_the_same_for_any_number_of_firings(page, user):
    left, right = ExecutionFactory(user=user), ExecutionFactory(user=user)
    address = f"/executions/{left.pk}/compare/?run={right.pk}"
    NodeExecutionFactory(execution=left), NodeExecutionFactory(execution=right)
    with_one = queries(page, address)
    NodeExecutionFactory.create_batch(2, execution=left)
    NodeExecutionFactory.create_batch(2, execution=right)
    assert queries(page, address) == with_one

"""Runs whose nodes give what somebody has pinned."""

import pytest

from executions.models import Execution
from executions.workers import work
from tests.executions import scene
from tests.executions.scene import calls

pytestmark = pytest.mark.django_db(transaction=True)

LINE = scene.drawing(
    {
        "ask": ("text_input_block", {"name": "text"}),
        "fetch": ("test_paid", {"does": "pinned fetch"}),
        "tell": ("output_block", {"name": "answer"}),
    },
    ["ask.text -> fetch.value", "fetch.value -> tell.value"],
)


@pytest.fixture
def place(user):
    calls.clear()
    return f"/api/graphs/{scene.save(user, LINE).graph_id}/execute"


def run(api, place, pinned):
    body = {"inputs": {"text": "tea"}, "pinned_outputs": pinned}
    started = api.post(place, body)
    assert started.status_code == 200
    work.advance(Execution.objects.get(pk=started.json()["id"]).pk)
    return Execution.objects.get(pk=started.json()["id"])


def test_a_pinned_node_does_not_run_and_costs_nothing(api, place):
    done = run(api, place, {"fetch": {"value": ["one", "two"]}})
    assert (done.status, done.cost, calls["pinned fetch"]) == ("COMPLETED", 0, [])
    assert done.outputs == {"answer": ["one", "two"]}


def test_what_it_is_asked_does_not_matter_and_nothing_may_be_pinned(api, place):
    assert run(api, place, {"fetch": {"value": []}}).outputs == {}
    assert run(api, place, {"ask": {"text": ["x"]}, "fetch": {"value": ["y"]}}).outputs == {
        "answer": ["y"]
    }


@pytest.mark.parametrize("pinned", [{"nobody": {}}, {"fetch": {"nothing": [1]}}])
def test_nodes_and_pins_that_are_not_there_are_refused(api, place, pinned):
    answer = api.post(place, {"inputs": {"text": "tea"}, "pinned_outputs": pinned})
    assert answer.json()["error"]["error_code"] == "invalid_graph"


def test_the_same_key_with_other_pins_is_another_request(api, place):
    body, headers = {"inputs": {"text": "tea"}}, {"HTTP_IDEMPOTENCY_KEY": "k"}
    assert api.post(place, body, **headers).status_code == 200
    body["pinned_outputs"] = {"fetch": {"value": ["x"]}}
    assert api.post(place, body, **headers).status_code == 422

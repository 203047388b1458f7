"""A block that is removed or changed leaves its graphs and runs readable."""

import pytest

from blocks import registry
from graphs import spec
from tests.factories import ExecutionFactory, NodeExecutionFactory, VersionFactory
from tests.pages.reading import text_of

GONE = 'There is no block "change_case_block" any more'
DRAWING = spec.Graph(
    nodes={
        "a": spec.Node("a", "text_input_block", {"name": "text"}),
        "b": spec.Node("b", "change_case_block", {"case": "upper"}),
    },
    links=(spec.Link("l", "a", "text", "b", "text"),),
)


@pytest.fixture
def version(user):
    return VersionFactory(owner=user, drawing=DRAWING)


@pytest.fixture
def remove(monkeypatch):
    """Take a block out of the catalogue, as if its package were gone."""

    def remove(block_id):
        names = {name: id_ for name, id_ in registry._names.items() if id_ != block_id}
        monkeypatch.setattr(registry, "_names", names)

    return remove


def test_the_page_shows_a_placeholder_and_says_what_is_missing(page, version, remove):
    remove("change_case_block")
    words = text_of(page.get(f"/graphs/{version.graph_id}/"))
    assert "change_case_block" in words
    assert GONE in words


def test_the_graph_can_still_be_read_and_run_no_more(api, version, remove):
    remove("change_case_block")
    address = f"/api/graphs/{version.graph_id}"
    assert [node["block_id"] for node in api.get(address).json()["nodes"]] == [
        "text_input_block",
        "change_case_block",
    ]
    answer = api.post(f"{address}/execute", {"inputs": {"text": "tea"}})
    assert answer.status_code == 400
    assert answer.json()["detail"]["node_errors"]["b"] == {"block_id": GONE}


def test_a_run_of_before_stays_readable(page, user, version, remove):
    execution = ExecutionFactory(user=user, version=version)
    NodeExecutionFactory(execution=execution, node_id="b", block_id="change_case_block")
    remove("change_case_block")
    assert "change_case_block" in text_of(page.get(f"/executions/{execution.pk}/"))
    assert page.get(f"/executions/{execution.pk}/nodes/").status_code == 200


def test_a_pin_that_a_newer_block_has_no_more_is_named(api, version, monkeypatch):
    monkeypatch.setitem(registry._blocks, "change_case_block", registry.find("to_json_block"))
    answer = api.post(f"/api/graphs/{version.graph_id}/execute", {"inputs": {"text": "tea"}})
    assert answer.status_code == 400
    told = answer.json()["detail"]["node_errors"]["b"]["text"]
    assert told == 'b has no input pin "text"; it has value'
    assert api.get(f"/api/graphs/{version.graph_id}").status_code == 200

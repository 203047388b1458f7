"""Our own files: what is written is read back as it was, without what is secret."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs import bundles, json_text, services, spec
from graphs.errors import InvalidGraphError
from graphs.formats import own, reading
from graphs.formats.bundle import Bundle, FormatError, Sheet
from graphs.formats.secrets import is_secret_name, without_secrets
from tests.factories import VersionFactory, echo_drawing
from tests.formats.drawings import bundles as any_bundles


@given(any_bundles())
def test_what_is_written_is_read_as_it_was(bundle):
    file = json.dumps(own.write(bundle))
    read = reading.read(json_text.read(file.encode()))
    assert read == bundle
    assert json.dumps(own.write(read)) == file


@pytest.mark.parametrize(
    "data",
    [
        {"format": "agentloom/9", "name": "x", "nodes": []},
        {**own.write(Bundle(Sheet("x", "", echo_drawing()))), "sub_graphs": 7},
        {**own.write(Bundle(Sheet("x", "", echo_drawing()))), "sub_graphs": [7]},
    ],
)
def test_a_file_of_another_form_is_refused(data):
    with pytest.raises((FormatError, InvalidGraphError)):
        reading.read(data)


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        *((name, True) for name in ("api_key", "apiKey", "APIKey", "password", "Authorization")),
        *((name, True) for name in ("access_token", "client-secret", "X-Api-Key", "privateKey")),
        *((name, False) for name in ("max_tokens", "key", "keyboard", "tokens", "author", "")),
    ],
)
def test_secrets_are_known_by_whole_words(name, is_secret):
    assert is_secret_name(name) is is_secret


@given(st.text(min_size=1).filter(lambda text: text not in "secret_input_block"))
def test_no_secret_leaves_in_a_file(text):
    marked = f"<{text}>"
    drawing = spec.Graph(
        nodes={
            "ask": spec.Node(
                "ask", "text_input_block", {"name": "pin", "secret": True, "value": marked}
            ),
            "call": spec.Node(
                "call",
                "send_web_request_block",
                {"url": "https://example.com", "headers": {"Authorization": marked}},
            ),
        },
        links=(),
    )
    nodes = without_secrets(drawing).nodes
    assert marked not in json.dumps([dict(node.input_default) for node in nodes.values()])
    assert nodes["call"].input_default["url"] == "https://example.com"


def test_a_graph_takes_along_those_that_it_runs_and_comes_back_with_them(user):
    child = VersionFactory(owner=user, name="Child")
    middle = VersionFactory(owner=user, name="Middle", drawing=running(child))
    top = VersionFactory(owner=user, name="Top", drawing=running(middle))
    file = json.loads(json.dumps(own.write(bundles.bundle_of(top))))
    assert sorted(each["name"] for each in file["sub_graphs"]) == ["Child", "Middle"]
    made = bundles.save(user, reading.read(file)).version
    again = bundles.bundle_of(made)
    assert [sheet.name for sheet in again.sheets()][-1] == "Top"
    ids = {str(version.graph_id) for version in (child, middle, top)}
    assert ids.isdisjoint(sheet.key for sheet in again.sheets())
    assert {sheet.name for sheet in again.parts} == {"Child", "Middle"}


def test_graphs_that_run_each_other_are_refused_and_nothing_is_made(user):
    drawing = spec.Graph({"run": spec.Node("run", "agent_executor_block", {"graph_id": "b"})}, ())
    other = spec.Graph({"run": spec.Node("run", "agent_executor_block", {"graph_id": "a"})}, ())
    circle = Bundle(
        Sheet("Top", "", drawing), (Sheet("A", "", drawing, "a"), Sheet("B", "", other, "b"))
    )
    with pytest.raises(FormatError):
        bundles.save(user, circle)
    assert not user.graphs.exists()


def test_a_graph_of_somebody_else_is_not_taken_along(user, stranger):
    foreign = VersionFactory(owner=stranger)
    version = services.create_graph(owner=user, name="x", drawing=running(foreign))
    assert bundles.bundle_of(version).parts == ()


def running(version):
    """A graph that runs another."""
    node = spec.Node("run", "agent_executor_block", {"graph_id": str(version.graph_id)})
    return spec.Graph({"run": node}, ())

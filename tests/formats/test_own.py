"""Our own files: what is written is read back as it was, without what is secret."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs import bundles, files, json_text, services, spec
from graphs.errors import InvalidGraphError
from graphs.formats import own, reading
from graphs.formats.bundle import RUNNERS, Bundle, FormatError, Sheet
from graphs.formats.secrets import is_secret_name, without_secrets
from graphs.models import Graph, GraphVersion
from graphs.uses import uses_of
from tests.factories import TeamFactory, VersionFactory, echo_drawing
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
    file = json.loads(json.dumps(own.write(bundles.bundle_of(top, user.graphs.all()))))
    assert sorted(each["name"] for each in file["sub_graphs"]) == ["Child", "Middle"]
    made = bundles.save(user, reading.read(file)).version
    again = bundles.bundle_of(made, user.graphs.all())
    assert [sheet.name for sheet in again.sheets()][-1] == "Top"
    ids = {str(version.graph_id) for version in (child, middle, top)}
    assert ids.isdisjoint(sheet.key for sheet in again.sheets())
    assert {sheet.name for sheet in again.parts} == {"Child", "Middle"}


def test_graphs_that_run_each_other_and_themselves_come_back_as_they_were(user):
    one = VersionFactory(owner=user, name="One")
    two = VersionFactory(owner=user, name="Two", drawing=running(one))
    one = services.save_version(
        graph=one.graph, name="One", description="", drawing=running(one, two)
    )
    file = json.loads(json.dumps(own.write(bundles.bundle_of(one, user.graphs.all()))))
    made = bundles.save(user, reading.read(file)).version
    [itself, other] = children(made)
    assert itself == made.graph_id
    assert other not in {one.graph_id, two.graph_id}
    assert children(GraphVersion.objects.get(graph=other)) == [made.graph_id]


def test_a_node_that_names_a_version_brings_just_that(user):
    old = VersionFactory(owner=user, name="Child")
    new = services.save_version(graph=old.graph, name="Child", description="", drawing=running(old))
    top = VersionFactory(owner=user, drawing=running(old, new, versions=[1, None]))
    file = json.loads(json.dumps(own.write(bundles.bundle_of(top, user.graphs.all()))))
    made = bundles.save(user, reading.read(file)).version
    values = [node.input_default for node in made.load().nodes.values()]
    assert [each.get("graph_version") for each in values] == [1, None]
    pinned, following = (GraphVersion.objects.get(graph=each["graph_id"]) for each in values)
    assert set(pinned.load().nodes) == {"ask", "tell"}
    assert set(following.load().nodes) == {"run0"}
    again = own.write(bundles.bundle_of(made, user.graphs.all()))
    assert len(again["sub_graphs"]) == len(file["sub_graphs"]) == 2


@pytest.mark.parametrize("block_id", RUNNERS)
def test_a_graph_that_is_run_under_any_name_of_the_block_goes_along(user, block_id):
    child = VersionFactory(owner=user)
    node = spec.Node("run", block_id, {"graph_id": str(child.graph_id)})
    top = VersionFactory(owner=user, drawing=spec.Graph({"run": node}, ()))
    assert len(bundles.bundle_of(top, user.graphs.all()).parts) == 1
    assert [each.pk for each in uses_of(top.graph, user).runs] == [child.graph_id]


def test_a_graph_of_somebody_else_is_not_taken_along_and_told_of(user, stranger):
    foreign = VersionFactory(owner=stranger)
    version = services.create_graph(owner=user, name="x", drawing=running(foreign))
    file = files.file_of(version, "agentloom", user)
    assert "sub_graphs" not in file
    [remark] = reading.read(file).remarks
    assert str(foreign.graph_id) in remark.text


def test_who_exports_a_graph_of_their_team_gets_no_graph_that_is_not_shared(user, stranger):
    team = TeamFactory(owner=user, members={stranger: "viewer"})
    shared = VersionFactory(owner=user, name="Shared")
    private = VersionFactory(owner=user, name="Private")
    top = VersionFactory(owner=user, drawing=running(shared, private))
    Graph.objects.filter(pk__in=(top.graph_id, shared.graph_id)).update(team=team)
    top.graph.refresh_from_db()
    by_owner, by_viewer = (files.file_of(top, "agentloom", who) for who in (user, stranger))
    assert {each["name"] for each in by_owner["sub_graphs"]} == {"Shared", "Private"}
    assert [each["name"] for each in by_viewer["sub_graphs"]] == ["Shared"]
    assert [each["name"] for each in files.shared_document_of(top)["sub_graphs"]] == ["Shared"]


def test_credentials_that_have_to_be_chosen_are_told(user):
    mail = spec.Node("mail", "send_email_block", {"credentials": {"id": "x"}})
    version = VersionFactory(owner=user, drawing=spec.Graph({"mail": mail}, ()))
    file = files.file_of(version, "agentloom", user)
    assert [each.text for each in reading.read(file).remarks] == [
        "mail: choose a credential (smtp)"
    ]


def running(*others, versions=()):
    """A graph that runs others."""
    nodes = {}
    for index, other in enumerate(others):
        values = {"graph_id": str(other.graph_id)}
        if versions and versions[index]:
            values["graph_version"] = versions[index]
        nodes[f"run{index}"] = spec.Node(f"run{index}", "agent_executor_block", values)
    return spec.Graph(nodes, ())


def children(version):
    """The graphs that it runs, in order."""
    nodes = version.load().nodes.values()
    return [UUID(node.input_default["graph_id"]) for node in nodes]

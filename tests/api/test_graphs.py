"""/api/graphs: create, read, save versions, delete."""

import pytest

from graphs import filing
from graphs.models import Graph
from tests.api.drawings import graph, link, node
from tests.factories import ExecutionFactory, VersionFactory

GRAPHS = "/api/graphs"
MISSING = "00000000-0000-4000-8000-000000000000"


def node_errors(answer):
    assert answer.status_code == 400
    assert answer.json()["detail"]["type"] == "validation_error"
    assert answer.json()["error"]["error_code"] == "invalid_graph"
    return answer.json()["detail"]["node_errors"]


def test_a_new_graph_is_answered_as_a_whole(api, user):
    answer = api.post(GRAPHS, graph(description="Says it again"))
    body = answer.json()
    assert answer.status_code == 201
    assert (body["version"], body["is_active"], body["owner"]) == (1, True, str(user.pk))
    assert (body["name"], body["description"], body["settings"]) == ("Echo", "Says it again", {})
    assert body["nodes"] == graph()["nodes"]
    assert [{**each, "id": "?"} for each in body["links"]] == [
        {**link("ask.text", "tell.value"), "id": "?", "is_static": True}
    ]
    assert list(body["input_schema"]["properties"]) == ["text"]
    assert list(body["output_schema"]["properties"]) == ["answer"]
    assert api.get(f"{GRAPHS}/{body['id']}").json() == body


def test_an_answer_can_be_sent_back(api):
    created = api.post(GRAPHS, graph()).json()
    saved = api.put(f"{GRAPHS}/{created['id']}", created)
    assert saved.status_code == 200
    assert saved.json()["version"] == 2
    assert (saved.json()["nodes"], saved.json()["links"]) == (created["nodes"], created["links"])


def test_what_the_original_writes_beside_nodes_and_links_is_ignored(api):
    extra = {"input_links": [], "output_links": [], "graph_id": "x", "graph_version": 3}
    nodes = [{**each, **extra, "webhook_id": None} for each in graph()["nodes"]]
    links = [{**each, "is_static": False} for each in graph()["links"]]
    answer = api.post(GRAPHS, graph(nodes, links, user_id="somebody", version=9, description=None))
    assert answer.status_code == 201
    assert (answer.json()["version"], answer.json()["description"]) == (1, "")


def test_node_and_link_ids_are_kept(api):
    nodes = [node("näh 🪡", "text_input_block"), node("b", "output_block", name="x")]
    links = [{**link("näh 🪡.text", "b.value"), "id": "my link"}]
    body = api.post(GRAPHS, graph(nodes, links)).json()
    assert [each["id"] for each in body["nodes"]] == ["näh 🪡", "b"]
    assert [each["id"] for each in body["links"]] == ["my link"]


ASK = node("ask", "text_input_block")
TELL = node("tell", "output_block", name="answer")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ("", "name")),
        ([], ("", "graph")),
        (graph(name=""), ("", "name")),
        (graph(name="  "), ("", "name")),
        (graph(name="x" * 101), ("", "name")),
        (graph(description="x" * 1001), ("", "description")),
        (graph(nodes=[]), ("", "nodes")),
        (graph(nodes={}), ("", "nodes")),
        (graph(nodes=[3]), ("", "nodes[0].nodes")),
        (graph(colour="red"), ("", "colour")),
        (graph(settings={"on_error": "explode"}), ("", "settings.on_error")),
        (graph(settings={"limits": {"seconds": 0}}), ("", "settings.limits.seconds")),
        (
            graph(settings={"limits": {"node_executions": True}}),
            ("", "settings.limits.node_executions"),
        ),
        (graph([{"block_id": "output_block"}]), ("", "nodes[0].id")),
        (graph([{"id": "a"}]), ("a", "block_id")),
        (graph([node("x" * 101, "output_block")]), ("x" * 101, "id")),
        (graph([node("__proto__", "output_block", name="x")]), ("__proto__", "id")),
        (graph([node("a\nb", "output_block", name="x")]), ("a\nb", "id")),
        (graph([node("a\u202eb", "output_block", name="x")]), ("a\u202eb", "id")),
        (graph([node("a", "no_such_block")]), ("a", "block_id")),
        (graph([{**ASK, "colour": "red"}]), ("ask", "colour")),
        (graph([{**ASK, "input_default": []}]), ("ask", "input_default")),
        (graph([{**ASK, "metadata": {"retry": {"count": "many"}}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"retry": 3}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"timeout": -1}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"retry": {"jitter": 2}}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"retry": {"on": []}}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"retry": {"on": "timeout"}}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"fallback": [1]}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"priority": 101}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"priority": 1.5}}]), ("ask", "metadata")),
        (graph([{**ASK, "metadata": {"note": "x" * 100_001}}]), ("ask", "metadata")),
        (graph([ASK, ASK]), ("ask", "id")),
        (graph([ASK, TELL], [link("ask.nothing", "tell.value")]), ("ask", "nothing")),
        (graph([ASK, TELL], [link("ask.text", "tell.nothing")]), ("tell", "nothing")),
        (graph([ASK], [{**link("ask.text", "gone.value"), "id": "w"}]), ("gone", "w")),
        (graph([ASK, TELL], [{**link("ask.text", "tell.value"), "id": "w"}] * 2), ("ask", "w")),
        (graph([ASK, TELL], [{"source_id": "ask"}]), ("ask", "links[0].sink_id")),
    ],
)
def test_a_wrong_drawing_is_refused_and_says_where(api, body, place):
    errors = node_errors(api.post(GRAPHS, body))
    node_id, field = place
    assert field in errors[node_id]
    assert Graph.objects.count() == 0


def test_a_graph_of_too_many_nodes_is_refused(api):
    nodes = [{"id": str(number), "block_id": "note_block"} for number in range(10_001)]
    assert node_errors(api.post(GRAPHS, graph(nodes, []))) == {
        "": {"nodes": '"nodes": List should have at most 10000 items after validation, not 10001'}
    }


def test_the_policy_of_a_node_is_kept_with_its_other_metadata(api):
    metadata = {
        "position": {"x": 1, "y": 2.5},
        "retry": {"count": 2, "base": 1, "jitter": 0.5, "on": ["timeout"]},
        "timeout": 5,
        "fallback": {"text": ""},
        "priority": -3,
    }
    body = api.post(GRAPHS, graph([{**ASK, "metadata": metadata}], [])).json()
    assert body["nodes"][0]["metadata"] == metadata


def test_settings_are_kept(api):
    settings = {"on_error": "continue", "limits": {"node_executions": 10, "seconds": 2.5}}
    assert api.post(GRAPHS, graph(settings=settings)).json()["settings"] == settings


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_the_same_queries_for_one_and_three(
    api, user, django_assert_num_queries, count
):
    VersionFactory.create_batch(count, owner=user)
    with django_assert_num_queries(4):  # the key, its use, the number of graphs, the graphs
        body = api.get(GRAPHS).json()
    assert body["count"] == len(body["results"]) == count
    assert body["results"][0]["node_count"] == 2


def test_a_list_has_the_tags_of_the_caller_and_is_narrowed_to_one(api, user):
    tea, _plain = (VersionFactory(owner=user).graph for _ in range(2))
    filing.tag(user, tea, ["weekly", "tea"])
    assert [each["tags"] for each in api.get(GRAPHS).json()["results"]] == [[], ["tea", "weekly"]]
    found = api.get(GRAPHS, {"tag": "tea"}).json()["results"]
    assert [each["id"] for each in found] == [str(tea.pk)]


def test_a_list_has_pages(api, user):
    VersionFactory.create_batch(3, owner=user)
    first = api.get(GRAPHS, {"page_size": 2}).json()
    assert (len(first["results"]), first["previous"]) == (2, None)
    second = api.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (1, None)


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "9" * 30])
def test_a_page_that_is_not_there_is_404(api, page):
    assert api.get(GRAPHS, {"page": page}).status_code == 404


def test_the_size_of_pages_is_capped(api, user):
    VersionFactory.create_batch(101, owner=user)
    assert len(api.get(GRAPHS, {"page_size": 1_000_000}).json()["results"]) == 100


@pytest.mark.parametrize("size", ["abc", "0", "-5", "1.5", ""])
def test_a_page_size_that_is_no_number_above_zero_is_refused(api, size):
    answer = api.get(GRAPHS, {"page_size": size})

    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == ["page_size"]


def test_a_search_looks_at_name_and_description(api, user):
    VersionFactory(owner=user, name="Summaries")
    VersionFactory(owner=user, description="makes a SUMMARY")
    VersionFactory(owner=user, name="Else")
    names = [each["name"] for each in api.get(GRAPHS, {"search": "summar"}).json()["results"]]
    assert sorted(names) == ["Echo", "Summaries"]


@pytest.mark.parametrize("text", ["\0", "x" * 201])
def test_a_search_that_cannot_be_is_refused(api, text):
    answer = api.get(GRAPHS, {"search": text})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == ["search"]


def test_old_versions_stay_as_they_are(api, version):
    address = f"{GRAPHS}/{version.graph_id}"
    api.put(address, graph([ASK], []))
    assert len(api.get(address).json()["nodes"]) == 1
    assert len(api.get(f"{address}/versions/1").json()["nodes"]) == 2
    listed = [
        (each["version"], each["is_active"]) for each in api.get(f"{address}/versions").json()
    ]
    assert listed == [(2, True), (1, False)]


def test_an_old_version_can_be_made_the_active_one(api, version):
    address = f"{GRAPHS}/{version.graph_id}"
    api.put(address, graph([ASK], []))
    answer = api.put(f"{address}/versions/active", {"active_graph_version": 1})
    assert (answer.json()["version"], answer.json()["is_active"]) == (1, True)
    assert api.get(address).json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"active_graph_version": 7}, 404),
        ({"active_graph_version": 0}, 400),
        ({"active_graph_version": 2**31}, 400),
        ({"active_graph_version": "one"}, 400),
        ({}, 400),
        ({"active_graph_version": 1, "more": 1}, 400),
        ([1], 400),
    ],
)
def test_a_version_that_is_not_there_cannot_be_activated(api, version, body, status):
    answer = api.put(f"{GRAPHS}/{version.graph_id}/versions/active", body)
    assert answer.status_code == status


def test_a_save_over_somebody_elses_save_is_refused(api, version):
    address = f"{GRAPHS}/{version.graph_id}"
    etag = api.get(address)["ETag"]
    assert api.put(address, graph(), HTTP_IF_MATCH=etag)["ETag"] == '"2"'
    answer = api.put(address, graph(), HTTP_IF_MATCH=etag)
    assert answer.status_code == 412
    assert answer.json()["error"]["error_code"] == "precondition_failed"
    assert api.get(address).json()["version"] == 2


def test_an_etag_names_the_newest_version_even_when_an_older_one_is_active(api, version):
    address = f"{GRAPHS}/{version.graph_id}"
    api.put(address, graph())
    api.put(f"{address}/versions/active", {"active_graph_version": 1})
    answer = api.put(address, graph(), HTTP_IF_MATCH=api.get(address)["ETag"])
    assert answer.json()["version"] == 3


@pytest.mark.parametrize("header", ["one", '"x"', "1"])
def test_an_if_match_that_is_no_etag_is_refused(api, version, header):
    answer = api.put(f"{GRAPHS}/{version.graph_id}", graph(), HTTP_IF_MATCH=header)
    assert answer.status_code == 400


def test_a_deleted_graph_is_gone_and_its_runs_stay(api, user, version):
    execution = ExecutionFactory(user=user, version=version)
    address = f"{GRAPHS}/{version.graph_id}"
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert api.get(GRAPHS).json()["count"] == 0
    assert api.get(f"/api/executions/{execution.pk}").status_code == 200


@pytest.mark.parametrize(
    "id_", [MISSING, "1", "x" * 10_000, "%00", "..", "9" * 40, "{}", MISSING.replace("-", "")]
)
def test_an_id_that_is_none_is_404(api, id_):
    answer = api.get(f"{GRAPHS}/{id_}")
    assert answer.status_code == 404
    assert answer.json()["error"]["error_code"] == "not_found"


@pytest.mark.parametrize("number", ["0", "-1", "2", str(2**31), str(2**63), "9" * 50, "one"])
def test_a_version_number_that_is_none_is_404(api, version, number):
    assert api.get(f"{GRAPHS}/{version.graph_id}/versions/{number}").status_code == 404

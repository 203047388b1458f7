"""/api/graphs/{graph_id}/draft: keep, read, publish, discard."""

import pytest

from graphs import drafts, services
from graphs.errors import DraftConflictError
from graphs.models import Draft, GraphVersion
from tests.api.drawings import graph, node
from tests.factories import echo_drawing


@pytest.fixture
def address(version):
    return f"/api/graphs/{version.graph_id}/draft"


def keep(api, address, document, *, revision=0, base_version=1):
    body = {"document": document, "base_version": base_version, "revision": revision}
    return api.put(address, body)


def conflict(answer):
    assert answer.status_code == 409
    return answer.json()["error"]["error_code"]


def test_a_draft_is_kept_and_comes_back(api, address):
    assert api.get(address).status_code == 404
    kept = keep(api, address, graph(name="Half done")).json()
    assert (kept["revision"], kept["base_version"], kept["problems"]) == (1, 1, [])
    assert api.get(address).json() == {**kept, "document": graph(name="Half done")}


def test_a_draft_need_not_be_sound_and_its_problems_are_told(api, address):
    document = {"name": "", "nodes": [node("ask", "nonsense")], "links": []}
    problems = keep(api, address, document).json()["problems"]
    assert [each["field"] for each in problems] == ["name"]
    problems = keep(api, address, {**document, "name": "x"}, revision=1).json()["problems"]
    message = 'There is no block "nonsense"'
    assert problems == [
        {"node_id": "ask", "field": "block_id", "message": message, "is_warning": False}
    ]


def test_what_keeps_a_sound_draft_from_running_is_told(api, address):
    document = graph([node("ask", "ai_text_summarizer_block")], [])
    [problem] = keep(api, address, document).json()["problems"]
    assert (problem["node_id"], problem["field"]) == ("ask", "text")


def test_a_draft_that_another_window_has_changed_is_not_overwritten(api, address):
    keep(api, address, graph(name="One window"))
    assert conflict(keep(api, address, graph(name="Another one"))) == "draft_conflict"
    keep(api, address, graph(name="The first again"), revision=1)
    assert conflict(keep(api, address, graph(name="Another one"), revision=1)) == "draft_conflict"
    assert api.get(address).json()["document"]["name"] == "The first again"


def test_a_published_draft_is_the_next_version_and_is_gone(api, address, version):
    keep(api, address, graph(name="Done"))
    answer = api.post(f"{address}/publish", {"revision": 1, "message": "Renamed it"})
    assert (answer.status_code, answer.json()["version"], answer.json()["name"]) == (200, 2, "Done")
    assert answer.headers["ETag"] == '"2"'
    assert not Draft.objects.exists()
    versions = api.get(f"/api/graphs/{version.graph_id}/versions").json()
    assert [each["message"] for each in versions] == ["Renamed it", ""]


def test_a_draft_of_an_older_version_is_not_published_over_a_newer_one(api, address, version):
    keep(api, address, graph(name="Mine"))
    services.save_version(
        graph=version.graph, name="Theirs", description="", drawing=echo_drawing()
    )
    assert conflict(api.post(f"{address}/publish", {"revision": 1})) == "version_conflict"
    assert api.get(address).json()["document"]["name"] == "Mine"
    keep(api, address, graph(name="Mine"), revision=1, base_version=2)
    assert api.post(f"{address}/publish", {"revision": 2}).json()["version"] == 3


def test_only_the_draft_that_was_seen_is_published(api, address):
    keep(api, address, graph())
    keep(api, address, graph(), revision=1)
    assert conflict(api.post(f"{address}/publish", {"revision": 1})) == "draft_conflict"
    api.delete(address)
    assert conflict(api.post(f"{address}/publish", {"revision": 2})) == "draft_conflict"
    assert GraphVersion.objects.count() == 1


def test_a_draft_that_is_no_graph_is_not_published(api, address):
    keep(api, address, graph([], []))
    answer = api.post(f"{address}/publish", {"revision": 1})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, "invalid_graph")
    assert api.get(address).status_code == 200


def test_a_discarded_draft_is_gone_and_that_can_be_said_twice(api, address):
    keep(api, address, graph())
    assert [api.delete(address).status_code, api.delete(address).status_code] == [204, 204]
    assert api.get(address).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"document": [], "base_version": 1, "revision": 0},
        {"document": {}, "base_version": 0, "revision": 0},
        {"document": {}, "base_version": 1, "revision": -1},
        {"document": {}, "base_version": 1, "revision": 0, "force": True},
    ],
)
def test_a_body_that_says_too_little_or_too_much_is_refused(api, address, body):
    assert api.put(address, body).status_code == 400


def test_a_stranger_has_no_draft_of_it(api, stranger_api, address):
    keep(api, address, graph())
    publish = f"{address}/publish"
    answers = [
        stranger_api.get(address),
        keep(stranger_api, address, graph()),
        stranger_api.delete(address),
        stranger_api.post(publish, {"revision": 1}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert Draft.objects.get().revision == 1


def test_two_windows_that_begin_a_draft_at_once_come_one_after_the_other(user, version):
    given = {"graph": version.graph, "user": user, "document": {}, "base_version": 1, "revision": 0}
    drafts.keep(**given)
    with pytest.raises(DraftConflictError):
        drafts.keep(**given)

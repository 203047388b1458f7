"""Publishing and changing pages over the API."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Scope
from executions.published.models import PublishedPage
from graphs import spec
from tests.factories import PublishedPageFactory, VersionFactory

PAGES = "/api/pages"
NOW = spec.Node("now", "output_block", {"name": "answer", "value": "tea"})


@pytest.fixture
def fields(version):
    return {"graph_id": str(version.graph_id), "name": "Ask us", "is_public": True}


def test_a_page_is_published_changed_paused_and_deleted(api, fields):
    made = api.post(PAGES, fields)
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    assert (made.json()["kind"], made.json()["daily_credits"]) == ("form", 100)
    place = f"{PAGES}/{made.json()['id']}"
    known = {name: value for name, value in made.json().items() if name != "url"}
    assert api.get(PAGES).json()["results"] == [known]
    assert api.get(place).json() == known
    changed = {"name": "Tell us", "inputs": {"text": "tea"}, "daily_credits": 7}
    answer = api.put(place, changed).json()
    assert {name: answer[name] for name in changed} == changed
    assert not answer["is_public"]
    assert api.post(f"{place}/pause").json()["is_paused"]
    assert not api.post(f"{place}/resume").json()["is_paused"]
    assert api.delete(place).status_code == 204
    assert not PublishedPage.objects.exists()


def test_visitors_find_it_at_its_address_until_it_has_another(api, fields, visitor):
    made = api.post(PAGES, fields).json()
    renewed = api.post(f"{PAGES}/{made['id']}/renew").json()
    assert visitor.get(urlsplit(made["url"]).path).status_code == 404
    shown = visitor.get(urlsplit(renewed["url"]).path)
    assert (shown.status_code, "Ask us" in shown.content.decode()) == (200, True)


def test_the_address_is_told_to_nobody_who_may_only_read(api, key_api, fields):
    token = PublishedPage.objects.get(pk=api.post(PAGES, fields).json()["id"]).token
    assert token not in key_api(Scope.READ_TRIGGERS).get(PAGES).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"kind": "shop"},
        {"daily_credits": -1},
        {"inputs": {"nothing": 1}},
        {"surprise": 1},
    ],
)
def test_what_cannot_be_is_refused(api, fields, changed):
    assert api.post(PAGES, {**fields, **changed}).status_code == 400


def test_a_chat_needs_a_graph_that_can_be_talked_to(api, user, fields, talker):
    silent = VersionFactory(owner=user, drawing=spec.Graph(nodes={"now": NOW}, links=()))
    chat = {**fields, "kind": "chat"}
    refused = api.post(PAGES, {**chat, "graph_id": str(silent.graph_id)})
    assert (refused.status_code, refused.json()["error"]["error_code"]) == (400, "no_chat")
    assert api.post(PAGES, {**chat, "graph_id": str(talker.graph_id)}).status_code == 201


def test_the_graph_of_somebody_else_is_missing(stranger_api, fields):
    assert stranger_api.post(PAGES, fields).status_code == 404


@pytest.mark.parametrize("verb", ["publish", "change", "resume", "renew"])
def test_who_may_not_run_graphs_opens_nothing(key_api, user, version, fields, verb):
    client = key_api(Scope.WRITE_TRIGGERS)
    place = f"{PAGES}/{PublishedPageFactory(user=user, graph=version.graph, is_paused=True).pk}"
    answer = {
        "publish": lambda: client.post(PAGES, fields),
        "change": lambda: client.put(place, {"name": "Tell us"}),
        "resume": lambda: client.post(f"{place}/resume"),
        "renew": lambda: client.post(f"{place}/renew"),
    }[verb]()
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (403, "insufficient_scope")


def test_the_list_asks_the_same_for_one_and_three(api, user, version):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            PublishedPageFactory(user=user, graph=version.graph)
        api.get(PAGES)
        with CaptureQueriesContext(connection) as asked:
            assert api.get(PAGES).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]

"""The list of graphs."""

import io
import json
import zipfile

import pytest

from graphs import filing, services
from graphs.filing import kept_in
from graphs.models import Graph
from tests.factories import TeamFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "names"), [("", "bca"), ("?order=name", "abc"), ("?order=name&q=b", "b")]
)
def test_graphs_are_listed_in_the_order_that_is_asked_for(page, user, query, names):
    for name in "acb":
        VersionFactory(owner=user, name=name)
    listed = page.get(f"/graphs/{query}").context["listing"].page
    assert "".join(graph.name for graph in listed) == names


def test_everybody_keeps_graphs_in_their_own_order(page, user):
    loved, old, _plain = (VersionFactory(owner=user, name=name).graph for name in "abc")
    page.post(f"/graphs/{loved.pk}/file/", {"is_favourite": "on", "folder": "Tea & more"})
    page.post(f"/graphs/{old.pk}/file/", {"is_archived": "on", "is_favourite": "on"})
    places = ["", "favourites", "folder:Tea & more", "archive"]
    listed = [page.get("/graphs/", {"place": each}).context["listing"].page for each in places]
    assert [sorted(graph.name for graph in graphs) for graphs in listed] == [
        ["a", "c"],
        ["a"],
        ["a"],
        ["b"],
    ]


def test_what_others_do_with_a_shared_graph_is_theirs(page, user):
    other = UserFactory()
    team = TeamFactory(owner=other, members={user: "viewer"})
    graph = VersionFactory(owner=other).graph
    services.share_graph(graph, team, by=other)
    page.post(f"/graphs/{graph.pk}/file/", {"is_archived": "on"})
    assert list(kept_in(Graph.objects.visible_to(user), user, "")) == []
    assert list(kept_in(Graph.objects.visible_to(other), other, "")) == [graph]


def test_the_name_of_a_folder_may_be_too_long(page, user):
    graph = VersionFactory(owner=user).graph
    answer = page.post(f"/graphs/{graph.pk}/file/", {"folder": "x" * 61}, follow=True)
    assert "60 letters at most" in answer.content.decode()
    assert not graph.filings.exists()


def test_graphs_are_found_by_the_tags_that_somebody_has_given_them(page, user):
    tea, _plain = (VersionFactory(owner=user, name=name).graph for name in "ab")
    page.post(f"/graphs/{tea.pk}/file/", {"tags": "weekly, 茶，weekly,, tea"})
    assert list(tea.filings.get().tags) == ["tea", "weekly", "茶"]
    assert 'value="tea, weekly, 茶"' in page.get(f"/graphs/{tea.pk}/").content.decode()
    assert [graph.tags for graph in listed(page)] == [[], ["tea", "weekly", "茶"]]
    assert listed(page, tag="茶") == [tea]
    assert 'href="?tag=weekly"' in page.get("/graphs/", {"tag": "tea"}).content.decode()


def test_tags_are_of_the_person_who_gave_them(page, user):
    other = UserFactory()
    team = TeamFactory(owner=other, members={user: "viewer"})
    graph = VersionFactory(owner=other).graph
    services.share_graph(graph, team, by=other)
    filing.tag(other, graph, ["theirs"])
    answer = page.get("/graphs/", {"tag": "theirs"})
    assert [graph.tags for graph in answer.context["listing"].page] == [[]]
    assert "theirs" not in answer.content.decode().replace("tag=theirs", "")


def test_tags_are_given_to_several_graphs_and_taken_off_again(page, user):
    first, second = (VersionFactory(owner=user, name=name).graph for name in "ab")
    filing.tag(user, first, ["tea"])
    chosen = {"row": [first.pk, second.pk]}
    page.post("/graphs/several/", {"verb": "tag", "tags": "weekly", **chosen})
    page.post("/graphs/several/", {"verb": "untag", "tags": "tea", **chosen})
    assert [graph.tags for graph in listed(page)] == [["weekly"], ["weekly"]]
    too_many = ",".join(f"tag {number}" for number in range(20))
    given = {"verb": "tag", "tags": too_many, **chosen}
    answer = page.post("/graphs/several/", given, follow=True)
    assert "Done with 0 of 2." in answer.content.decode()
    assert [graph.tags for graph in listed(page)] == [["weekly"], ["weekly"]]


def listed(page, **query):
    """The graphs in the list that the address asks for."""
    return list(page.get("/graphs/", query).context["listing"].page)


def test_several_graphs_are_filed_at_once(page, user):
    first, second, _third = (VersionFactory(owner=user, name=name).graph for name in "abc")
    chosen = {"row": [first.pk, second.pk]}
    page.post("/graphs/several/", {"verb": "move", "folder": "Tea", **chosen})
    page.post("/graphs/several/", {"verb": "favourite", **chosen})
    page.post("/graphs/several/", {"verb": "archive", "row": [second.pk]})
    kept = user.filings.values_list("graph__name", "folder", "is_favourite", "is_archived")
    assert sorted(kept) == [("a", "Tea", True, False), ("b", "Tea", True, True)]
    page.post("/graphs/several/", {"verb": "fetch", "row": [second.pk]})
    page.post("/graphs/several/", {"verb": "plain", "row": [first.pk]})
    kept = user.filings.values_list("graph__name", "is_favourite", "is_archived")
    assert sorted(kept) == [("a", False, False), ("b", True, False)]


def test_graphs_are_not_moved_to_a_folder_with_too_long_a_name(page, user):
    graph = VersionFactory(owner=user).graph
    given = {"verb": "move", "folder": "x" * 61, "row": [graph.pk]}
    answer = page.post("/graphs/several/", given, follow=True)
    assert "Done with 0 of 1." in answer.content.decode()


def test_who_only_looks_at_a_shared_graph_deletes_it_not(page, user):
    other = UserFactory()
    team = TeamFactory(owner=other, members={user: "viewer"})
    graph = VersionFactory(owner=other).graph
    services.share_graph(graph, team, by=other)
    page.post("/graphs/several/", {"verb": "delete", "row": [graph.pk]})
    assert Graph.objects.get().deleted_at is None


def test_several_graphs_are_exported_as_an_archive(page, user):
    graphs = [VersionFactory(owner=user, name=name).graph for name in ("Tea", "Tea")]
    answer = page.post("/graphs/export/", {"row": [graph.pk for graph in graphs]})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        documents = [json.loads(archive.read(name)) for name in names]
    assert names == ["001-tea-v1.json", "002-tea-v1.json"]
    assert [document["name"] for document in documents] == ["Tea", "Tea"]
    answer = page.post("/graphs/export/", {}, follow=True)
    assert "Choose something of the list first" in answer.content.decode()

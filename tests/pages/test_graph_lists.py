"""The list of graphs."""

import pytest

from graphs import services
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
    listed = page.get(f"/graphs/{query}").context["page"].object_list
    assert "".join(graph.name for graph in listed) == names


def test_everybody_keeps_graphs_in_their_own_order(page, user):
    loved, old, _plain = (VersionFactory(owner=user, name=name).graph for name in "abc")
    page.post(f"/graphs/{loved.pk}/file/", {"is_favourite": "on", "folder": "Tea & more"})
    page.post(f"/graphs/{old.pk}/file/", {"is_archived": "on", "is_favourite": "on"})
    places = ["", "favourites", "folder:Tea & more", "archive", "folder:Nowhere"]
    listed = [page.get("/graphs/", {"in": each}).context["page"].object_list for each in places]
    assert [sorted(graph.name for graph in graphs) for graphs in listed] == [
        ["a", "c"],
        ["a"],
        ["a"],
        ["b"],
        [],
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

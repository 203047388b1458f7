"""/api/graphs/{graph_id}/filing: where somebody keeps a graph in their own list."""

import pytest

from graphs import filing
from tests.factories import VersionFactory

GRAPHS = "/api/graphs"
NOWHERE = {"is_favourite": False, "is_archived": False, "folder": "", "tags": []}


@pytest.fixture
def graph(user):
    return VersionFactory(owner=user).graph


@pytest.fixture
def address(graph):
    return f"{GRAPHS}/{graph.pk}/filing"


def test_a_graph_that_was_never_filed_is_nowhere(api, graph, address):
    assert api.get(address).json() == NOWHERE
    assert not graph.filings.exists()


def test_what_is_given_is_kept_and_the_rest_stays(api, address):
    changes = {"folder": " Tea ", "tags": ["weekly", "茶", "weekly"], "is_favourite": True}
    kept = {**NOWHERE, "folder": "Tea", "tags": ["weekly", "茶"], "is_favourite": True}
    answer = api.put(address, changes)
    assert (answer.status_code, answer.json()) == (200, kept)
    assert api.put(address, {"is_archived": True}).json() == {**kept, "is_archived": True}
    assert api.put(address, {}).json() == api.get(address).json() == {**kept, "is_archived": True}


def test_a_page_shows_what_a_program_has_filed(api, client, user, graph, address):
    api.put(address, {"tags": ["tea"], "folder": "Kitchen"})
    assert filing.FilingForm(graph, user).initial["folder"] == "Kitchen"
    assert filing.tags_of(user) == ["tea"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"folder": "x" * 61}, "folder"),
        ({"folder": None}, "folder"),
        ({"tags": "tea"}, "tags"),
        ({"tags": ["x" * 31]}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"tags": ["tea, weekly"]}, "tags"),
        ({"tags": ["茶、每周"]}, "tags"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"is_favourite": "perhaps"}, "is_favourite"),
        ({"is_archived": None}, "is_archived"),
        ({"favourite": True}, "favourite"),
    ],
)
def test_wrong_input_is_refused_and_changes_nothing(api, graph, address, wrong, field):
    answer = api.put(address, wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]["error_code"] == "validation_error"
    assert field in str(answer.json()["detail"])
    assert not graph.filings.exists()


def test_a_stranger_gets_404(stranger_api, graph, address):
    assert stranger_api.get(address).status_code == 404
    assert stranger_api.put(address, {"folder": "Mine"}).status_code == 404
    assert not graph.filings.exists()


def test_a_list_is_narrowed_to_a_place(api, user, graph):
    other = VersionFactory(owner=user).graph
    filing.keep(user, graph, folder="Tea", is_favourite=True)
    filing.keep(user, other, is_archived=True)

    def kept(place):
        return [each["id"] for each in api.get(GRAPHS, {"place": place}).json()["results"]]

    assert kept("favourites") == kept("folder:Tea") == [str(graph.pk)]
    assert kept("archive") == [str(other.pk)]
    assert kept("folder:Coffee") == []


@pytest.mark.parametrize("place", ["cellar", "folder:", "favourites2"])
def test_a_place_that_cannot_be_is_refused(api, place):
    assert api.get(GRAPHS, {"place": place}).status_code == 400

"""Graphs that people offer to others as templates."""

import pytest

from accounts.models import Scope
from graphs import services, spec
from graphs.models import Graph
from tests.access.conftest import with_key
from tests.factories import TeamFactory, UserFactory, VersionFactory
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

SECRET = "sk-very-secret"


@pytest.fixture
def operator(db):
    return UserFactory(email="operator@example.com", role="operator")


@pytest.fixture
def colleague(user, version):
    """Who may look at the user's graph, which is shared with their team."""
    colleague = UserFactory(email="colleague@example.com")
    team = TeamFactory(owner=user, members={colleague: "viewer"})
    Graph.objects.filter(pk=version.graph_id).update(team=team)
    return colleague


def client(person):
    return with_key(person, [Scope.READ_GRAPHS, Scope.WRITE_GRAPHS])


def offer(person, graph_id, audience):
    body = {"template_for": audience}
    return client(person).put(f"/api/graphs/{graph_id}/template", body)


def offered_to(person):
    return [each["id"] for each in client(person).get("/api/templates").json()["results"]]


def test_a_template_for_a_team_is_offered_to_its_members_only(user, stranger, colleague, version):
    assert offered_to(colleague) == []
    assert offer(user, version.graph_id, "team").json()["template_for"] == "team"
    assert offered_to(colleague) == [str(version.graph_id)]
    assert offered_to(stranger) == []
    address = f"/api/templates/{version.graph_id}/take"
    assert client(stranger).post(address).status_code == 404
    assert offer(user, version.graph_id, "nobody").status_code == 200
    assert offered_to(colleague) == []
    assert client(colleague).post(address).status_code == 404


def test_a_template_for_a_team_ends_when_the_graph_is_shared_no_more(user, colleague, version):
    offer(user, version.graph_id, "team")
    client(user).put(f"/api/graphs/{version.graph_id}/team", {"team_id": None})
    assert offered_to(colleague) == []


def test_a_graph_without_a_team_is_no_template_for_one(user, version):
    answer = offer(user, version.graph_id, "team")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "not_shared")


def test_only_an_operator_offers_to_everybody(user, operator, stranger, version):
    assert offer(user, version.graph_id, "everybody").status_code == 403
    own = VersionFactory(owner=operator)
    assert offer(operator, own.graph_id, "everybody").status_code == 200
    assert offered_to(stranger) == [str(own.graph_id)]


def test_a_deleted_template_is_offered_no_more(operator, stranger):
    own = VersionFactory(owner=operator)
    offer(operator, own.graph_id, "everybody")
    client(operator).delete(f"/api/graphs/{own.graph_id}")
    assert offered_to(stranger) == []


def test_a_copy_has_the_graphs_that_it_runs_and_nothing_secret(operator, stranger):
    child = VersionFactory(owner=operator, name="Child")
    nodes = [
        {
            "id": "run",
            "block_id": "agent_executor_block",
            "input_default": {"graph_id": str(child.graph_id)},
        },
        {
            "id": "ask",
            "block_id": "llm_call_block",
            "input_default": {"prompt": "Hello", "api_key": SECRET},
        },
    ]
    body = {"name": "Parent", "nodes": nodes, "links": []}
    parent = client(operator).post("/api/graphs", body).json()["id"]
    Graph.objects.get(pk=parent).test_cases.create(name="tea", inputs={"text": SECRET})
    assert offer(operator, parent, "everybody").status_code == 200
    answer = client(stranger).post(f"/api/templates/{parent}/take")
    assert answer.status_code == 201
    assert SECRET not in answer.content.decode()
    copy = Graph.objects.get(pk=answer.json()["graph"]["id"])
    part = stranger.graphs.get(name="Child")
    drawing = copy.versions.get().load()
    assert copy.owner == stranger
    assert copy.template_for == "nobody"
    assert drawing.nodes["run"].input_default["graph_id"] == str(part.pk)
    assert drawing.nodes["ask"].input_default == {"prompt": "Hello"}
    assert not copy.test_cases.exists()


def running(owner, *children, name="Parent"):
    """A graph that runs others."""
    nodes = {
        f"run{n}": spec.Node(f"run{n}", "agent_executor_block", {"graph_id": str(child.graph_id)})
        for n, child in enumerate(children)
    }
    return VersionFactory(owner=owner, name=name, drawing=spec.Graph(nodes, ()))


def share_with(team, *versions):
    Graph.objects.filter(pk__in=[each.graph_id for each in versions]).update(team=team)


def test_what_somebody_else_has_shared_is_not_given_away(operator, stranger):
    team = TeamFactory(owner=stranger, members={operator: "editor"})
    foreign = VersionFactory(owner=stranger, name="Secret sauce")
    between = running(operator, foreign, name="Between")
    parent = running(operator, between)
    share_with(team, foreign)
    answer = offer(operator, parent.graph_id, "everybody")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "parts_of_others")
    assert "Secret sauce" in answer.json()["error"]["message"]
    said = logged_in(operator).post(
        f"/graphs/{parent.graph_id}/template/", {"template_for": "everybody"}, follow=True
    )
    assert "not yours to give away: Secret sauce" in text_of(said)
    Graph.objects.filter(pk=foreign.graph_id).update(template_for="everybody")
    assert offer(operator, parent.graph_id, "everybody").status_code == 200


def test_what_the_team_has_anyway_goes_along_for_the_team(user, stranger):
    leader = UserFactory(email="leader@example.com")
    team = TeamFactory(owner=leader, members={user: "editor", stranger: "viewer"})
    theirs = VersionFactory(owner=leader)
    parent = running(user, theirs)
    share_with(team, theirs, parent)
    assert offer(user, parent.graph_id, "team").status_code == 200
    taken = client(stranger).post(f"/api/templates/{parent.graph_id}/take").json()
    assert taken["remarks"] == []
    assert stranger.graphs.count() == 2


def test_an_owner_of_the_team_gives_away_no_graph_that_is_not_shared(user, version):
    leader = UserFactory(email="leader@example.com")
    team = TeamFactory(owner=leader, members={user: "editor"})
    private = VersionFactory(owner=user, name="Private")
    parent = running(user, private)
    share_with(team, parent)
    answer = offer(leader, parent.graph_id, "team")
    assert answer.status_code == 409
    assert "Private" not in answer.content.decode()
    assert offer(user, parent.graph_id, "team").status_code == 200


def test_what_a_later_version_runs_stays_behind_until_it_is_offered_again(user, colleague, version):
    assert offer(user, version.graph_id, "team").status_code == 200
    private = VersionFactory(owner=user, name="Private")
    services.save_version(
        graph=version.graph, name="x", description="", drawing=running(user, private).load()
    )
    address = f"/api/templates/{version.graph_id}/take"
    [remark] = client(colleague).post(address).json()["remarks"]
    assert str(private.graph_id) in remark["text"]
    assert not colleague.graphs.filter(name="Private").exists()
    told = logged_in(user).post(
        f"/graphs/{version.graph_id}/template/", {"template_for": "team"}, follow=True
    )
    assert "Copies have these graphs in them, too: Private" in text_of(told)
    assert client(colleague).post(address).json()["remarks"] == []
    assert colleague.graphs.filter(name="Private").exists()


def test_the_page_of_a_graph_offers_it_and_the_gallery_gives_copies(user, colleague, version):
    graph = version.graph
    Graph.objects.filter(pk=graph.pk).update(name="Soup of the day")
    theirs, others = logged_in(user), logged_in(colleague)
    assert "Template for" in text_of(theirs.get(f"/graphs/{graph.pk}/"))
    assert "Template for" not in text_of(others.get(f"/graphs/{graph.pk}/"))
    said = theirs.post(f"/graphs/{graph.pk}/template/", {"template_for": "team"}, follow=True)
    assert "It is saved for whom the graph is a template." in text_of(said)
    gallery = text_of(others.get("/graphs/gallery/"))
    assert "From your teams" in gallery
    assert "Soup of the day" in gallery
    assert "From this installation" not in gallery
    taken = others.post(f"/graphs/gallery/{graph.pk}/", follow=True)
    assert "It is yours now." in text_of(taken)
    assert colleague.graphs.get().name == "Soup of the day"


def test_the_page_takes_no_audience_that_it_does_not_offer(user, version):
    address = f"/graphs/{version.graph_id}/template/"
    for audience in ("everybody", "team", "nonsense"):
        said = logged_in(user).post(address, {"template_for": audience}, follow=True)
        assert "Choose for whom it is a template." in text_of(said)
    assert Graph.objects.get(pk=version.graph_id).template_for == "nobody"

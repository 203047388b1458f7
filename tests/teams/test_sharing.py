"""What is shared with a team, and who may do what with it."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import keys
from accounts.models import Scope
from accounts.teams import services as teams
from accounts.teams.models import Membership, TeamRole
from executions.files import services as files
from executions.models import Execution
from executions.triggers import timers
from executions.triggers.models import Tick
from executions.webhooks.services import access_of
from graphs.models import Graph, GraphVersion
from graphs.services import share_graph
from tests.api_client import client_of
from tests.factories import (
    ExecutionFactory,
    PublishedPageFactory,
    ScheduleFactory,
    TeamFactory,
    UserFactory,
    VersionFactory,
    WebhookFactory,
)
from tests.pages.conftest import logged_in

BODY = {"inputs": {"text": "x"}}


@pytest.fixture
def people(user):
    """By role: the members of a team, and `stranger`, who is in another one."""
    members = {role: UserFactory(email=f"team-{role}@example.com") for role in TeamRole.values}
    TeamFactory(
        owner=members["owner"], members={user: "editor"} | {p: r for r, p in members.items()}
    )
    stranger = UserFactory()
    TeamFactory(owner=stranger)
    return {**members, "stranger": stranger, "graph owner": user}


@pytest.fixture
def team(people):
    return people["viewer"].memberships.get().team


@pytest.fixture
def shared(version, team):
    """The graph of the user, shared."""
    Graph.objects.filter(pk=version.graph_id).update(team=team)
    version.graph.refresh_from_db()
    return version.graph


def client(person):
    _key, text = keys.issue(person, name="Tests", permissions=Scope.values)
    return client_of(text)


def statuses(people, ask):
    return {name: ask(client(person)).status_code for name, person in people.items()}


def test_a_graph_is_seen_by_its_team(people, shared):
    seen = statuses(people, lambda api: api.get(f"/api/graphs/{shared.pk}"))
    everybody = dict.fromkeys(people, 200)
    assert seen == everybody | {"stranger": 404}
    for name, person in people.items():
        listed = client(person).get("/api/graphs").json()["results"]
        assert [each["id"] for each in listed] == ([str(shared.pk)] if name != "stranger" else [])


@pytest.mark.django_db(transaction=True)
def test_a_graph_is_run_by_editors_who_pay_for_it(people, shared):
    run = statuses(people, lambda api: api.post(f"/api/graphs/{shared.pk}/execute", BODY))
    assert run == {"viewer": 403, "editor": 200, "owner": 200, "stranger": 404, "graph owner": 200}
    ran = {execution.user for execution in Execution.objects.select_related("user")}
    assert ran == {people[name] for name in ("editor", "owner", "graph owner")}


def test_a_graph_is_deleted_by_owners(people, shared):
    roles = ("viewer", "editor", "stranger", "owner")
    deleted = statuses(
        {name: people[name] for name in roles}, lambda api: api.delete(f"/api/graphs/{shared.pk}")
    )
    assert deleted == {"viewer": 403, "editor": 403, "stranger": 404, "owner": 204}


def test_runs_of_a_shared_graph_are_read_by_the_team_and_stopped_by_who_started_them(
    people, shared, version
):
    run = ExecutionFactory(user=people["editor"], version=version, status="RUNNING")
    read = statuses(people, lambda api: api.get(f"/api/executions/{run.pk}"))
    assert read == dict.fromkeys(people, 200) | {"stranger": 404}
    others = {name: person for name, person in people.items() if name != "editor"}
    stopped = statuses(
        others, lambda api: api.post(f"/api/graphs/{shared.pk}/executions/{run.pk}/stop")
    )
    assert stopped == dict.fromkeys(others, 403) | {"stranger": 404}
    assert (
        client(people["editor"])
        .post(f"/api/graphs/{shared.pk}/executions/{run.pk}/stop")
        .status_code
        == 200
    )


def test_the_runs_of_a_graph_are_listed_for_the_team_and_all_runs_for_who_started_them(
    people, shared, version
):
    run = ExecutionFactory(user=people["editor"], version=version)
    api = client(people["viewer"])
    below = api.get(f"/api/graphs/{shared.pk}/executions").json()["results"]
    assert [each["id"] for each in below] == [str(run.pk)]
    assert api.get("/api/executions").json()["results"] == []


def test_what_a_run_has_written_is_read_by_who_may_see_the_run(people, shared, version):
    run = ExecutionFactory(user=people["editor"], version=version)
    written = files.keep(
        people["editor"].pk, ContentFile(b"soup"), name="menu.txt", execution_id=run.pk
    )
    lasting = files.keep(people["editor"].pk, ContentFile(b"salt"), name="own.txt")
    others = {name: person for name, person in people.items() if name != "editor"}

    def read(file):
        return statuses(others, lambda api: api.get(f"/api/files/{file.pk}/download"))

    assert read(written) == dict.fromkeys(others, 200) | {"stranger": 404}
    assert read(lasting) == dict.fromkeys(others, 404)
    removed = statuses(others, lambda api: api.delete(f"/api/files/{written.pk}"))
    assert removed == dict.fromkeys(others, 403) | {"stranger": 404}


def lose_the_right(people, shared, team, loss):
    """What an editor can lose the right to run a graph by."""
    membership = Membership.objects.get(team=team, user=people["editor"])
    if loss == "leaves":
        teams.remove(membership, by=people["owner"])
    elif loss == "becomes a viewer":
        teams.change_role(membership, role=TeamRole.VIEWER, by=people["owner"])
    else:
        share_graph(shared, None, by=people["graph owner"])


LOSSES = ("leaves", "becomes a viewer", "is shared no more")


@pytest.mark.parametrize("loss", LOSSES)
def test_what_a_member_has_opened_to_others_closes_with_their_right(people, shared, team, loss):
    version, editor = shared.versions.get(), people["editor"]
    webhook = WebhookFactory(user=editor, version=version)
    page = PublishedPageFactory(user=editor, graph=shared)
    hook, address = f"/api/hooks/{access_of(webhook).token}", f"/p/{page.token}/"
    visitor = Client()
    assert client_of("").post(hook, {"text": "x"}).status_code == 202
    assert visitor.post(address, {"input-0": "x"}).status_code == 302
    lose_the_right(people, shared, team, loss)
    assert client_of("").post(hook, {"text": "x"}).status_code in {404, 409}
    assert visitor.post(address, {"input-0": "x"}).status_code in {404, 422}
    assert editor.executions.count() == 2
    assert client(editor).get("/api/webhooks").json()["results"] == []
    assert logged_in(editor).get(f"/pages/{page.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["viewer", "owner", "graph owner", "stranger"])
def test_nobody_else_manages_what_a_member_has_opened(people, shared, who):
    version, editor = shared.versions.get(), people["editor"]
    webhook = WebhookFactory(user=editor, version=version)
    page = PublishedPageFactory(user=editor, graph=shared)
    api, browser = client(people[who]), logged_in(people[who])
    assert api.get(f"/api/webhooks/{webhook.pk}").status_code == 404
    assert api.post(f"/api/webhooks/{webhook.pk}/renew").status_code == 404
    assert browser.get(f"/pages/{page.pk}/").status_code == 404
    assert browser.post(f"/pages/{page.pk}/renew/").status_code == 404


@pytest.mark.parametrize("loss", LOSSES)
def test_a_schedule_of_who_may_run_it_no_more_starts_nothing(people, shared, team, loss):
    ScheduleFactory(user=people["editor"], graph=shared, next_due_at=timezone.now())
    lose_the_right(people, shared, team, loss)
    assert timers.fire_due() == 1
    assert Tick.objects.get().result == Tick.Result.REFUSED
    assert client(people["editor"]).get("/api/schedules").json()["results"] == []


def test_a_graph_of_the_team_is_a_part_of_other_graphs_for_editors_only(people, shared):
    assert [
        GraphVersion.objects.editable_by(people[name]).filter(graph=shared).exists()
        for name in ("viewer", "editor", "stranger")
    ] == [False, True, False]


def test_the_list_of_runs_shows_everybodys_of_the_graph_that_is_chosen(people, shared, version):
    run = ExecutionFactory(user=people["editor"], version=version)
    page = logged_in(people["viewer"])
    assert str(run.pk) in page.get(f"/executions/?graph={shared.pk}").content.decode()
    assert str(run.pk) not in page.get("/executions/").content.decode()
    foreign = ExecutionFactory()
    both = logged_in(people["stranger"]).get(f"/executions/?graph={foreign.graph_id}")
    assert str(foreign.pk) not in both.content.decode()


def test_sharing_is_for_owners_and_with_teams_in_which_they_may_edit(people, shared, team):
    other = TeamFactory(owner=people["owner"], members={people["graph owner"]: "viewer"})
    foreign = TeamFactory(owner=people["stranger"])
    address = f"/api/graphs/{shared.pk}/team"

    def share(name, with_):
        return client(people[name]).put(address, {"team_id": with_ and str(with_.pk)}).status_code

    assert [share(name, None) for name in ("viewer", "editor", "stranger")] == [403, 403, 404]
    assert share("graph owner", other) == 403  # they are a viewer there
    assert share("graph owner", foreign) == 404
    assert share("owner", foreign) == 404
    assert share("owner", other) == 200
    assert (
        share("owner", TeamFactory(owner=people["owner"])) == 409
    )  # the graph's owner is not in it
    assert share("owner", None) == 200
    shared.refresh_from_db()
    assert shared.team is None
    assert share("owner", None) == 404


def test_who_leaves_takes_what_they_have_shared_along(people, shared, team):
    teams.remove(Membership.objects.get(team=team, user=people["graph owner"]), by=people["owner"])
    shared.refresh_from_db()
    assert shared.team is None
    assert client(people["viewer"]).get(f"/api/graphs/{shared.pk}").status_code == 404


def test_a_deleted_team_leaves_graphs_to_their_owners(people, shared, team):
    assert client(people["owner"]).delete(f"/api/teams/{team.pk}").status_code == 204
    shared.refresh_from_db()
    assert shared.team is None
    assert client(people["graph owner"]).get(f"/api/graphs/{shared.pk}").status_code == 200


def test_a_deleted_account_takes_its_graphs_out_of_the_team(people, shared, team):
    people["graph owner"].delete()
    assert not team.graphs.exists()


@pytest.mark.django_db(transaction=True)
def test_starting_a_run_asks_no_more_of_the_database_for_a_team(people, shared, version):
    own = VersionFactory(owner=people["editor"])
    api = client(people["editor"])

    def asked(graph_id):
        api.post(f"/api/graphs/{graph_id}/execute", BODY)
        with CaptureQueriesContext(connection) as queries:
            assert api.post(f"/api/graphs/{graph_id}/execute", BODY).status_code == 200
        return len(queries)

    assert asked(shared.pk) == asked(own.graph_id)

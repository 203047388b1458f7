"""Credentials that are lent to a team: used in runs of its graphs, read by nobody."""

import pytest

from accounts import keys
from accounts.models import Scope
from accounts.teams import services as teams
from accounts.teams.models import Membership
from accounts.vault import services as vault
from executions import services
from executions.engine.status import Status
from graphs.errors import InvalidGraphError
from graphs.models import Graph
from tests.api_client import client_of
from tests.executions.scene import behaviours, save
from tests.executions.test_credentials import SECRET, asking, end, keep, reference
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "http-smtp_api_key-user_password_credentials"


@pytest.fixture
def editor():
    return UserFactory(email="team-editor@example.com")


@pytest.fixture
def team(user, editor):
    return TeamFactory(owner=user, members={editor: "editor"})


@pytest.fixture
def version(user, team):
    """Of a graph of the user, shared, whose node asks for a credential and tells which it got."""
    behaviours["name it"] = lambda secret, ports: [
        ("value", secret.values["api_key"][-4:] if secret else None)
    ]
    version = save(user, asking("name it"))
    Graph.objects.filter(pk=version.graph_id).update(team=team)
    return version


@pytest.fixture
def lent(user, team):
    return vault.lend(keep(user), team)


def start(person, version, **credentials):
    return services.start_execution(
        version=version, user=person, inputs={}, credentials_inputs=credentials
    )


def told(execution):
    return end(execution).node_executions.get().outputs


def test_a_member_uses_what_is_lent_in_a_run_of_the_teams_graph(editor, version, lent):
    run = start(editor, version, **{KEY: reference(lent)})
    assert told(run) == [["value", SECRET[-4:]]]
    assert lent.uses.get().execution_id == run.pk


def test_it_is_used_by_itself_where_it_is_the_teams_default(editor, version, lent, team):
    assert told(start(editor, version)) == [["value", None]]
    vault.lend(lent, team, is_default=True)
    assert told(start(editor, version)) == [["value", SECRET[-4:]]]


def test_ones_own_default_comes_first(editor, version, lent, team):
    vault.lend(lent, team, is_default=True)
    keep(editor, secret={"api_key": "sk-of-the-editor-OWN1"}, is_default=True)
    assert told(start(editor, version)) == [["value", "OWN1"]]


def test_a_team_has_one_default_for_a_provider(user, editor, version, lent, team):
    vault.lend(lent, team, is_default=True)
    newer = vault.lend(keep(editor, secret={"api_key": "sk-newer-NEW2"}), team, is_default=True)
    lent.refresh_from_db()
    assert (lent.is_team_default, newer.is_team_default) == (False, True)
    assert told(start(user, version)) == [["value", "NEW2"]]


def test_it_is_of_no_use_in_other_graphs(editor, lent):
    with pytest.raises(InvalidGraphError):
        start(editor, save(editor, asking("name it")), **{KEY: reference(lent)})


def test_it_is_of_no_use_to_other_teams(user, editor, version, lent):
    other = TeamFactory(owner=user, members={editor: "editor"})
    Graph.objects.filter(pk=version.graph_id).update(team=other)
    with pytest.raises(InvalidGraphError):
        start(editor, version, **{KEY: reference(lent)})


def leave(user, editor, team):
    teams.remove(Membership.objects.get(team=team, user=editor), by=user)


def become_a_viewer(user, editor, team):
    teams.change_role(Membership.objects.get(team=team, user=editor), role="viewer", by=user)


def take_it_back(user, editor, team):
    vault.lend(user.credentials.get(), None)


def revoke(user, editor, team):
    vault.revoke(user.credentials.get())


@pytest.mark.parametrize("change", [leave, become_a_viewer, take_it_back, revoke])
def test_a_run_that_goes_on_loses_what_its_user_may_use_no_more(
    user, editor, team, version, lent, change
):
    run = start(editor, version, **{KEY: reference(lent)})
    change(user, editor, team)
    end(run)
    assert run.status == Status.FAILED
    assert run.node_executions.get().error_code == "credential_unavailable"


def test_who_lends_and_leaves_takes_it_along(user, editor, team):
    lent = vault.lend(keep(editor), team, is_default=True)
    leave(user, editor, team)
    lent.refresh_from_db()
    assert lent.team is None


def test_nobody_reads_it_or_changes_it(editor, lent, team):
    _key, text = keys.issue(editor, name="Tests", permissions=Scope.values)
    api = client_of(text)
    [shown] = api.get(f"/api/teams/{team.pk}/credentials").json()["results"]
    assert shown.keys() == {
        *("id", "title", "provider", "type", "is_team_default", "lent_by", "expires_at")
    }
    place = f"/api/credentials/{lent.pk}"
    for answer in (
        api.get(place),
        api.put(place, {"title": "Mine"}),
        api.delete(place),
        api.post(f"{place}/test"),
        api.post(f"{place}/revoke"),
        api.get(f"{place}/usage"),
        api.put(f"{place}/team", {"team_id": None}),
    ):
        assert answer.status_code == 404
    assert api.get("/api/credentials").json()["results"] == []


def test_lending_is_for_teams_in_which_one_may_edit(api, user, lent):
    place = f"/api/credentials/{lent.pk}/team"
    seen = TeamFactory(owner=UserFactory(), members={user: "viewer"})
    foreign = TeamFactory(owner=UserFactory())
    assert api.put(place, {"team_id": str(seen.pk)}).status_code == 403
    assert api.put(place, {"team_id": str(foreign.pk)}).status_code == 404
    assert api.put(place, {"team_id": None}).json()["team_id"] is None

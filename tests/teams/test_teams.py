"""Making teams, inviting people, changing roles, leaving."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.limits.rates import Rate, RouteClass
from accounts.post import postman
from accounts.teams import services
from accounts.teams.models import Invitation, Membership, TeamRole
from tests.factories import TeamFactory, UserFactory
from tests.pages.conftest import logged_in


@pytest.fixture
def team(user, stranger):
    """Of the user, with the stranger as its viewer."""
    return TeamFactory(owner=user, members={stranger: "viewer"})


@pytest.fixture
def guest(db):
    return UserFactory(email="guest@example.com")


def invite(team, user, email="guest@example.com", role=TeamRole.EDITOR):
    return services.invite(team=team, email=email, role=role, by=user)


def roles(team):
    return dict(team.memberships.values_list("user__email", "role"))


def test_who_makes_a_team_owns_it(api, user):
    answer = api.post("/api/teams", {"name": "Kitchen"})
    assert answer.status_code == 201
    assert (answer.json()["role"], answer.json()["member_count"]) == ("owner", 1)


def test_an_invitation_is_answered_alike_whether_there_is_an_account_or_not(api, team, guest):
    address = f"/api/teams/{team.pk}/invitations"
    known, unknown = (
        api.post(address, {"email": email, "role": "editor"})
        for email in (guest.email, "nobody@example.com")
    )
    assert (known.status_code, unknown.status_code) == (201, 201)
    same = {"team", "team_id", "role"}
    assert {key: known.json()[key] for key in same} == {key: unknown.json()[key] for key in same}
    assert known.json().keys() == unknown.json().keys()


def test_an_address_is_found_in_any_case(team, user, guest):
    invite(team, user, email="  Guest@Example.com ")
    assert Invitation.objects.owned_by(guest).count() == 1


def test_who_accepts_is_in_the_team_as_what_they_were_asked(team, user, guest, api):
    invitation = invite(team, user)
    page = logged_in(guest)
    assert page.post(f"/invitations/{invitation.pk}/accept/").url == f"/teams/{team.pk}/"
    assert roles(team)["guest@example.com"] == "editor"
    assert not Invitation.objects.exists()


def test_who_declines_is_not(team, user, guest):
    invitation = invite(team, user)
    assert logged_in(guest).post(f"/invitations/{invitation.pk}/decline/").url == "/teams/"
    assert "guest@example.com" not in roles(team)
    assert not Invitation.objects.exists()


def test_an_invitation_of_another_cannot_be_taken(team, user, stranger_page):
    invitation = invite(team, user)
    assert stranger_page.post(f"/invitations/{invitation.pk}/accept/").status_code == 404


def test_an_invitation_ends(team, user, guest):
    invitation = invite(team, user)
    past = timezone.now() - timedelta(seconds=1)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=past)
    assert logged_in(guest).post(f"/invitations/{invitation.pk}/accept/").status_code == 404


def test_an_invitation_that_was_withdrawn_meanwhile_lets_nobody_in(team, user, guest):
    invitation = invite(team, user)
    Invitation.objects.all().delete()
    with pytest.raises(services.TeamGoneError):
        services.accept(invitation, user=guest)
    assert "guest@example.com" not in roles(team)


def test_a_second_invitation_replaces_the_first(team, user):
    invite(team, user)
    invite(team, user, role=TeamRole.VIEWER)
    assert Invitation.objects.get().role == "viewer"


def test_members_are_not_invited_again(api, team, stranger):
    body = {"email": stranger.email, "role": "editor"}
    answer = api.post(f"/api/teams/{team.pk}/invitations", body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "already_member")


def test_a_team_has_an_end(api, team, monkeypatch):
    monkeypatch.setattr(services, "MAX_MEMBERS", 2)
    body = {"email": "x@example.com", "role": "editor"}
    answer = api.post(f"/api/teams/{team.pk}/invitations", body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "team_full")


@pytest.mark.django_db(transaction=True)
def test_where_there_is_a_mail_server_the_invited_get_a_mail_that_names_nothing_of_the_team(
    team, user, settings
):
    settings.HAS_MAIL = True
    invite(team, user, email="nobody@example.com")
    invite(team, user, email="nobody@example.com", role=TeamRole.VIEWER)  # sends no second mail
    postman().submit(lambda: None).result(timeout=30)
    [sent] = mail.outbox
    assert sent.to == ["nobody@example.com"]
    assert "Kitchen" not in sent.subject + sent.body


def test_who_invites_one_after_the_other_is_told_to_wait(api, team, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {RouteClass.AUTH: Rate(2, 60)}
    address = f"/api/teams/{team.pk}/invitations"
    bodies = [{"email": f"{n}@example.com", "role": "viewer"} for n in range(3)]
    assert [api.post(address, body).status_code for body in bodies] == [201, 201, 429]


def test_the_last_owner_stays(api, user, team):
    member = f"/api/teams/{team.pk}/members/{user.pk}"
    answers = [
        api.put(member, {"role": "viewer"}),
        api.delete(member),
        api.post(f"/api/teams/{team.pk}/leave"),
    ]
    assert [each.json()["error"]["error_code"] for each in answers] == ["last_owner"] * 3
    assert roles(team)[user.email] == "owner"


def test_roles_change_and_people_go(api, user, stranger, stranger_api, team):
    member = f"/api/teams/{team.pk}/members/{stranger.pk}"
    assert api.put(member, {"role": "owner"}).json()["role"] == "owner"
    assert stranger_api.delete(f"/api/teams/{team.pk}/members/{user.pk}").status_code == 204
    assert roles(team) == {stranger.email: "owner"}
    assert api.get(f"/api/teams/{team.pk}").status_code == 404


def test_who_has_left_meanwhile_is_not_found(team, stranger, user):
    membership = Membership.objects.get(team=team, user=stranger)
    Membership.objects.filter(pk=membership.pk).delete()
    with pytest.raises(services.TeamGoneError):
        services.change_role(membership, role=TeamRole.OWNER, by=user)


def test_what_is_done_with_teams_is_written_down(team, user, stranger):
    invite(team, user)
    services.remove(Membership.objects.get(team=team, user=stranger), by=user)
    entries = AuditEntry.objects.filter(action="team").order_by("pk")
    assert [(entry.actor_id, entry.details["verb"]) for entry in entries] == [
        (user.pk, "invite"),
        (user.pk, "remove"),
    ]


def test_the_page_of_a_team_offers_what_the_reader_may_do(page, stranger_page, team):
    address = f"/teams/{team.pk}/"
    mine, theirs = (each.get(address).content.decode() for each in (page, stranger_page))
    assert "Invite somebody" in mine
    assert "Invite somebody" not in theirs
    assert "Leave" in theirs


def test_a_wrong_invitation_says_why(page, team, stranger):
    answer = page.post(f"/teams/{team.pk}/invite/", {"email": stranger.email, "role": "editor"})
    assert answer.status_code == 422
    assert "in the team already" in answer.content.decode()


@pytest.mark.parametrize(("has_mail", "status"), [(True, 404), (False, 204)])
def test_an_address_that_nobody_has_shown_to_be_theirs_accepts_nothing(
    api, user, settings, has_mail, status
):
    settings.HAS_MAIL = has_mail
    other = TeamFactory(owner=UserFactory())
    invitation = invite(other, other.memberships.get().user, user.email)
    user.emailaddress_set.update(verified=False)
    assert (str(invitation.pk) in api.get("/api/invitations").text) is not has_mail
    answer = api.post(f"/api/invitations/{invitation.pk}/accept")
    assert answer.status_code == status
    assert other.memberships.filter(user=user).exists() is not has_mail

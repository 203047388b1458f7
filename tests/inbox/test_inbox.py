"""What waits for somebody: seeing it, answering, asking others, and answering from a mail."""

import re
import time

import pytest
from django.core import mail
from django.test import Client as Browser

from accounts import keys
from accounts.audit.models import AuditEntry
from accounts.models import Scope, User
from accounts.teams.models import Membership
from chaos import failures
from executions import failpoints, services
from executions.inbox import links
from executions.inbox import services as inbox
from executions.inbox.models import Delegation
from executions.models import Execution
from executions.notifications import sending, spreading
from executions.notifications.models import Dispatch, Notification
from executions.workers import work
from graphs.models import Graph
from tests.api_client import client_of
from tests.executions.scene import drawing, save
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

LINK = re.compile(r"http://127\.0\.0\.1:8000(/answer/\S+)")


@pytest.fixture
def ask(user):
    """Run until a person is asked; returns the node execution that waits."""

    def ask(**inputs):
        asking = {"name": "Pay it?", "data": {"amount": 5}, **inputs}
        graph = drawing(
            {
                "ask": ("human_in_the_loop_block", asking),
                "yes": ("output_block", {"name": "yes"}),
            },
            ["ask.approved_data -> yes.value"],
        )
        execution = services.start_execution(version=save(user, graph), user=user, inputs={})
        work.advance(execution.pk)
        return execution.node_executions.get(node_id="ask")

    return ask


@pytest.fixture
def friend(db):
    return UserFactory(email="friend@example.com", name="Friend")


@pytest.fixture
def shared(ask, user, friend):
    """A question of a run of a graph that is shared with a team of two."""
    firing = ask()
    team = TeamFactory(owner=user, members={friend: "viewer"})
    Graph.objects.update(team=team)
    return firing


def client(person):
    return client_of(keys.issue(person, name="x", permissions=Scope.values)[1])


def page(person):
    browser = Browser()
    browser.force_login(person)
    return browser


def outputs_of(firing):
    work.advance(firing.execution_id)
    return Execution.objects.get(pk=firing.execution_id).outputs


def mailed_link(person):
    """The address in the mail that tells them of a question."""
    spreading.spread()
    sending.send(sending.claim())
    [message] = [each for each in mail.outbox if each.to == [person.email]]
    return LINK.search(message.body)[1]


def test_the_inbox_tells_what_there_is_to_know(api, ask):
    late, soon = ask(), ask(deadline=60, default="approve", editable=False)
    rows = api.get("/api/inbox").json()["results"]
    assert [row["id"] for row in rows] == [str(soon.pk), str(late.pk)]
    assert (rows[0]["default"], rows[0]["is_editable"]) == ("approve", False)
    assert rows[0]["deadline"] is not None
    assert (rows[1]["title"], rows[1]["data"]) == ("Pay it?", {"amount": 5})
    assert (rows[1]["graph_name"], rows[1]["deadline"], rows[1]["default"]) == ("Scene", None, "")
    assert api.get(f"/api/inbox/{late.pk}").json() == rows[1]


def test_an_answer_goes_on_with_changed_data_and_says_who_gave_it(api, ask, user):
    firing = ask()
    answer = {"approved": True, "data": {"amount": 4}}
    assert api.post(f"/api/inbox/{firing.pk}/answer", answer).status_code == 204
    assert api.post(f"/api/inbox/{firing.pk}/answer", answer).status_code == 404
    assert outputs_of(firing) == {"yes": [{"amount": 4}]}
    entry = AuditEntry.objects.get(action="answer")
    assert (entry.actor_id, entry.details) == (user.pk, {"approved": True})


def test_pages_show_and_answer_it(ask, user):
    firing, browser = ask(), page(user)
    assert "Pay it?" in browser.get("/inbox/").content.decode()
    wrong = browser.post(f"/inbox/{firing.pk}/", {"decision": "approve", "changed": "{"})
    assert wrong.status_code == 422
    browser.post(f"/inbox/{firing.pk}/", {"decision": "approve", "changed": '{"amount": 1}'})
    assert outputs_of(firing) == {"yes": [{"amount": 1}]}
    assert "Nothing waits for you" in browser.get("/inbox/").content.decode()


def test_a_member_who_was_asked_is_told_and_may_answer(api, shared, friend, user):
    theirs = client(friend)
    assert theirs.get("/api/inbox").json()["results"] == []
    asked = api.post(
        f"/api/inbox/{shared.pk}/delegate", {"user_id": str(friend.pk), "note": "You know more"}
    ).json()
    assert asked["delegation"]["user"] == friend.email
    told = Notification.objects.get(user=friend)
    assert told.data["note"] == "You know more"
    assert "You know more" in page(friend).get(f"/inbox/{shared.pk}/").content.decode()
    assert theirs.get("/api/inbox").json()["results"][0]["delegation"]["by"] == user.email
    assert theirs.post(f"/api/inbox/{shared.pk}/answer", {"approved": True}).status_code == 204
    assert outputs_of(shared) == {"yes": [{"amount": 5}]}
    assert AuditEntry.objects.get(action="answer").actor_id == friend.pk


def test_who_is_asked_no_more_may_not_answer(api, shared, friend):
    place = f"/api/inbox/{shared.pk}"
    api.post(f"{place}/delegate", {"user_id": str(friend.pk)})
    assert client(friend).get(place).status_code == 200
    Membership.objects.filter(user=friend).delete()
    assert client(friend).get(place).status_code == 404
    assert api.delete(f"{place}/delegate").status_code == 204
    assert api.get(place).json()["delegation"] is None


def test_only_members_of_the_team_can_be_asked_and_only_by_who_has_started_the_run(
    api, shared, friend, stranger
):
    place = f"/api/inbox/{shared.pk}/delegate"
    answer = api.post(place, {"user_id": str(stranger.pk)})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "not_member")
    api.post(place, {"user_id": str(friend.pk)})
    assert client(friend).post(place, {"user_id": str(friend.pk)}).status_code == 403


def test_the_page_asks_a_member(shared, friend, user):
    browser = page(user)
    assert friend.email in browser.get(f"/inbox/{shared.pk}/").content.decode()
    browser.post(f"/inbox/{shared.pk}/delegate/", {"user": str(friend.pk), "note": ""})
    assert "Pay it?" in page(friend).get("/inbox/").content.decode()
    browser.post(f"/inbox/{shared.pk}/take-back/")
    assert "Pay it?" not in page(friend).get("/inbox/").content.decode()


def test_a_link_in_the_mail_answers_once_without_a_login(ask, user):
    firing = ask()
    link = mailed_link(user)
    assert link not in Dispatch.objects.get().body
    browser = Browser()
    shown = browser.get(link)
    assert "Pay it?" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    firing.refresh_from_db()
    assert firing.status == "WAITING"
    assert browser.post(link, {"decision": "approve"}).status_code == 200
    assert outputs_of(firing) == {"yes": [{"amount": 5}]}
    ended = browser.get(link)
    assert (ended.status_code, "Somebody has answered" in ended.content.decode()) == (404, True)
    assert browser.post(link, {"decision": "approve"}).status_code == 404


def test_a_link_needs_the_token_of_the_form(ask, user):
    ask()
    strict = Browser(enforce_csrf_checks=True)
    assert strict.post(mailed_link(user), {"decision": "approve"}).status_code == 403


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"login_generation": 7}], ids=["closed", "logged out"]
)
def test_a_link_ends_with_the_logins_of_its_reader(ask, user, change):
    ask()
    link = mailed_link(user)
    User.objects.filter(pk=user.pk).update(**change)
    assert Browser().get(link).status_code == 404


def test_a_link_ends_after_a_week_and_cannot_be_made_up(ask, user, monkeypatch):
    firing = ask()
    [path] = links.paths_for(user, [firing.pk])
    assert Browser().get(path[:-2] + "x/").status_code == 404
    assert Browser().get(path).status_code == 200
    later = time.time() + links.LIFETIME.total_seconds() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert links.opened(path.split("/")[2]) is None


def test_who_is_asked_is_told_with_the_delegation_or_not_at_all(
    shared, user, friend, monkeypatch, tmp_path
):
    with monkeypatch.context() as patch:
        armed = failures.Armed("delegate.before_commit=raise", tmp_path / "report")
        patch.setattr(failpoints, "hit", armed)
        with pytest.raises(failures.BrokenOnPurposeError):
            inbox.delegate(shared, user, friend.pk)
    told = Notification.objects.filter(user=friend)
    assert (Delegation.objects.count(), told.count()) == (0, 0)
    inbox.delegate(shared, user, friend.pk)
    assert (Delegation.objects.count(), told.count()) == (1, 1)

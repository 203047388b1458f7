"""Where somebody is logged in, and ending that."""

from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client

from accounts import logins, tokens
from accounts.models import BrowserSession, LoginSession
from tests.api_client import Client as ApiClient
from tests.api_client import client_of
from tests.executions.test_consumers import ACCEPTED
from tests.executions.test_consumers import Client as Socket
from tests.factories import PASSWORD
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

LOGINS = "/api/auth/logins"


@pytest.fixture
def desk(user):
    """A browser that has come by the login page."""
    browser = Client(headers={"User-Agent": "Desk/1.0"}, REMOTE_ADDR="192.0.2.7")
    browser.post("/login/", {"login": user.email, "password": PASSWORD})
    return browser


@pytest.fixture
def program(user):
    """The tokens of a program that has logged in."""
    login = {"email": user.email, "password": PASSWORD}
    return ApiClient(HTTP_USER_AGENT="Robot/2").post("/api/auth/token", login).json()


def test_browsers_and_programs_are_listed_with_where_they_are(api, desk, program):
    found = api.get(LOGINS).json()["logins"]
    shown = {(each["kind"], each["agent"], each["address"]) for each in found}
    assert shown == {("browser", "Desk/1.0", "192.0.2.7"), ("program", "Robot/2", "127.0.0.1")}
    text = text_of(desk.get("/account/logins/"))
    assert "Desk/1.0 This one" in text
    assert "Robot/2" in text
    assert desk.cookies["sessionid"].value not in str(found) + text


def test_one_login_is_ended_and_the_others_go_on(api, desk, program, user):
    other = logged_in(user)
    kinds = {each["kind"]: each["id"] for each in api.get(LOGINS).json()["logins"]}
    assert client_of(program["access"]).get("/api/user").status_code == 200
    other.post(f"/account/logins/{kinds['program']}/end/")
    assert client_of(program["access"]).get("/api/user").status_code == 401
    assert LoginSession.objects.get().end_reason == "ended"
    session = BrowserSession.objects.get(agent="Desk/1.0")
    assert api.delete(f"{LOGINS}/{session.public_id}").status_code == 204
    assert desk.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200
    assert api.delete(f"{LOGINS}/{session.public_id}").status_code == 404


def test_what_is_listed_follows_a_session_that_gets_another_key(desk, user):
    new = "another horse battery"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    desk.post("/account/password/", given)
    [login] = logins.open_logins(user)
    assert (login.agent, login.address) == ("Desk/1.0", "192.0.2.7")
    assert "This one" in text_of(desk.get("/account/logins/"))


def test_logins_of_others_cannot_be_ended(stranger_api, desk, program, user):
    assert stranger_api.get(LOGINS).json() == {"logins": []}
    for login in logins.open_logins(user):
        answer = stranger_api.delete(f"{LOGINS}/{login.id}")
        missing = stranger_api.delete(f"{LOGINS}/{uuid4()}")
        assert answer.status_code == missing.status_code == 404
    assert len(logins.open_logins(user)) == 2


def test_all_of_them_are_ended_at_once(api, desk, program, user):
    assert desk.post("/account/log-out/").url == "/login/"
    assert desk.get("/account/").status_code == 302
    assert logins.open_logins(user) == []
    assert client_of(program["access"]).get("/api/user").status_code == 401
    assert api.get("/api/user").status_code == 200  # an API key is no login


def test_a_list_asks_the_same_number_of_questions(api, user, django_assert_num_queries):
    for _ in range(3):
        tokens.open_session(user)
        logged_in(user)
    api.get(LOGINS)
    with django_assert_num_queries(3):
        assert len(api.get(LOGINS).json()["logins"]) == 6


@pytest.mark.django_db(transaction=True)
def test_a_connection_ends_with_the_session_that_opened_it(user, monkeypatch):
    monkeypatch.setattr("executions.live.watching.CHECK_EVERY", -1.0)
    browser = logged_in(user)
    cookie = f"sessionid={browser.cookies['sessionid'].value}".encode()

    async def watch():
        socket = Socket("/ws/", (b"cookie", cookie))
        assert await socket.connect() == ACCEPTED
        await socket.say("heartbeat")
        assert (await socket.hear())["success"]
        [login] = await sync_to_async(logins.open_logins)(user)
        await sync_to_async(logins.end)(user, login.id)
        await socket.say("heartbeat")
        return (await socket.receive_output(timeout=5))["code"]

    assert async_to_sync(watch)() == 4401

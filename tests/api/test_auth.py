"""Getting in: tokens, API keys, sessions, tickets."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from accounts import keys, logins, operators, services, tickets, tokens
from accounts.callers import Caller
from accounts.errors import InvalidTokenError
from accounts.models import ApiKey, LoginSession, User
from tests.api_client import Client, client_of
from tests.factories import PASSWORD

TOKEN, REFRESH, LOGOUT = "/api/auth/token", "/api/auth/token/refresh", "/api/auth/logout"


@pytest.fixture
def pair(anonymous_api, user):
    return anonymous_api.post(TOKEN, {"email": user.email, "password": PASSWORD}).json()


def test_a_password_opens_the_door_whatever_the_case_of_the_address(anonymous_api, user):
    answer = anonymous_api.post(TOKEN, {"email": "Owner@Example.COM", "password": PASSWORD})
    assert answer.status_code == 200
    mine = client_of(answer.json()["access"]).get("/api/user").json()
    assert mine["id"] == str(user.pk)
    assert mine["last_login"] is not None


def test_a_wrong_password_and_an_unknown_or_closed_account_are_answered_alike(
    anonymous_api, user, stranger
):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    answers = [
        anonymous_api.post(TOKEN, {"email": email, "password": password})
        for email, password in (
            (user.email, "wrong"),
            ("nobody@example.com", PASSWORD),
            (stranger.email, PASSWORD),
        )
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert {answer.json()["detail"] for answer in answers} == {
        "There is no active account with this e-mail and password"
    }


@pytest.mark.parametrize(
    "body", [{}, {"email": "a@example.com"}, {"email": [], "password": {}}, [], "x", None]
)
def test_a_login_without_its_fields_is_400(anonymous_api, body):
    assert anonymous_api.post(TOKEN, body).status_code == 400


def forged(user, **changes):
    token = AccessToken(tokens.open_session(user)["access"].encode())
    for claim, value in changes.items():
        if value is None:
            del token[claim]
        else:
            token[claim] = value
    return str(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": 1_000_000_000},
        {"nbf": 4_000_000_000},
        {"token_type": "refresh"},
        {"token_type": None},
        {"jti": None},
        {"user_id": "00000000-0000-4000-8000-000000000000"},
        {"user_id": "nobody"},
        {"user_id": None},
        {"sid": "00000000-0000-4000-8000-000000000000"},
        {"sid": "none"},
        {"sid": None},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(user, changes):
    answer = client_of(forged(user, **changes)).get("/api/user")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (
        401,
        "authentication_failed",
    )


def test_a_token_of_another_issuer_is_refused(user):
    token = AccessToken(tokens.open_session(user)["access"].encode())
    backend = token.get_token_backend()
    backend.issuer, issuer = "somebody", backend.issuer
    try:
        text = str(token)
    finally:
        backend.issuer = issuer
    assert client_of(text).get("/api/user").status_code == 401


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a.b.c",
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VyX2lkIjoiMSJ9.",
        "aloom_unknown",
        "x" * 10_000,
        "ключ",
    ],
)
def test_a_bearer_that_nobody_gave_out_is_refused(db, text):
    assert Client(HTTP_AUTHORIZATION=f"Bearer {text}").get("/api/user").status_code == 401


def test_a_token_without_its_signature_is_refused(user):
    text = tokens.open_session(user)["access"].rpartition(".")[0] + "."
    assert client_of(text).get("/api/user").status_code == 401


def test_a_closed_account_opens_no_door(user, api, pair):
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert api.get("/api/user").status_code == 401
    assert client_of(pair["access"]).get("/api/user").status_code == 401
    assert Client().post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize("header", ["HTTP_X_API_KEY", "HTTP_AUTHORIZATION"])
def test_an_api_key_works_in_both_headers(user, header):
    _key, text = keys.issue(user, name="x", permissions=["identity"])
    value = text if header == "HTTP_X_API_KEY" else f"Bearer {text}"
    assert Client(**{header: value}).get("/api/user").json()["email"] == user.email


def test_an_api_key_in_the_address_opens_nothing(user):
    _key, text = keys.issue(user, name="x", permissions=["identity"])
    for name in ("api_key", "token", "key", "access_token"):
        assert Client().get("/api/user", {name: text}).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_key_that_is_suspended_revoked_or_expired_is_refused(user, change):
    key, text = keys.issue(user, name="x", permissions=["identity"])
    assert client_of(text).get("/api/user").status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(**change)
    assert client_of(text).get("/api/user").status_code == 401


def test_a_session_needs_the_csrf_token_for_writes(user):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.get("/api/user").status_code == 200
    refused = browser.put("/api/user", {"name": "X"}, content_type="application/json")
    assert refused.status_code == 403
    browser.cookies["csrftoken"] = "a" * 32
    accepted = browser.put(
        "/api/user", {"name": "X"}, content_type="application/json", HTTP_X_CSRFTOKEN="a" * 32
    )
    assert accepted.json()["name"] == "X"


def test_a_refresh_token_gives_a_new_pair(anonymous_api, pair):
    new = anonymous_api.post(REFRESH, {"refresh": pair["refresh"]}).json()
    assert new["refresh"] != pair["refresh"]
    assert client_of(new["access"]).get("/api/user").status_code == 200


def test_a_refresh_token_that_comes_back_ends_its_session_at_once(
    anonymous_api, user, pair, caplog
):
    other = anonymous_api.post(TOKEN, {"email": user.email, "password": PASSWORD}).json()
    new = anonymous_api.post(REFRESH, {"refresh": pair["refresh"]}).json()
    stolen = anonymous_api.post(REFRESH, {"refresh": pair["refresh"]})
    assert (stolen.status_code, stolen.json()["error"]["error_code"]) == (401, "invalid_token")
    assert anonymous_api.post(REFRESH, {"refresh": new["refresh"]}).status_code == 401
    for session in (pair, new):
        assert client_of(session["access"]).get("/api/user").status_code == 401
    assert client_of(other["access"]).get("/api/user").status_code == 200
    assert anonymous_api.post(REFRESH, {"refresh": other["refresh"]}).status_code == 200
    [ended] = LoginSession.objects.exclude(ended_at=None)
    assert ended.end_reason == "reuse"
    assert f"A used refresh token of user {user.pk} came back" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_those_who_use_a_refresh_token_at_once_one_gets_a_pair_and_all_are_out(user, pair):
    together = threading.Barrier(4)

    def use():
        together.wait()
        try:
            return tokens.rotate(pair["refresh"])
        except InvalidTokenError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        got = [each.result() for each in [pool.submit(use) for _ in range(4)]]
    [new] = [each for each in got if each]
    with pytest.raises(InvalidTokenError, match="has ended"):
        tokens.rotate(new["refresh"])


def test_no_token_is_kept_as_it_is(pair, user):
    kept = str(list(LoginSession.objects.values()))
    assert pair["refresh"].partition(".")[2] not in kept
    assert pair["access"] not in kept


def test_another_users_sessions_go_on(anonymous_api, stranger, pair):
    theirs = anonymous_api.post(TOKEN, {"email": stranger.email, "password": PASSWORD}).json()
    for _ in range(2):
        anonymous_api.post(REFRESH, {"refresh": pair["refresh"]})
    assert anonymous_api.post(REFRESH, {"refresh": theirs["refresh"]}).status_code == 200


def test_logout_ends_the_session_with_its_tokens(anonymous_api, pair):
    assert anonymous_api.post(LOGOUT, {"refresh": pair["refresh"]}).status_code == 204
    assert anonymous_api.post(LOGOUT, {"refresh": pair["refresh"]}).status_code == 204
    assert anonymous_api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401
    assert client_of(pair["access"]).get("/api/user").status_code == 401
    assert LoginSession.objects.get().end_reason == "logout"


def log_out_everywhere(user):
    logins.end_all(user)


def change_password(user):
    services.set_password(user, "another horse battery")


def suspend_and_resume(user):
    people = User.objects.filter(pk=user.pk)
    operators.suspend(people, by=User())
    operators.resume(people)


@pytest.mark.parametrize("end", [log_out_everywhere, change_password, suspend_and_resume])
def test_what_ends_all_logins_ends_browsers_programs_and_tickets(api, user, pair, end):
    browser, ticket = Browser(), tickets.issue(Caller(user))
    browser.force_login(user)
    assert browser.get("/account/").status_code == 200
    end(user)
    assert client_of(pair["access"]).get("/api/user").status_code == 401
    assert Client().post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401
    assert browser.get("/account/").status_code == 302
    assert tickets.redeem(ticket) is None
    assert api.get("/api/user").status_code == 200  # an API key is no login


def test_people_can_log_out_everywhere(anonymous_api, user, pair):
    other = anonymous_api.post(TOKEN, {"email": user.email, "password": PASSWORD}).json()
    mine = client_of(pair["access"])
    assert mine.post("/api/auth/logout-everywhere").status_code == 204
    for session in (pair, other):
        assert client_of(session["access"]).get("/api/user").status_code == 401


def test_a_session_that_nobody_renews_ends(anonymous_api, pair):
    LoginSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert anonymous_api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401
    assert client_of(pair["access"]).get("/api/user").status_code == 401


@pytest.mark.parametrize("address", [REFRESH, LOGOUT])
def test_only_a_refresh_token_that_we_gave_out_counts(anonymous_api, user, address):
    access = tokens.open_session(user)["access"]
    for text in ("x", ".", access, "00000000-0000-4000-8000-000000000000.x"):
        answer = anonymous_api.post(address, {"refresh": text})
        assert (answer.status_code, answer.json()["error"]["error_code"]) == (401, "invalid_token")


def test_a_ticket_opens_one_connection(api, user):
    answer = api.post("/api/auth/ws-ticket").json()
    assert answer["expires_in"] == 30
    assert tickets.redeem(answer["ticket"]).user == user
    assert tickets.redeem(answer["ticket"]) is None
    assert tickets.redeem("") is None


def test_a_ticket_of_a_closed_account_opens_nothing(api, user):
    ticket = api.post("/api/auth/ws-ticket").json()["ticket"]
    User.objects.update(is_active=False)
    assert tickets.redeem(ticket) is None

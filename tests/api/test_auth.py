"""Getting in: tokens, API keys, sessions, tickets."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts import keys, tickets
from accounts.models import ApiKey, CreditEntry, User
from tests.api_client import Client, client_of
from tests.factories import PASSWORD

TOKEN, REFRESH, LOGOUT = "/api/auth/token", "/api/auth/token/refresh", "/api/auth/logout"
REGISTER = "/api/auth/register"


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
    token = AccessToken.for_user(user)
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
    token = AccessToken.for_user(user)
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
    text = str(AccessToken.for_user(user)).rpartition(".")[0] + "."
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


def test_a_refresh_token_that_comes_back_ends_all_sessions(anonymous_api, user, pair):
    other = anonymous_api.post(TOKEN, {"email": user.email, "password": PASSWORD}).json()
    new = anonymous_api.post(REFRESH, {"refresh": pair["refresh"]}).json()
    stolen = anonymous_api.post(REFRESH, {"refresh": pair["refresh"]})
    assert (stolen.status_code, stolen.json()["error"]["error_code"]) == (401, "invalid_token")
    for session in (new, other):
        assert anonymous_api.post(REFRESH, {"refresh": session["refresh"]}).status_code == 401


def test_another_users_sessions_go_on(anonymous_api, stranger, pair):
    theirs = anonymous_api.post(TOKEN, {"email": stranger.email, "password": PASSWORD}).json()
    for _ in range(2):
        anonymous_api.post(REFRESH, {"refresh": pair["refresh"]})
    assert anonymous_api.post(REFRESH, {"refresh": theirs["refresh"]}).status_code == 200


def test_after_logout_the_refresh_token_is_used_up(anonymous_api, pair):
    assert anonymous_api.post(LOGOUT, {"refresh": pair["refresh"]}).status_code == 204
    assert anonymous_api.post(LOGOUT, {"refresh": pair["refresh"]}).status_code == 204
    assert anonymous_api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize("address", [REFRESH, LOGOUT])
def test_only_a_refresh_token_that_we_gave_out_counts(anonymous_api, user, address):
    never_given_out = str(RefreshToken())
    for text in ("x", str(AccessToken.for_user(user)), never_given_out):
        answer = anonymous_api.post(address, {"refresh": text})
        assert (answer.status_code, answer.json()["error"]["error_code"]) == (401, "invalid_token")


def test_sign_up_is_closed_unless_a_setting_opens_it(anonymous_api):
    answer = anonymous_api.post(REGISTER, {"email": "new@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (403, "signup_closed")
    assert User.objects.count() == 0


def test_whoever_signs_up_can_log_in_and_has_the_first_credits(anonymous_api, settings):
    settings.SIGNUP_OPEN = True
    body = {"email": "New@Example.com", "password": PASSWORD, "name": "Ada"}
    answer = anonymous_api.post(REGISTER, body)
    assert answer.status_code == 201
    assert (answer.json()["email"], answer.json()["role"]) == ("new@example.com", "user")
    assert CreditEntry.objects.get().amount == settings.INITIAL_CREDITS
    login = {"email": "new@example.com", "password": PASSWORD}
    assert anonymous_api.post(TOKEN, login).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "OWNER@example.com"}, 409),
        ({"email": "owner@example.com."}, 400),
        ({"email": "no address"}, 400),
        ({"password": "short"}, 400),
        ({"password": "password123"}, 400),
        ({"role": "admin"}, 400),
        ({"credits": 10**9}, 400),
        ({"name": "x" * 101}, 400),
    ],
)
def test_an_account_that_cannot_be_is_refused(anonymous_api, user, settings, change, status):
    settings.SIGNUP_OPEN = True
    body = {"email": "new@example.com", "password": PASSWORD} | change
    assert anonymous_api.post(REGISTER, body).status_code == status
    assert User.objects.count() == 1


def test_a_ticket_opens_one_connection(api, user):
    answer = api.post("/api/auth/ws-ticket").json()
    assert answer["expires_in"] == 30
    assert tickets.redeem(answer["ticket"]) == user
    assert tickets.redeem(answer["ticket"]) is None
    assert tickets.redeem("") is None


def test_a_ticket_of_a_closed_account_opens_nothing(api, user):
    ticket = api.post("/api/auth/ws-ticket").json()["ticket"]
    User.objects.update(is_active=False)
    assert tickets.redeem(ticket) is None

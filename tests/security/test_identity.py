"""Adversarial cases of getting in (A-01 to A-12, and what B, M, W and Z have of it), by their ids."""

from datetime import timedelta

import jwt
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from accounts import keys, logins, services, tokens
from accounts.models import ApiKey, User
from tests.api_client import Client, client_of
from tests.factories import PASSWORD, UserFactory
from tests.identity.conftest import link_in, mails

pytestmark = pytest.mark.django_db
TOKEN, REFRESH, REGISTER = "/api/auth/token", "/api/auth/token/refresh", "/api/auth/register"
NEW = "another horse battery"


def claims(user, **changed):
    """Of an access token that would be good; None leaves a claim out."""
    session = jwt.decode(
        tokens.open_session(user)["access"],
        options={"verify_signature": False, "verify_exp": False},
    )
    return {name: value for name, value in (session | changed).items() if value is not None}


def signed(payload, key=api_settings.SIGNING_KEY, algorithm="HS256", **headers):
    return jwt.encode(payload, key, algorithm, headers=headers or None)


def opens(token):
    return client_of(token).get("/api/user").status_code


def test_a_01_a_token_that_is_signed_otherwise_opens_nothing(user, settings):
    good = claims(user)
    assert opens(signed(good, key=settings.SECRET_KEY)) == 401
    assert opens(signed(good)) == 200
    unsigned = jwt.encode(good, None, algorithm="none")
    assert opens(unsigned) == 401
    assert opens(signed(good).rpartition(".")[0] + ".") == 401
    assert opens(signed(good, key="another-key-" * 4)) == 401
    assert opens(signed(good, algorithm="HS512")) == 401
    head, _, rest = signed(good).partition(".")
    assert opens(f"{unsigned.partition('.')[0]}.{rest}") == 401
    assert head != unsigned.partition(".")[0]


@pytest.mark.parametrize(
    "change",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": 2**31},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "somebody else"},
        {"token_type": "refresh"},
        {"token_type": None},
        {"sid": None},
        {"sid": "00000000-0000-4000-8000-000000000000"},
        {"sid": "x"},
        {"user_id": "00000000-0000-4000-8000-000000000000"},
        {"user_id": "x"},
    ],
    ids=str,
)
def test_a_02_a_token_with_wrong_claims_opens_nothing(user, change):
    assert opens(signed(claims(user, **change))) == 401


@pytest.mark.parametrize("end", ["close", "delete"])
def test_a_03_a_token_of_somebody_who_is_gone_opens_nothing(user, end):
    token = signed(claims(user))
    browser = Browser()
    browser.force_login(user)
    if end == "close":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.credit_entries.all().delete()
        user.delete()
    assert opens(token) == 401
    assert browser.get("/account/").status_code == 302


def test_a_04_a_refresh_token_that_comes_back_ends_its_login(user):
    first = tokens.open_session(user)
    second = Client().post(REFRESH, {"refresh": first["refresh"]}).json()
    assert Client().post(REFRESH, {"refresh": first["refresh"]}).status_code == 401
    assert Client().post(REFRESH, {"refresh": second["refresh"]}).status_code == 401
    assert opens(second["access"]) == 401


def test_a_05_a_key_belongs_into_a_header(user, caplog):
    _key, text = keys.issue(user, name="x", permissions=["identity"])
    assert Client(HTTP_X_API_KEY=text).get("/api/user").status_code == 200
    for name in ("api_key", "key", "token", "access_token", "X-API-Key"):
        assert Client().get(f"/api/user?{name}={text}").status_code == 401
    assert text not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"is_active": False},
    ],
    ids=["revoked", "expired", "suspended"],
)
def test_a_06_a_key_that_has_ended_opens_nothing_at_once(api, user, change):
    assert api.get("/api/user").status_code == 200
    ApiKey.objects.filter(user=user).update(**change)  # as another process would
    assert api.get("/api/user").status_code == 401


def test_a_07_a_key_is_kept_as_a_hash(api, user):
    text = api.post("/api/user/api-keys", {"name": "CI", "permissions": ["identity"]}).json()["key"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_apikey::text FROM accounts_apikey")
        assert text not in str(cursor.fetchall())
    assert text not in str(api.get("/api/user/api-keys").json())


def test_a_08_after_many_passwords_the_right_one_opens_nothing_for_a_while(rates, user):
    rates(login="10/300")
    tried = [
        Client().post(TOKEN, {"email": user.email, "password": str(n)}).status_code
        for n in range(100)
    ]
    assert (tried.count(401), tried.count(429)) == (10, 90)
    right = Client().post(TOKEN, {"email": user.email, "password": PASSWORD})
    assert (right.status_code, int(right["Retry-After"]) <= 310) == (429, True)
    page = Browser().post("/login/", {"login": user.email, "password": PASSWORD})
    assert page.status_code == 429


def test_a_09_it_is_as_much_work_to_refuse_a_stranger_as_a_person(user, monkeypatch):
    UserFactory(email="closed@example.com", is_active=False)
    work, hashed = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *given: work.append(1) or hashed(self, *given)
    )
    answers, amounts = set(), set()
    for email in (user.email, "nobody@example.com", "closed@example.com"):
        work.clear()
        answer = Client().post(TOKEN, {"email": email, "password": "wrong"})
        page = Browser().post("/login/", {"login": email, "password": "wrong"})
        answers.add((answer.status_code, answer.json()["detail"], page.status_code))
        amounts.add(len(work))
    assert len(answers) == len(amounts) == 1


def test_a_10_a_link_for_a_new_password_is_for_the_mailbox_only_and_works_once(user):
    session = tokens.open_session(user)
    answer = Client().post("/api/auth/password/reset", {"email": user.email})
    key = link_in(mails()[0]).split("/")[3]
    assert key not in str(answer.content) + str(answer.headers)
    confirm, body = "/api/auth/password/reset/confirm", {"key": key, "password": NEW}
    assert [Client().post(confirm, body).status_code for _ in range(2)] == [204, 401]
    assert opens(session["access"]) == 401
    assert logins.open_logins(user) == []


def test_a_10_a_link_for_a_new_password_works_for_an_hour(user, settings):
    assert settings.PASSWORD_RESET_TIMEOUT == 3_600
    Client().post("/api/auth/password/reset", {"email": user.email})
    key = link_in(mails()[0]).split("/")[3]
    settings.PASSWORD_RESET_TIMEOUT = -1
    body = {"key": key, "password": NEW}
    assert Client().post("/api/auth/password/reset/confirm", body).status_code == 401


@pytest.mark.parametrize(
    ("email", "status", "accounts"),
    [
        ("OWNER@example.com", 202, 1),
        ("Owner@EXAMPLE.com", 202, 1),
        ("owner@example.com.", 400, 1),
        (" owner@example.com ", 202, 1),
        ("owner@example.com\0", 400, 1),
        ("owner+tag@example.com", 202, 2),
    ],
)
def test_a_11_no_spelling_of_an_address_takes_an_account_over(
    user, settings, email, status, accounts
):
    settings.SIGNUP_OPEN = True
    answer = Client().post(REGISTER, {"email": email, "password": NEW})
    assert (answer.status_code, User.objects.count()) == (status, accounts)
    assert Client().post(TOKEN, {"email": user.email, "password": PASSWORD}).status_code == 200
    assert Client().post(TOKEN, {"email": user.email, "password": NEW}).status_code == 401


def test_a_11_who_signs_up_first_with_an_address_of_another_does_not_keep_it(settings):
    settings.SIGNUP_OPEN = True
    Client().post(REGISTER, {"email": "victim@example.com", "password": "an attacker's one"})
    Client().post("/api/auth/password/reset", {"email": "victim@example.com"})
    key = link_in(mails()[-1]).split("/")[3]
    Client().post("/api/auth/password/reset/confirm", {"key": key, "password": NEW})
    attacker = {"email": "victim@example.com", "password": "an attacker's one"}
    assert Client().post(TOKEN, attacker).status_code == 401


def test_a_12_a_token_in_the_address_of_the_api_opens_nothing(user):
    access = tokens.open_session(user)["access"]
    assert Client().get(f"/api/user?token={access}").status_code == 401


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "https:evil.example",
    ],
)
def test_b_04_the_login_leads_to_our_own_pages_only(user, place):
    form = {"login": user.email, "password": PASSWORD, "next": place}
    assert Browser().post("/login/", form).url == "/dashboard/"
    assert Browser().post(f"/login/?next={place}", form | {"next": ""}).url == "/dashboard/"


@pytest.mark.parametrize("address", ["/password/forgotten/", "/api/auth/password/reset"])
def test_b_07_no_mail_leads_to_another_host(user, address):
    browser = Browser(HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert browser.post(address, {"email": user.email}).status_code == 400
    forwarded = Browser(HTTP_X_FORWARDED_HOST="evil.example")
    forwarded.post(address, {"email": user.email}, content_type="application/json")
    assert not any("evil.example" in message.body for message in mails())


def test_m_09_one_person_has_one_limit_however_they_come(rates, user):
    _key, text = keys.issue(user, name="x", permissions=["identity"])
    rates(read="3/60")
    token = client_of(tokens.open_session(user)["access"])
    answers = [
        client.get("/api/user", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code
        for n, client in enumerate([client_of(text), token, client_of(text), token])
    ]
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize(
    "verb",
    [
        lambda: services.set_password(None, NEW),
        lambda: services.change_profile(None, name="x"),
        lambda: logins.end_all(None),
        lambda: logins.open_logins(None),
        lambda: tokens.open_session(None),
        lambda: keys.issue(None, name="x", permissions=["identity"]),
    ],
)
def test_z_08_nobody_is_no_privileged_person(verb):
    with pytest.raises((AttributeError, TypeError, IntegrityError)):
        verb()

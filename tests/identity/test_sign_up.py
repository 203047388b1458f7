"""Making an account, and showing that its address is one's own."""

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.models import User
from tests.factories import PASSWORD, UserFactory
from tests.identity.conftest import link_in, mails
from tests.pages.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_open")]

NEW = {"email": "new@example.com", "name": "Ada", "password1": PASSWORD}
BODY = {"email": "new@example.com", "name": "Ada", "password": PASSWORD}
REGISTER, TOKEN, VERIFY = "/api/auth/register", "/api/auth/token", "/api/auth/email/verify"
LOGIN = {"login": "new@example.com", "password": PASSWORD}


def by_page(client, **changed):
    return client.post("/signup/", NEW | changed)


def test_who_signs_up_can_log_in_once_the_link_is_opened(browser):
    assert by_page(browser, email="New@Example.com").url == "/signup/sent/"
    assert browser.post("/login/", LOGIN).url == "/signup/sent/"
    assert browser.get("/graphs/").status_code == 302
    link = link_in(mails()[0])
    assert "Is new@example.com your address?" in text_of(browser.get(link))
    browser.post(link)
    answer = browser.post("/login/", LOGIN)
    assert answer.url == "/dashboard/"
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.credits) == (NEW["email"], "Ada", "user", 10_000)
    assert "This link was used before" in text_of(Client().get(link))


def test_looking_at_the_link_is_not_enough(browser):
    by_page(browser)
    browser.get(link_in(mails()[0]))
    assert not EmailAddress.objects.get().verified


def test_programs_sign_up_and_verify(anonymous_api):
    assert anonymous_api.post(REGISTER, BODY).status_code == 202
    login = {"email": BODY["email"], "password": PASSWORD}
    answer = anonymous_api.post(TOKEN, login)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (403, "email_not_verified")
    key = link_in(mails()[0]).split("/")[2]
    assert anonymous_api.post(VERIFY, {"key": key}).status_code == 204
    assert anonymous_api.post(TOKEN, login).status_code == 200
    assert anonymous_api.post(VERIFY, {"key": key}).status_code == 401
    assert {"account", "email", "login"} <= set(AuditEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize(
    "key",
    ["x", signing.dumps(1, salt="other"), ":::", "x" * 400],
    ids=["no key", "of something else", "empty", "long"],
)
def test_a_key_that_we_did_not_send_verifies_nothing(anonymous_api, key):
    assert anonymous_api.post(VERIFY, {"key": key}).status_code == 401


def test_a_known_address_is_answered_as_a_new_one_and_its_owner_is_told(anonymous_api, user):
    answers = [
        anonymous_api.post(REGISTER, BODY | {"email": email})
        for email in (user.email, user.email.upper(), "new@example.com")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, answers[0].content)
    }
    assert [message.to for message in mails()] == [[user.email]] * 2 + [["new@example.com"]]
    assert "already exists" in mails()[0].body
    pages = [by_page(Client(), email=email) for email in (user.email, "another@example.com")]
    assert {(page.status_code, page.url) for page in pages} == {(302, "/signup/sent/")}
    assert User.objects.count() == 3


def test_a_known_address_takes_as_long_as_a_new_one(anonymous_api, user, monkeypatch):
    hashed = []
    monkeypatch.setattr("accounts.identity.forms.make_password", hashed.append)
    anonymous_api.post(REGISTER, BODY | {"email": user.email})
    assert hashed == [PASSWORD]


@pytest.mark.usefixtures("_without_mail")
def test_without_a_mail_server_an_account_is_open_at_once(browser, anonymous_api):
    answer = anonymous_api.post(REGISTER, BODY)
    assert (answer.status_code, answer.json()["email"]) == (201, "new@example.com")
    assert (
        anonymous_api.post(TOKEN, {"email": NEW["email"], "password": PASSWORD}).status_code == 200
    )
    assert by_page(browser, email="second@example.com").url == "/dashboard/"
    assert browser.get("/graphs/").status_code == 200
    assert by_page(Client()).status_code == 200
    assert anonymous_api.post(REGISTER, BODY).status_code == 409
    assert mails() == []


def test_a_closed_door_stays_closed(browser, anonymous_api, settings):
    settings.SIGNUP_OPEN = False
    assert by_page(browser).status_code == browser.get("/signup/").status_code == 404
    answer = anonymous_api.post(REGISTER, BODY)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (403, "signup_closed")
    assert "Sign up" not in text_of(browser.get("/login/"))
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password1": "12345678"}, "This password is too common"),
        ({"password1": "new@example.com"}, "too similar"),
        ({"password1": "short"}, "too short"),
        ({"email": "nonsense"}, "Enter a valid email address"),
        ({"email": "a\0b@example.com"}, "Null characters are not allowed"),
    ],
)
def test_signing_up_says_what_is_wrong(browser, changed, sentence):
    assert sentence in text_of(by_page(browser, **changed))
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "12345678"}, "password"),
        ({"email": "new@example.com."}, "email"),
        ({"role": "admin"}, "role"),
    ],
)
def test_programs_hear_which_field_is_wrong(anonymous_api, changed, field):
    answer = anonymous_api.post(REGISTER, BODY | changed)
    assert (answer.status_code, list(answer.json()["error"]["details"]["fields"])) == (400, [field])


def test_an_address_that_somebody_else_has_meanwhile_is_not_given_away(anonymous_api, user):
    user.emailaddress_set.create(email="wanted@example.com")
    UserFactory(email="wanted@example.com")
    pending = user.emailaddress_set.get(primary=False)
    text = signing.dumps(pending.pk, salt="account")
    assert anonymous_api.post(VERIFY, {"key": text}).status_code == 401
    user.refresh_from_db()
    assert user.email == "owner@example.com"


def test_signing_up_asks_for_a_mail_that_is_counted(browser, rates):
    rates(login="2/60")
    codes = [by_page(Client()).status_code for _ in range(3)]
    assert codes == [302, 302, 429]

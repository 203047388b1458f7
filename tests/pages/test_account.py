"""Logging in, and the pages about oneself."""

import pytest
from django.test import Client

from accounts import keys
from accounts.models import ApiKey, User
from tests.factories import PASSWORD, ApiKeyFactory
from tests.pages.reading import text_of


def test_logging_in_works_with_the_address_in_any_case(user):
    client = Client()
    answer = client.post("/login/", {"username": "OWNER@example.com", "password": PASSWORD})
    assert answer.url == "/dashboard/"
    assert client.get("/graphs/").status_code == 200


def test_a_wrong_password_is_told_and_the_address_stays(user):
    answer = Client().post("/login/", {"username": user.email, "password": "wrong"})
    assert "Please enter a correct" in text_of(answer)
    assert f'value="{user.email}"' in answer.content.decode()


def test_a_suspended_person_cannot_log_in(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    client = Client()
    client.post("/login/", {"username": user.email, "password": PASSWORD})
    assert client.get("/graphs/").status_code == 302


def test_the_login_sends_nobody_to_another_site(user):
    given = {"username": user.email, "password": PASSWORD, "next": "https://example.org/"}
    assert Client().post("/login/", given).url == "/dashboard/"


def test_logging_out_needs_a_click(page):
    assert page.get("/logout/").status_code == 405
    assert page.post("/logout/").url == "/login/"
    assert page.get("/graphs/").status_code == 302


def test_the_profile_is_saved(page, user):
    page.post("/account/", {"name": "Ada", "timezone": "Asia/Shanghai"})
    user.refresh_from_db()
    assert (user.name, user.timezone) == ("Ada", "Asia/Shanghai")


def test_a_time_zone_that_does_not_exist_is_refused(page, user):
    answer = page.post("/account/", {"name": "Ada", "timezone": "Mars/Olympus"})
    assert "Select a valid choice" in text_of(answer)
    user.refresh_from_db()
    assert user.timezone == "UTC"


def test_nobody_becomes_an_admin_by_the_profile_form(page, user):
    page.post("/account/", {"name": "Ada", "timezone": "UTC", "role": "admin", "credits": "1"})
    before = (user.role, user.credits)
    user.refresh_from_db()
    assert (user.role, user.credits) == before


def test_the_password_is_changed_by_who_knows_the_old_one(page, user):
    new = "another horse battery"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert page.post("/account/password/", given).url == "/account/"
    user.refresh_from_db()
    assert user.check_password(new)


@pytest.mark.parametrize("is_open", [True, False])
def test_signing_up_is_possible_where_it_is_open(db, settings, is_open):
    settings.SIGNUP_OPEN = is_open
    given = {"email": "New@example.com", "name": "", "password": "a long enough one"}
    answer = Client().post("/signup/", given)
    assert answer.status_code == (302 if is_open else 404)
    assert User.objects.filter(email="new@example.com").exists() is is_open


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "owner@example.com"}, "There is an account with this e-mail address"),
        ({"password": "12345678"}, "This password is too common"),
        ({"email": "nonsense"}, "Enter a valid email address"),
    ],
)
def test_signing_up_says_what_is_wrong(user, settings, changed, sentence):
    settings.SIGNUP_OPEN = True
    given = {"email": "new@example.com", "name": "", "password": "a long enough one"}
    answer = Client().post("/signup/", given | changed)
    assert sentence in text_of(answer)
    assert User.objects.count() == 1


def make_key(page, **changed):
    given = {"name": "Report", "permissions": ["read_graphs"], "lifetime": "30"}
    return page.post("/account/api-keys/", given | changed)


def test_a_new_key_is_shown_once_and_works(page, user):
    answer = make_key(page)
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in page.get("/account/api-keys/").content.decode()
    key = keys.verify(secret)
    assert (key.user, key.name, key.permissions) == (user, "Report", ["read_graphs"])
    assert 29 <= (key.expires_at - key.created_at).days <= 30


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"permissions": []}, "Choose at least one thing"),
        ({"permissions": ["everything"]}, "Select a valid choice"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(page, changed, sentence):
    assert sentence in text_of(make_key(page, **changed))
    assert not ApiKey.objects.exists()


def test_a_key_is_suspended_resumed_and_revoked(page, user):
    key, secret = keys.issue(user, name="x", permissions=["identity"])
    works = []
    for verb in ("suspend", "resume", "revoke"):
        page.post(f"/account/api-keys/{key.pk}/{verb}/")
        works.append(keys.verify(secret) is not None)
    assert works == [False, True, False]


def test_a_revoked_key_cannot_be_resumed(page, user):
    key = ApiKeyFactory(user=user)
    keys.revoke(key)
    answer = page.post(f"/account/api-keys/{key.pk}/resume/", follow=True)
    assert "This API key is revoked" in text_of(answer)


def test_nothing_else_can_be_done_to_a_key(page, user):
    key = ApiKeyFactory(user=user)
    assert page.post(f"/account/api-keys/{key.pk}/explode/").status_code == 404


def test_keys_of_others_are_not_listed(page, stranger):
    ApiKeyFactory(user=stranger, name="Their secret project")
    assert "Their secret project" not in text_of(page.get("/account/api-keys/"))


def test_the_ledger_shows_every_movement(page, user):
    assert f"Initial credits +{user.credits}" in text_of(page.get("/account/credits/"))

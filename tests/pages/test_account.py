"""Logging in, and the pages about oneself."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts import keys, services
from accounts.models import ApiKey, User
from tests.factories import PASSWORD, ApiKeyFactory
from tests.pages.reading import text_of


def test_logging_in_works_with_the_address_in_any_case(user):
    client = Client()
    answer = client.post("/login/", {"login": "OWNER@example.com", "password": PASSWORD})
    assert answer.url == "/dashboard/"
    assert client.get("/graphs/").status_code == 200


def test_a_wrong_password_is_told_and_the_address_stays(user):
    answer = Client().post("/login/", {"login": user.email, "password": "wrong"})
    assert "are not correct" in text_of(answer)
    assert f'value="{user.email}"' in answer.content.decode()


def test_a_suspended_person_cannot_log_in(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    client = Client()
    client.post("/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/graphs/").status_code == 302


def test_the_login_sends_nobody_to_another_site(user):
    given = {"login": user.email, "password": PASSWORD, "next": "https://example.org/"}
    assert Client().post("/login/", given).url == "/dashboard/"


def test_logging_out_needs_a_click(page):
    assert page.get("/logout/").status_code == 405
    assert page.post("/logout/").url == "/login/"
    assert page.get("/graphs/").status_code == 302


def test_the_profile_is_saved(page, user):
    given = {"name": "Ada", "timezone": "Asia/Shanghai", "language": "zh-hans"}
    page.post("/account/", given)
    user.refresh_from_db()
    assert (user.name, user.timezone, user.language) == tuple(given.values())


def test_pages_are_in_the_language_of_the_person_wherever_they_log_in(page, user):
    services.change_profile(user, language="zh-hans")
    english = {"accept-language": "en"}
    assert '<html lang="zh-hans"' in page.get("/account/", headers=english).text
    page.post("/language/", {"language": "en"})
    user.refresh_from_db()
    assert user.language == "en"
    assert '<html lang="en"' in page.get("/account/", headers={"accept-language": "zh"}).text


@pytest.mark.parametrize("language", ["tlh", "", "x" * 50, "../../etc"])
def test_a_language_that_is_not_spoken_here_changes_nothing(page, user, language):
    page.post("/language/", {"language": language})
    page.post("/account/", {"name": "", "timezone": "UTC", "language": language or "tlh"})
    user.refresh_from_db()
    assert user.language == ""


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


def test_a_key_is_edited(page, user):
    key, secret = keys.issue(user, name="x", permissions=["identity"])
    end = key.expires_at
    given = {"name": "y", "permissions": ["run_graphs", "credits"], "lifetime": "keep"}
    page.post(f"/account/api-keys/{key.pk}/", given | {"rate_limit": "7"})
    key.refresh_from_db()
    assert (key.name, key.permissions, key.rate_limit) == ("y", ["credits", "run_graphs"], 7)
    assert key.expires_at == end
    page.post(f"/account/api-keys/{key.pk}/", given | {"lifetime": "30"})
    key.refresh_from_db()
    assert key.rate_limit is None
    assert 29 <= (key.expires_at - timezone.now()).days <= 30
    assert keys.verify(secret) == key


def test_a_revoked_key_is_not_edited(page, user):
    key = ApiKeyFactory(user=user)
    keys.revoke(key)
    assert page.get(f"/account/api-keys/{key.pk}/").status_code == 404


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

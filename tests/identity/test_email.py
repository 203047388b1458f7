"""Another e-mail address."""

import pytest
from django.test import Client

from accounts import credits
from accounts.models import User
from tests.factories import PASSWORD, UserFactory
from tests.identity.conftest import link_in, mails
from tests.pages.reading import text_of

ADDRESS = "/api/auth/email"
BODY = {"email": "New@example.com", "current_password": PASSWORD}
FORM = BODY | {"action_add": "1"}


def test_another_address_counts_once_its_link_is_opened(page, user):
    answer = page.post("/account/email/", FORM, follow=True)
    assert "We have sent a link to new@example.com" in text_of(answer)
    user.refresh_from_db()
    assert user.email == "owner@example.com"
    credits.grant(user, 5)
    page.post(link_in(mails()[0]))
    user.refresh_from_db()
    assert (user.email, user.credits) == ("new@example.com", 10_005)
    assert list(user.emailaddress_set.values_list("email", "verified")) == [
        ("new@example.com", True)
    ]
    assert mails()[-1].to == ["owner@example.com"]
    assert (
        Client().post("/login/", {"login": "new@example.com", "password": PASSWORD}).url
        == "/dashboard/"
    )
    assert (
        Client().post("/login/", {"login": "owner@example.com", "password": PASSWORD}).status_code
        == 200
    )


def test_programs_change_the_address_the_same_way(api, anonymous_api, user):
    assert api.put(ADDRESS, BODY).status_code == 202
    key = link_in(mails()[0]).split("/")[2]
    assert anonymous_api.post("/api/auth/email/verify", {"key": key}).status_code == 204
    user.refresh_from_db()
    assert user.email == "new@example.com"


@pytest.mark.parametrize("password", ["wrong", ""])
def test_the_password_is_asked_for(api, page, user, password):
    assert api.put(ADDRESS, BODY | {"current_password": password}).status_code == 400
    page.post("/account/email/", FORM | {"current_password": password})
    assert mails() == []


def test_an_address_of_somebody_else_is_answered_as_a_free_one_and_not_given(api, stranger, user):
    taken = api.put(ADDRESS, BODY | {"email": stranger.email})
    free = api.put(ADDRESS, BODY)
    assert (taken.status_code, taken.content) == (free.status_code, free.content)
    UserFactory(email="new@example.com")
    key = link_in(mails()[-1]).split("/")[2]
    assert api.post("/api/auth/email/verify", {"key": key}).status_code == 401
    user.refresh_from_db()
    assert user.email == "owner@example.com"


def test_only_the_last_address_that_was_asked_for_counts(api, anonymous_api, user):
    for email in ("first@example.com", "second@example.com"):
        api.put(ADDRESS, BODY | {"email": email})
    first, second = (link_in(message).split("/")[2] for message in mails())
    codes = [
        anonymous_api.post("/api/auth/email/verify", {"key": key}).status_code
        for key in (first, second)
    ]
    assert codes == [401, 204]
    assert User.objects.get().email == "second@example.com"


@pytest.mark.usefixtures("_without_mail")
def test_without_a_mail_server_an_operator_changes_it(api, page, user):
    assert api.put(ADDRESS, BODY).json()["error"]["error_code"] == "no_mail"
    assert page.get("/account/email/").status_code == 404
    assert "Change" not in text_of(page.get("/account/"))


def test_an_address_that_an_admin_gives_is_verified(user):
    admin = UserFactory(role="admin", is_superuser=True)
    browser = Client()
    browser.force_login(admin)
    form = {
        "email": "Given@example.com",
        "name": "",
        "timezone": "UTC",
        "role": "user",
        "is_active": "on",
    }
    browser.post(f"/admin/accounts/user/{user.pk}/change/", form)
    user.refresh_from_db()
    assert (user.email, user.has_verified_email) == ("given@example.com", True)


def test_mails_are_in_the_language_of_who_gets_them(api, user):
    User.objects.filter(pk=user.pk).update(language="zh-hans")
    api.post("/api/auth/password/reset", {"email": user.email})
    assert mails()[0].subject != "A new password for Agentloom"

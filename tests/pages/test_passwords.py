"""New passwords: by whoever knows the old one, by a link in a mail, by an admin."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts import credits, tokens
from accounts.models import User
from accounts.password_forms import (
    AdminPasswordForm,
    ChangePasswordForm,
    NewPasswordForm,
)
from accounts.post import postman
from tests.factories import PASSWORD, UserFactory
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

NEW = "another horse battery"
TWICE = {"new_password1": NEW, "new_password2": NEW}
ASK = "/password/forgotten/"


@pytest.fixture
def _with_mail(settings):
    settings.HAS_MAIL = True


@pytest.fixture
def link_for(_with_mail):
    """Ask for a link; returns its address in the mail, without the host."""

    def link_for(email):
        assert Client().post(ASK, {"email": email}).url == "/password/sent/"
        postman().submit(lambda: None).result(timeout=30)
        [message] = mail.outbox
        return re.search(r"http://testserver(/password/new/\S+)", message.body)[1]

    return link_for


def open_(link):
    """The browser that followed the link, and where that led."""
    browser = Client()
    answer = browser.get(link)
    return browser, (answer.url if answer.status_code == 302 else link)


def test_a_link_sets_a_new_password_and_ends_all_logins(link_for, user):
    before, session = logged_in(user), tokens.open_session(user)
    browser, place = open_(link_for("OWNER@example.com"))
    assert browser.post(place, TWICE).url == "/login/"
    assert "Your password is changed" in text_of(browser.get("/login/"))
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert before.get("/account/").status_code == 302
    with pytest.raises(tokens.InvalidTokenError):
        tokens.rotate(session["refresh"])


def test_a_link_works_once(link_for, user):
    link = link_for(user.email)
    browser, place = open_(link)
    browser.post(place, TWICE)
    _again, place = open_(link)
    assert place == link
    assert "This link was used before" in text_of(Client().get(link))


def test_a_link_is_of_no_use_after_a_login(link_for, user):
    link = link_for(user.email)
    assert Client().login(username=user.email, password=PASSWORD)
    assert "This link was used before" in text_of(Client().get(link))


def test_a_link_is_of_no_use_after_an_hour(link_for, user, settings):
    link = link_for(user.email)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "older than an hour" in text_of(Client().get(link))


@pytest.mark.usefixtures("_with_mail")
@pytest.mark.parametrize("email", ["nobody@example.com", "closed@example.com"])
def test_who_has_no_account_is_answered_alike_and_gets_nothing(db, email):
    UserFactory(email="closed@example.com", is_active=False)
    answer = Client().post(ASK, {"email": email})
    assert (answer.status_code, answer.url) == (302, "/password/sent/")
    postman().submit(lambda: None).result(timeout=30)
    assert mail.outbox == []


@pytest.mark.usefixtures("_with_mail")
def test_no_link_names_a_host_that_is_not_ours(user):
    assert Client().post(ASK, {"email": user.email}, HTTP_HOST="evil.example").status_code == 400
    assert mail.outbox == []


def test_without_a_mail_server_nothing_is_offered(db):
    assert Client().get(ASK).status_code == 404
    assert Client().get("/password/new/a/b/").status_code == 404
    assert "Forgot" not in text_of(Client().get("/login/"))


def test_changing_the_password_keeps_this_login_and_ends_the_others(user):
    here, there = logged_in(user), logged_in(user)
    here.post("/account/password/", {"old_password": PASSWORD} | TWICE)
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("form_class", "given"),
    [
        (ChangePasswordForm, {"old_password": PASSWORD} | TWICE),
        (NewPasswordForm, TWICE),
        (AdminPasswordForm, {"password1": NEW, "password2": NEW, "usable_password": "true"}),
    ],
)
def test_a_new_password_changes_nothing_else(user, form_class, given):
    stale = User.objects.get(pk=user.pk)
    credits.grant(user, 5)
    form = form_class(stale, given)
    assert form.is_valid(), form.errors
    form.save()
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert user.credits == stale.credits + 5

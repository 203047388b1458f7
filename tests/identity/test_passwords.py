"""New passwords: by whoever knows the old one, by a link in a mail, by an admin."""

import pytest
from django.test import Client

from accounts import credits, services, tokens
from accounts.errors import InvalidTokenError
from accounts.identity.account_adapter import AccountAdapter
from accounts.models import User
from accounts.password_forms import AdminPasswordForm
from accounts.post import postman
from tests.api_client import client_of
from tests.factories import PASSWORD, UserFactory
from tests.identity.conftest import link_in, mails
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

NEW = "another horse battery"
TWICE = {"password1": NEW, "password2": NEW}
ASK, SEND, CONFIRM = (
    "/password/forgotten/",
    "/api/auth/password/reset",
    "/api/auth/password/reset/confirm",
)


@pytest.fixture
def link_for(db):
    """Ask for a link; returns its address in the mail, without the host."""

    def link_for(email):
        assert Client().post(ASK, {"email": email}).url == "/password/sent/"
        [message] = mails()
        return link_in(message)

    return link_for


def open_(link):
    """The browser that followed the link, and where that led."""
    browser = Client()
    answer = browser.get(link)
    return browser, (answer.url if answer.status_code == 302 else link)


def test_a_link_sets_a_new_password_and_ends_all_logins(link_for, user):
    before, session = logged_in(user), tokens.open_session(user)
    browser, place = open_(link_for("OWNER@example.com"))
    assert browser.post(place, TWICE).url == "/password/done/"
    assert "密码" not in text_of(browser.get("/password/done/", follow=True))
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert before.get("/account/").status_code == browser.get("/account/").status_code == 302
    with pytest.raises(InvalidTokenError):
        tokens.rotate(session["refresh"])
    assert mails()[-1].to == [user.email]
    assert "password" in mails()[-1].subject.lower()


def test_the_key_of_a_link_does_not_stay_in_the_address(link_for, user):
    link = link_for(user.email)
    _browser, place = open_(link)
    assert place.endswith("-set-password/")


def test_a_link_works_once(link_for, user):
    link = link_for(user.email)
    browser, place = open_(link)
    browser.post(place, TWICE)
    _again, place = open_(link)
    assert place == link
    assert "This link was used before" in text_of(Client().get(link))


def test_a_link_is_of_no_use_after_a_login(link_for, user):
    link = link_for(user.email)
    assert Client().login(email=user.email, password=PASSWORD)
    assert "This link was used before" in text_of(Client().get(link))


def test_a_link_is_of_no_use_after_an_hour(link_for, user, settings):
    link = link_for(user.email)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "older than an hour" in text_of(Client().get(link))


def test_programs_ask_for_a_link_and_use_it_once(anonymous_api, user):
    session = tokens.open_session(user)
    answer = anonymous_api.post(SEND, {"email": user.email})
    assert answer.status_code == 202
    [message] = mails()
    key = link_in(message).split("/")[3]
    assert key not in answer.content.decode()
    assert anonymous_api.post(CONFIRM, {"key": key, "password": "short"}).status_code == 400
    assert anonymous_api.post(CONFIRM, {"key": key, "password": NEW}).status_code == 204
    assert anonymous_api.post(CONFIRM, {"key": key, "password": NEW}).status_code == 401
    assert client_of(session["access"]).get("/api/user").status_code == 401
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("key", ["x", "1-2", "-", "zzzzzz-abc-def", "x" * 400])
def test_a_key_that_we_did_not_send_sets_nothing(anonymous_api, user, key):
    assert anonymous_api.post(CONFIRM, {"key": key, "password": NEW}).status_code == 401


def test_who_has_no_account_is_answered_alike_and_gets_nothing(anonymous_api, user):
    UserFactory(email="closed@example.com", is_active=False)
    emails = ["nobody@example.com", "closed@example.com", user.email]
    pages = [Client().post(ASK, {"email": email}) for email in emails]
    assert {(page.status_code, page.url) for page in pages} == {(302, "/password/sent/")}
    answers = [anonymous_api.post(SEND, {"email": email}) for email in emails]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, answers[0].content)
    }
    assert [message.to for message in mails()] == [[user.email]] * 2


def test_the_limit_of_mails_does_not_tell_who_has_an_account(anonymous_api, user, rates):
    rates(login="2/60")
    for email in (user.email, "nobody@example.com"):
        codes = [anonymous_api.post(SEND, {"email": email}).status_code for _ in range(3)]
        assert codes == [202, 202, 429]
    assert Client().post(ASK, {"email": user.email}).status_code == 429


def test_no_link_names_a_host_that_is_not_ours(user):
    assert Client().post(ASK, {"email": user.email}, HTTP_HOST="evil.example").status_code == 400
    assert mails() == []


@pytest.mark.usefixtures("_without_mail")
def test_without_a_mail_server_nothing_is_offered(anonymous_api):
    assert Client().get(ASK).status_code == 404
    assert Client().get("/password/new/a-b/").status_code == 404
    assert "Forgot" not in text_of(Client().get("/login/"))
    answer = anonymous_api.post(SEND, {"email": "owner@example.com"})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "no_mail")


def test_changing_the_password_keeps_this_login_and_ends_the_others(user):
    here, there = logged_in(user), logged_in(user)
    answer = here.post("/account/password/", {"oldpassword": PASSWORD} | TWICE, follow=True)
    assert "Password successfully changed" in text_of(answer)
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_programs_change_the_password_if_they_know_the_old_one(api, user):
    session = tokens.open_session(user)
    address = "/api/auth/password"
    wrong = api.put(address, {"current_password": "wrong", "password": NEW})
    assert list(wrong.json()["error"]["details"]["fields"]) == ["current_password"]
    assert api.put(address, {"current_password": PASSWORD, "password": "short"}).status_code == 400
    assert api.put(address, {"current_password": PASSWORD, "password": NEW}).status_code == 204
    assert client_of(session["access"]).get("/api/user").status_code == 401
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_current_password_cannot_be_guessed_by_an_api_key(api, user, rates):
    rates(login="2/60")
    body = {"current_password": "wrong", "password": NEW}
    assert [api.put("/api/auth/password", body).status_code for _ in range(3)] == [400, 400, 429]


def test_a_new_password_changes_nothing_else(user):
    stale = User.objects.get(pk=user.pk)
    credits.grant(user, 5)
    form = AdminPasswordForm(stale, {"password1": NEW, "password2": NEW, "usable_password": "true"})
    assert form.is_valid(), form.errors
    form.save()
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert user.credits == stale.credits + 5


def test_whoever_has_no_password_sets_one(user):
    services.set_password(user, None)
    page = logged_in(user)
    assert page.get("/account/password/").url == "/account/password/set/"
    page.post("/account/password/set/", TWICE)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert page.get("/account/").status_code == 200


def test_a_mail_that_cannot_be_sent_is_told_in_the_log_and_to_nobody_else(user, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert Client().post(ASK, {"email": user.email}).url == "/password/sent/"
    mails()
    assert "A mail could not be sent: ConnectionRefusedError" in caplog.text
    assert user.email not in caplog.text


def test_a_mail_is_written_for_nobody_too_so_that_time_tells_nothing(
    anonymous_api, user, monkeypatch, mailoutbox
):
    written = []
    render = AccountAdapter.render_mail

    def rendered(self, template_prefix, email, context, **more):
        written.append((template_prefix, email))
        return render(self, template_prefix, email, context, **more)

    monkeypatch.setattr(AccountAdapter, "render_mail", rendered)
    for email in (user.email, "nobody@example.com"):
        answer = anonymous_api.post("/api/auth/password/reset", {"email": email})
        assert answer.status_code == 202
    postman().submit(int).result()
    assert [email for _prefix, email in written] == [user.email, "nobody@example.com"]
    assert [mail.to for mail in mailoutbox] == [[user.email]]

"""Codes of an authenticator app, and recovery codes, at every way in."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from accounts import second_factor, services
from accounts.audit.models import AuditEntry
from accounts.errors import SecondFactorError
from accounts.identity.account_adapter import SecondFactorAdapter
from tests.factories import PASSWORD, UserFactory
from tests.identity.conftest import App
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

TOKEN, BASE = "/api/auth/token", "/api/auth/second-factor"
CONFIRM = {"current_password": PASSWORD}


def log_in(user, **more):
    """What the login page leads to, and with which browser."""
    browser = Client()
    answer = browser.post("/login/", {"login": user.email, "password": PASSWORD, **more})
    return browser, answer


def test_a_password_alone_opens_neither_pages_nor_the_api_nor_the_admin(anonymous_api, user, app):
    browser, answer = log_in(user)
    assert answer.url == "/login/code/"
    assert browser.get("/graphs/").status_code == 302
    answer = anonymous_api.post(TOKEN, {"email": user.email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (
        401,
        "second_factor_required",
    )
    form = {"username": user.email, "password": PASSWORD}
    assert Client().post("/admin/login/?next=/admin/", form).url == "/login/?next=%2Fadmin%2F"


def test_without_the_password_nobody_is_asked_for_a_code(anonymous_api, user, app):
    body = {"email": user.email, "password": "wrong", "code": app.code()}
    assert anonymous_api.post(TOKEN, body).json()["error"]["error_code"] == "invalid_credentials"
    assert Client().get("/login/code/").url == "/login/"


def test_a_code_opens_the_door_once(anonymous_api, user, app):
    code = app.code()
    browser, _answer = log_in(user, next="/blocks/")
    assert "Second step" in text_of(browser.get("/login/code/"))
    assert browser.post("/login/code/", {"code": code}).url == "/blocks/"
    assert browser.get("/graphs/").status_code == 200
    cache.clear()  # as a flushed Redis
    body = {"email": user.email, "password": PASSWORD}
    answer = anonymous_api.post(TOKEN, body | {"code": code})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (403, "second_factor")
    assert anonymous_api.post(TOKEN, body | {"code": app.code()}).status_code == 200


def test_an_older_code_is_of_no_use_after_a_newer_one(user, app):
    older, newer = app.code(), app.code()
    second_factor.use(user, newer)
    with pytest.raises(SecondFactorError):
        second_factor.use(user, older)


def test_a_recovery_code_opens_the_door_once(anonymous_api, user, app):
    body = {"email": user.email, "password": PASSWORD, "code": app.recovery_codes[3]}
    assert anonymous_api.post(TOKEN, body).status_code == 200
    assert anonymous_api.post(TOKEN, body).status_code == 403
    assert second_factor.recovery_codes_left(user) == 9


@pytest.mark.parametrize("code", ["000000", "", "x", "１２３４５６", "9" * 20])
def test_a_wrong_code_opens_nothing_and_is_written_down(user, app, code):
    browser, _answer = log_in(user)
    answer = browser.post("/login/code/", {"code": code})
    assert answer.status_code == 200
    assert browser.get("/graphs/").status_code == 302
    failed = AuditEntry.objects.filter(action="login_failed", target="second factor")
    assert failed.count() == (1 if code else 0)


def test_codes_cannot_be_guessed(user, app, rates):
    rates(login="3/60")
    browser, _answer = log_in(user)
    codes = [browser.post("/login/code/", {"code": "000000"}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert browser.post("/login/code/", {"code": app.code()}).status_code == 429


def test_programs_turn_it_on_and_off(api, user):
    assert api.get(BASE).json() == {"is_on": False, "recovery_codes_left": 0}
    assert api.post(f"{BASE}/begin", {"current_password": "wrong"}).status_code == 400
    begun = api.post(f"{BASE}/begin", CONFIRM).json()
    assert begun["url"].startswith("otpauth://totp/owner%40example.com?secret=")
    app = App(begun["secret"])
    wrong = api.post(f"{BASE}/turn-on", {"setup": begun["setup"], "code": "000000"})
    assert wrong.json()["error"]["error_code"] == "second_factor"
    on = api.post(f"{BASE}/turn-on", {"setup": begun["setup"], "code": app.code()})
    assert len(set(on.json()["recovery_codes"])) == 10
    assert api.get(BASE).json() == {"is_on": True, "recovery_codes_left": 10}
    assert api.post(f"{BASE}/begin", CONFIRM).status_code == 403

    new = api.post(f"{BASE}/recovery-codes", CONFIRM | {"code": app.code()}).json()
    assert not set(new["recovery_codes"]) & set(on.json()["recovery_codes"])
    assert api.post(f"{BASE}/turn-off", CONFIRM | {"code": "000000"}).status_code == 403
    wrong = {"current_password": "wrong", "code": new["recovery_codes"][0]}
    assert api.post(f"{BASE}/turn-off", wrong).status_code == 400
    right = CONFIRM | {"code": new["recovery_codes"][0]}
    assert api.post(f"{BASE}/turn-off", right).status_code == 204
    assert not second_factor.is_on(user)
    verbs = AuditEntry.objects.filter(action="second_factor").values_list(
        "details__verb", flat=True
    )
    assert list(verbs.order_by("pk")) == [
        "turn on", "new recovery codes", "new recovery codes", "turn off"
    ]  # fmt: skip


def test_people_turn_it_on_and_off(page, user):
    assert "This is not your password" in text_of(
        page.post("/account/two-factor/begin/", {"current_password": "wrong"})
    )
    shown = page.post("/account/two-factor/begin/", CONFIRM)
    assert shown.context["picture"].startswith("data:image/svg+xml;base64,")
    app, setup = App(shown.context["secret"]), shown.context["form"].initial["setup"]
    wrong = page.post("/account/two-factor/on/", {"setup": setup, "code": "000000"})
    assert wrong.context["secret"] == app.secret
    answer = page.post("/account/two-factor/on/", {"setup": setup, "code": app.code()})
    codes = answer.context["codes"]
    assert all(code in text_of(answer) for code in codes)
    assert codes[0] not in text_of(page.get("/account/two-factor/"))
    assert "10 recovery codes are left" in text_of(page.get("/account/two-factor/"))

    answer = page.post("/account/two-factor/codes/", CONFIRM | {"code": app.code()})
    assert not set(answer.context["codes"]) & set(codes)
    page.post("/account/two-factor/off/", CONFIRM | {"code": "000000"})
    assert second_factor.is_on(user)
    page.post("/account/two-factor/off/", CONFIRM | {"code": answer.context["codes"][0]})
    assert not second_factor.is_on(user)


@pytest.mark.parametrize("setup", ["", "x", "a:b:c"])
def test_a_set_up_that_we_did_not_begin_is_refused(api, page, user, setup):
    assert api.post(f"{BASE}/turn-on", {"setup": setup or "-", "code": "1"}).status_code == 403
    assert page.post("/account/two-factor/on/", {"setup": setup, "code": "1"}).status_code == 302


def test_a_set_up_of_somebody_else_or_of_long_ago_is_refused(user, stranger, monkeypatch):
    setup = second_factor.begin(stranger)["setup"]
    with pytest.raises(SecondFactorError):
        second_factor.secret_in(user, setup)
    monkeypatch.setattr(second_factor, "SETUP_LIFETIME", -1)
    with pytest.raises(SecondFactorError):
        second_factor.secret_in(stranger, setup)


def test_it_is_turned_on_once(user, app):
    with pytest.raises(SecondFactorError):
        second_factor.turn_on(user, "x", app.code())
    assert Authenticator.objects.count() == 2


def test_whoever_has_no_password_sets_one_first(user):
    services.set_password(user, None)
    answer = logged_in(user).post("/account/two-factor/begin/", {"current_password": "x"})
    assert "Set a password first" in text_of(answer)


def test_a_new_password_by_mail_does_not_turn_it_off(user, app):
    services.set_password(user, "another horse battery")
    browser = Client()
    answer = browser.post("/login/", {"login": user.email, "password": "another horse battery"})
    assert answer.url == "/login/code/"


@pytest.mark.parametrize(("role", "is_on"), [("operator", True), ("admin", False)])
def test_an_admin_turns_it_off_for_who_has_lost_everything(user, app, role, is_on):
    chief = UserFactory(role=role, is_superuser=role == "admin")
    form = {"action": "turn_off_second_factor", "_selected_action": [str(user.pk)]}
    logged_in(chief).post("/admin/accounts/user/", form)
    assert second_factor.is_on(user) is is_on


def test_secrets_are_encrypted_and_follow_new_keys(user, app, settings, capsys):
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app.secret not in stored
    old = settings.CREDENTIAL_KEYS
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *old]
    call_command("rotate_credential_keys")
    settings.CREDENTIAL_KEYS = settings.CREDENTIAL_KEYS[:1]
    row = Authenticator.objects.get(type="totp")
    assert SecondFactorAdapter().decrypt(row.data["secret"]) == app.secret
    second_factor.use(user, app.code())
    assert second_factor.recovery_codes_left(user) == 10

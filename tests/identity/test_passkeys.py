"""Passkeys: added with the password, enough to log in, and refused in every other form."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from fido2.utils import websafe_encode

from accounts import passkeys, second_factor
from accounts.audit.models import AuditEntry
from accounts.errors import SecondFactorError
from accounts.models import User
from tests.factories import PASSWORD
from tests.identity.conftest import mails
from tests.identity.device import SURE, Device
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

LOGIN, PAGE = "/login/passkey/", "/account/passkeys/"
BEGIN = {"name": "work laptop", "current_password": PASSWORD}


@pytest.fixture
def device(page):
    """The user's, with a passkey."""
    device = Device()
    assert add(page, device).status_code == 302
    return device


def add(page, device, **changes):
    begun = page.post(f"{PAGE}begin/", BEGIN).context
    given = {"setup": begun["form"].initial["setup"], "name": BEGIN["name"]}
    given["credential"] = device.make(begun["options"], **changes)
    return page.post(f"{PAGE}add/", given)


def asked(browser, address=LOGIN):
    """What the login page asks the browser for."""
    return browser.post(address).context["options"]


def opens(browser):
    return browser.get("/graphs/").status_code == 200


def test_a_passkey_is_enough_to_log_in(browser, user, device):
    answer = browser.post(f"{LOGIN}?next=/blocks/", {"credential": device.answer(asked(browser))})
    assert answer.url == "/blocks/"
    assert opens(browser)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-2:] == ["passkey", "login"]
    assert "work laptop" in text_of(browser.get(PAGE))


def test_a_passkey_stands_for_password_and_code(browser, user, device, app):
    browser.post(LOGIN, {"credential": device.answer(asked(browser))})
    assert opens(browser)
    assert second_factor.is_on(user)


def test_a_passkey_turns_nothing_else_on_or_off(user, device, app):
    second_factor.turn_off(user)
    assert passkeys.passkeys_of(user).count() == 1
    assert not second_factor.is_on(user)
    with pytest.raises(SecondFactorError):
        second_factor.use(user, "000000")


def test_the_owner_is_told_by_mail(user, device, page):
    page.post(
        f"{PAGE}{passkeys.passkeys_of(user).get().pk}/remove/",
        {"remove-current_password": PASSWORD},
    )
    assert [message.to for message in mails()] == [[user.email]] * 2


@pytest.mark.parametrize("given", [{"name": "x"}, {"name": "x", "current_password": "wrong"}])
def test_without_the_password_no_passkey_is_added(page, user, given):
    assert "options" not in (page.post(f"{PAGE}begin/", given).context or {})


def test_only_what_was_begun_with_the_password_is_added(page, user, stranger):
    device = Device()
    begun = page.post(f"{PAGE}begin/", BEGIN).context
    answer = device.make(begun["options"])
    others = logged_in(stranger).post(f"{PAGE}begin/", BEGIN).context["form"].initial["setup"]
    for setup in ("x", others):
        page.post(f"{PAGE}add/", {"setup": setup, "name": "x", "credential": answer})
    assert not Authenticator.objects.exists()


def test_what_was_made_is_added_once(page, user):
    begun = page.post(f"{PAGE}begin/", BEGIN).context
    given = {"setup": begun["form"].initial["setup"], "name": "x"}
    given["credential"] = Device().make(begun["options"])
    for _ in range(2):
        page.post(f"{PAGE}add/", given)
    assert passkeys.passkeys_of(user).count() == 1


@pytest.mark.parametrize(
    ("origin", "changes"),
    [
        ("https://evil.example", {}),
        ("http://testserver", {}),
        ("https://testserver", {"flags": SURE & ~SURE.UV}),
        ("https://testserver", {"flags": SURE & ~SURE.UP}),
        ("https://testserver", {"kind": "webauthn.get"}),
    ],
)
def test_a_passkey_of_another_site_or_of_nobody_is_not_added(page, user, origin, changes):
    add(page, Device(origin), **changes)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("origin", "changes"),
    [
        ("https://evil.example", {}),
        ("https://testserver", {"flags": SURE & ~SURE.UV}),
        ("https://testserver", {"flags": SURE & ~SURE.UP}),
        ("https://testserver", {"kind": "webauthn.create"}),
    ],
)
def test_an_answer_to_another_question_opens_nothing(browser, device, origin, changes):
    device.origin = origin
    browser.post(LOGIN, {"credential": device.answer(asked(browser), **changes)})
    assert not opens(browser)
    assert AuditEntry.objects.filter(action="login_failed", target="passkey").count() == 1


def test_an_answer_works_once_and_in_its_own_browser(browser, device):
    answer = {"credential": device.answer(asked(browser))}
    other = Client()
    asked(other)
    other.post(LOGIN, answer)
    assert not opens(other)
    browser.post(LOGIN, answer)
    assert opens(browser)
    again = Client()
    again.post(LOGIN, answer)
    assert not opens(again)


def test_a_passkey_opens_its_owners_account_alone(browser, device, stranger):
    theirs = websafe_encode(stranger.pk.hex.encode())
    browser.post(LOGIN, {"credential": device.answer(asked(browser), user=theirs)})
    assert not opens(browser)


def test_another_key_under_the_same_id_opens_nothing(browser, device):
    forged = Device()
    forged.id, forged.user = device.id, device.user
    browser.post(LOGIN, {"credential": forged.answer(asked(browser))})
    assert not opens(browser)


def test_a_removed_passkey_opens_nothing(browser, page, user, device, stranger):
    place = f"{PAGE}{passkeys.passkeys_of(user).get().pk}/remove/"
    given = {"remove-current_password": PASSWORD}
    assert logged_in(stranger).post(place, given).status_code == 404
    assert "This is not your password" in text_of(
        page.post(place, {"remove-current_password": "x"})
    )
    page.post(place, given)
    browser.post(LOGIN, {"credential": device.answer(asked(browser))})
    assert not opens(browser)


def test_a_closed_account_is_not_opened(browser, user, device):
    User.objects.filter(pk=user.pk).update(is_active=False)
    browser.post(LOGIN, {"credential": device.answer(asked(browser))})
    assert not opens(browser)


def test_there_is_an_end_to_passkeys(page, user, monkeypatch):
    monkeypatch.setattr(passkeys, "MOST", 1)
    for _ in range(2):
        add(page, Device())
    assert passkeys.passkeys_of(user).count() == 1


def test_a_login_leads_to_our_own_pages_only(browser, device):
    address = f"{LOGIN}?next=https://evil.example/"
    answer = browser.post(address, {"credential": device.answer(asked(browser, address))})
    assert answer.url == "/dashboard/"


NONSENSE = (
    *("", "x", "null", "[]", "{}", '{"id": 1}', '{"id": "x", "rawId": "y"}', "[" * 9_000, "NaN"),
    *(
        '{"rawId": "x", "response": []}',
        '{"rawId": "\\u0000", "response": {"userHandle": "\\ud800"}}',
    ),
    '{"rawId": "eA", "response": {"clientDataJSON": "eA", "attestationObject": "gA", "userHandle": "eA"}}',
    '{"rawId": "eA", "response": {"clientDataJSON": "e30", "authenticatorData": "eA", "signature": "eA"}}',
    json.dumps({"rawId": "eA", "response": {"attestationObject": websafe_encode(b"\x81" * 5_000)}}),
)


@pytest.mark.parametrize("said", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused_and_breaks_nothing(browser, page, user, said):
    asked(browser)
    assert browser.post(LOGIN, {"credential": said}).status_code == 200
    assert not opens(browser)
    begun = page.post(f"{PAGE}begin/", BEGIN).context
    given = {"setup": begun["form"].initial["setup"], "name": "x", "credential": said}
    assert page.post(f"{PAGE}add/", given).status_code == 302
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("said", [{}, {"credential": "{}"}, {"credential": '{"id": "x"}'}])
def test_the_second_step_asks_for_a_code_whatever_is_sent(browser, user, app, said):
    browser.post("/login/", {"login": user.email, "password": PASSWORD})
    answer = browser.post("/login/code/", said)
    assert (answer.status_code, opens(browser)) == (200, False)
    assert "Second step" in text_of(answer)


def test_who_is_logged_in_begins_no_login(page):
    assert page.post(LOGIN).url == "/login/"
    assert page.get(LOGIN).url == "/login/"

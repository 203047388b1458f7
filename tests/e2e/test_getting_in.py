"""Getting in with a real browser: the second factor, and the login of another site under our policy."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.e2e.conftest import log_in
from tests.e2e.test_accessibility import faults_of
from tests.factories import PASSWORD
from tests.identity.conftest import App

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def fill_in(screen, email, password):
    screen.goto("/login/")
    screen.get_by_label("E-mail").fill(email)
    screen.get_by_label("Password").fill(password)
    screen.get_by_role("button", name="Log in", exact=True).click()


def test_the_second_factor_is_set_up_and_asked_for(open_screen, person):
    screen = open_screen()
    log_in(screen, person)
    screen.goto("/account/two-factor/")
    screen.get_by_label("Your password").fill(PASSWORD)
    screen.get_by_role("button", name="Set it up").click()
    expect(screen.get_by_alt_text("The secret as a picture")).to_be_visible()
    assert faults_of(screen) == []
    app = App(screen.get_by_label("The secret", exact=True).input_value())
    screen.get_by_label("Code of the app").fill(app.code())
    screen.get_by_role("button", name="Turn on").click()
    expect(screen.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    assert faults_of(screen) == []

    other = open_screen(width=390)
    fill_in(other, person.email, PASSWORD)
    expect(other.get_by_role("heading", name="Second step")).to_be_visible()
    assert faults_of(other) == []
    other.get_by_label("Code").fill(app.code())
    other.get_by_role("button", name="Log in").click()
    expect(other.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_the_login_of_another_site_leads_there_and_back(open_screen, transactional_db, other_site):
    screen = open_screen()
    screen.goto("/login/?next=/blocks/")
    screen.get_by_role("button", name="Log in with Company").click()
    expect(screen.get_by_role("heading", name="Blocks", exact=True)).to_be_visible()
    assert User.objects.filter(email="ada@example.com").exists()


def test_a_passkey_is_made_and_opens_the_door(open_screen, person, address):
    site = address.replace("127.0.0.1", "localhost")  # a passkey is for a name, not for a number
    screen = open_screen()
    with_passkeys(screen)
    screen.goto(f"{site}/login/")
    screen.get_by_label("E-mail").fill(person.email)
    screen.get_by_label("Password").fill(PASSWORD)
    screen.get_by_role("button", name="Log in", exact=True).click()
    screen.goto(f"{site}/account/passkeys/")
    screen.get_by_label("Name").fill("work laptop")
    screen.get_by_label("Your password").fill(PASSWORD)
    screen.get_by_role("button", name="Add").click()
    assert faults_of(screen) == []
    screen.get_by_role("button", name="Go on").click()
    expect(screen.get_by_text("work laptop", exact=True)).to_be_visible()
    assert faults_of(screen) == []

    screen.context.clear_cookies()
    screen.goto(f"{site}/login/?next=/blocks/")
    screen.get_by_role("button", name="Log in with a passkey").click()
    assert faults_of(screen) == []
    screen.get_by_role("button", name="Go on").click()
    expect(screen.get_by_role("heading", name="Blocks", exact=True)).to_be_visible()


def with_passkeys(screen):
    """Give the browser a device that knows its owner."""
    devices = screen.context.new_cdp_session(screen)
    devices.send("WebAuthn.enable")
    can = dict.fromkeys(("hasResidentKey", "hasUserVerification", "isUserVerified"), True)
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options | can})

"""What axe finds on the main pages: nothing serious, in light and in dark, at a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.builder_page import BuilderPage
from tests.e2e.conftest import log_in
from tests.factories import CredentialFactory, TeamFactory, UserFactory
from tests.pages.places import address_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

OWN = [
    *("/account/", "/account/email/", "/account/password/", "/account/two-factor/"),
    *("/notifications/", "/notifications/settings/", "/notifications/endpoints/"),
    *("/inbox/", "/account/data/", "/account/logins/"),
    *("/account/connections/", "/account/api-keys/", "/presets/"),
]
LOOKS = pytest.mark.parametrize(
    ("width", "dark"), [(1400, False), (1400, True), (390, False)], ids=["desk", "dark", "phone"]
)


def faults_of(screen):
    """What keeps people from using the page, one line for each place."""
    found = Axe().run(screen).response["violations"]
    return [
        f"{each['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def test_a_fault_is_found(screen):
    screen.locator("h1").evaluate("title => { title.style.color = 'silver' }")
    assert [fault.split()[0] for fault in faults_of(screen)] == ["color-contrast"]


@LOOKS
def test_everybody_can_get_in(open_screen, person, width, dark):
    screen = open_screen(width=width, dark=dark)
    faults = {}
    for address in ["/login/", "/password/forgotten/", "/password/sent/", "/signup/sent/"]:
        screen.goto(address)
        faults[address] = faults_of(screen)
    assert {address: found for address, found in faults.items() if found} == {}


@LOOKS
def test_everybody_can_use_the_pages(open_screen, person, run, width, dark):
    screen = open_screen(width=width, dark=dark)
    log_in(screen, person)
    addresses = ["/graphs/", f"/graphs/{run.graph_id}/", f"/executions/{run.pk}/", "/executions/"]
    addresses += ["/dashboard/", "/graphs/gallery/", f"/graphs/{run.graph_id}/versions/1/"]
    addresses += [f"/executions/{run.pk}/compare/"]
    team = TeamFactory(owner=person, members={UserFactory(): "viewer"})
    addresses += ["/teams/", f"/teams/{team.pk}/"]
    faults = {}
    for address in [*addresses, *OWN, "/blocks/", "/credentials/"]:
        screen.goto(address)
        expect(screen.get_by_text("Loading …")).to_have_count(0)
        faults[address] = faults_of(screen)
    assert {address: found for address, found in faults.items() if found} == {}


@LOOKS
def test_everybody_can_use_the_builder(open_screen, person, run, width, dark):
    CredentialFactory(user=person)
    screen = open_screen(width=width, dark=dark)
    log_in(screen, person)
    builder = BuilderPage(screen, run.graph).open()
    assert faults_of(screen) == []
    screen.locator(".flow-card").first.focus()
    screen.keyboard.press("Enter")
    expect(screen.locator("[data-panel-node] [data-pin]").first).to_be_visible()
    assert faults_of(screen) == []
    if screen.locator("[data-panel-close]").is_visible():
        screen.locator("[data-panel-close]").click()
    builder.button("Run").click()
    expect(screen.locator("#run-form")).to_be_visible()
    assert faults_of(screen) == []


@pytest.mark.parametrize("dark", [False, True])
def test_whoever_uses_the_keyboard_sees_where_they_are(open_screen, person, run, dark):
    screen = open_screen(dark=dark)
    log_in(screen, person)
    unseen = []
    for address in ("/graphs/", f"/graphs/{run.graph_id}/edit/"):
        screen.goto(address)
        for _ in range(40):
            screen.keyboard.press("Tab")
            place = screen.evaluate(_FOCUS)
            if place:
                unseen.append(place)
    assert unseen == []


# What has the focus, if it looks as it does without: no outline, no shadow, no other border.
_FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return null; // on the way from the last one to the first
    const look = (style) => [style.outlineStyle === "none" ? "none" : style.outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
    const seen = look(getComputedStyle(element));
    element.blur();
    const usual = look(getComputedStyle(element));
    element.focus({ focusVisible: true, preventScroll: true });
    return seen === usual ? element.outerHTML.slice(0, 200) : null;
}"""


# With things on them; each is looked at in light, in dark, and as wide as a phone.
FILLED = [
    *("published:detail", "webhooks:detail", "triggers:detail", "knowledge:detail", "vault:new"),
    *("files:list", "graphs:detail", "graphs:changes", "executions:compare", "executions:words"),
]


@pytest.mark.parametrize("name", FILLED)
def test_everybody_can_use_what_is_on_the_page(open_screen, person, run, name):
    address = address_of(name, run.node_executions.first())
    screen = open_screen()
    log_in(screen, person)
    faults = {}
    for look, width, scheme in [
        ("desk", 1400, "light"),
        ("dark", 1400, "dark"),
        ("phone", 390, "light"),
    ]:
        screen.set_viewport_size({"width": width, "height": 900})
        screen.emulate_media(color_scheme=scheme)
        assert screen.goto(address).ok
        expect(screen.get_by_text("Loading …")).to_have_count(0)
        faults[look] = faults_of(screen)
    assert {look: found for look, found in faults.items() if found} == {}

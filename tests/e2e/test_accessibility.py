"""What axe finds on the main pages: nothing serious, in light and in dark, at a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.builder_page import BuilderPage
from tests.e2e.conftest import log_in, set_theme
from tests.factories import CredentialFactory, TeamFactory, UserFactory
from tests.pages.places import address_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DOORS = ["/login/", "/password/forgotten/", "/password/sent/", "/signup/sent/"]
# The first that is about one thing makes one of every kind, so that no list is empty.
PAGES = {
    "graphs": [
        *("graphs:detail", "graphs:list", "graphs:gallery", "graphs:changes", "blocks:list"),
        *("teams:list", "teams:detail"),
    ],
    "runs": [
        *("executions:detail", "executions:list", "executions:compare", "executions:dashboard"),
        "executions:words",
    ],
    "account": [
        *("accounts:profile", "account_email", "account_change_password", "accounts:two-factor"),
        *("accounts:logins", "accounts:api-keys", "socialaccount_connections", "retention:data"),
        "inbox:list",
    ],
    "things": [
        *("knowledge:detail", "vault:list", "vault:new", "files:list", "notifications:list"),
        *("notifications:settings", "notifications:new-endpoint"),
    ],
    "triggers": ["triggers:detail", "triggers:presets", "webhooks:detail", "published:detail"],
}
EVERYTHING = {"resultTypes": ["violations"]}
# In the dark, nothing but colours is different.
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
LOOKS = {
    "desk": (1400, "light", EVERYTHING),
    "dark": (1400, "dark", COLOURS),
    "phone": (390, "light", EVERYTHING),
}


def faults_of(screen, rules=EVERYTHING):
    """What keeps people from using the page, one line for each place."""
    found = Axe().run(screen, options=rules).response["violations"]
    return [
        f"{each['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def faults_in_every_look(screen, address):
    """{(address, look): faults}, of one visit."""
    assert screen.goto(address).ok
    expect(screen.get_by_text("Loading …")).to_have_count(0)
    faults = {}
    for look, (width, theme, rules) in LOOKS.items():
        screen.set_viewport_size({"width": width, "height": 900})
        set_theme(screen, theme)
        faults[address, look] = faults_of(screen, rules)
    return {place: found for place, found in faults.items() if found}


def test_a_fault_is_found(screen):
    screen.locator("h1").evaluate("title => { title.style.color = 'silver' }")
    assert [fault.split()[0] for fault in faults_of(screen)] == ["color-contrast"]


def test_a_fault_of_the_dark_alone_is_found(screen):
    set_theme(screen, "dark")
    screen.locator("h1").evaluate("title => { title.style.color = 'black' }")
    assert [fault.split()[0] for fault in faults_of(screen, COLOURS)] == ["color-contrast"]


def test_everybody_can_get_in(open_screen, person):
    screen, faults = open_screen(), {}
    for address in DOORS:
        faults |= faults_in_every_look(screen, address)
    assert faults == {}


@pytest.mark.parametrize("part", PAGES)
def test_everybody_can_use_the_pages(screen, person, run, part):
    TeamFactory(owner=person, members={UserFactory(): "viewer"})
    faults = {}
    for name in PAGES[part]:
        faults |= faults_in_every_look(screen, address_of(name, run.node_executions.first()))
    assert faults == {}


@pytest.mark.parametrize(
    ("width", "dark"), [(1400, False), (1400, True), (390, False)], ids=["desk", "dark", "phone"]
)
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

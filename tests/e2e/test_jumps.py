"""What has been seen stays where it is while a page loads."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import log_in
from tests.pages.places import address_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PAGES = [
    *("executions:dashboard", "graphs:list", "graphs:detail", "graphs:edit", "executions:list"),
    *("executions:detail", "inbox:list", "blocks:list", "triggers:new", "vault:list"),
    "accounts:profile",
]
ON_A_PHONE = [*PAGES[:4], "executions:detail", "triggers:new"]  # lists are as the one of graphs
MOST = 0.05  # of all shifts of a page; up to 0.1 counts as good among the Core Web Vitals
WATCHING = """() => {
    window.shifts = 0;
    const add = (entry) => { if (!entry.hadRecentInput) window.shifts += entry.value; };
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(add));
    observer.observe({ type: "layout-shift", buffered: true });
}"""
SETTLED = """() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shifts))));
})"""


def watched(open_screen, person, width):
    screen = open_screen(width=width, height=800)
    screen.add_init_script(f"({WATCHING})()")
    log_in(screen, person)
    return screen


@pytest.mark.parametrize(("width", "pages"), [(1280, PAGES), (390, ON_A_PHONE)])
def test_pages_do_not_jump_while_they_load(open_screen, person, run, width, pages):
    firing, jumps = run.node_executions.first(), {}
    screen = watched(open_screen, person, width)
    for name in pages:
        screen.goto(address_of(name, firing))
        expect(screen.get_by_text("Loading …")).to_have_count(0)
        jumps[name] = screen.evaluate(SETTLED)
    assert {name: jump for name, jump in jumps.items() if jump >= MOST} == {}


def test_a_jump_is_found(open_screen, person):
    screen = watched(open_screen, person, 1280)
    screen.evaluate("document.querySelector('main').style.marginTop = '20rem'")
    assert screen.evaluate(SETTLED) > MOST

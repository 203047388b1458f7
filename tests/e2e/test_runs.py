"""Starting, watching and stopping runs, as somebody in front of the screen does it."""

import re

import pytest
from playwright.sync_api import expect

from executions.models import Execution
from graphs import services, spec
from graphs.starters import STARTERS
from tests.pages.test_questions import approval

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TEXT = (
    "Tea is a drink made from the leaves of a shrub. It comes from China, where people have drunk it for thousands"
    " of years. The tea trade changed the world: it built harbours, started wars and filled poems. "
) * 5


def graph(owner, drawing, name="Mine"):
    return services.create_graph(owner=owner, name=name, drawing=drawing).graph


def badge(screen, label):
    expect(screen.locator("[data-run-status]")).to_have_text(label)
    screen.wait_for_load_state()  # what is pressed before the scripts are there does nothing


def test_a_summary_is_made_and_watched_without_a_reload(screen):
    screen.get_by_role("link", name="New graph").first.click()
    screen.get_by_label("Name").fill("My first agent")
    screen.get_by_role("button", name="Create").click()
    screen.get_by_label("Text").fill(TEXT)
    screen.get_by_role("button", name="Run").click()
    screen.wait_for_url(re.compile("/executions/"))
    screen.evaluate("window.notReloaded = true")
    badge(screen, "Completed")
    expect(screen.locator("#run-outputs")).to_contain_text("Tea is a drink")
    for node in ("text", "summarize", "summary"):
        card = screen.locator(f"graph-view [data-node={node}]")
        expect(card).to_have_attribute("data-status", "COMPLETED")
    expect(screen.locator("#run-nodes tbody tr")).to_have_count(3)
    expect(screen.locator("#run-timeline svg")).to_have_count(3)
    assert screen.evaluate("window.notReloaded")


@pytest.fixture
def fetching(screen, person, slow_site):
    """The card of a node that waits for a server, and the gate of that server."""
    address, gate = slow_site
    nodes = {
        "fetch": spec.Node("fetch", "http_get_block", {"url": address}, {"title": "Fetch"}),
        "show": spec.Node("show", "print_to_console_block", {}, {"title": "Show it"}),
    }
    link = spec.Link("1", "fetch", "response", "show", "text")
    screen.goto(f"/graphs/{graph(person, spec.Graph(nodes, (link,))).pk}/")
    screen.get_by_role("button", name="Run").click()
    card = screen.locator("graph-view [data-node=fetch]")
    expect(card).to_have_attribute("data-status", "RUNNING")
    return card, gate


def test_what_a_node_writes_appears_while_it_writes(screen, fetching):
    _card, gate = fetching
    expect(screen.locator("live-text")).to_be_hidden()
    expect(
        screen.locator("run-monitor[live]")
    ).to_be_attached()  # what comes before is not told again
    gate.set()
    expect(screen.locator("live-text")).to_contain_text("Show it Tea is ready.")
    badge(screen, "Completed")


def test_a_run_is_stopped_while_it_waits_for_a_server(screen, fetching):
    fetch, _gate = fetching
    screen.get_by_role("button", name="Stop").click()
    badge(screen, "Cancelled")
    expect(fetch).to_have_attribute("data-status", "CANCELLED")
    expect(screen.get_by_role("button", name="Run again")).to_be_visible()
    assert Execution.objects.get().status == "CANCELLED"


def test_without_a_socket_the_page_asks_again_and_again(screen, person):
    screen.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    made = graph(person, STARTERS["summary"].drawing)
    screen.goto(f"/graphs/{made.pk}/")
    screen.get_by_label("Text").fill(TEXT)
    screen.get_by_role("button", name="Run").click()
    badge(screen, "Completed")
    expect(screen.locator("#run-outputs")).to_contain_text("Tea is a drink")


def test_a_wrong_input_is_told_next_to_its_field(screen, person):
    node = spec.Node("n", "table_input_block", {"name": "rows"})
    made = graph(person, spec.Graph({"n": node}, ()))
    screen.goto(f"/graphs/{made.pk}/")
    screen.get_by_label("rows").fill("[1, 2")
    screen.get_by_role("button", name="Run").click()
    expect(screen.locator("#run-form .invalid-feedback")).to_contain_text("This is not JSON")
    expect(screen.get_by_label("rows")).to_have_value("[1, 2")
    assert screen.url.endswith(f"/graphs/{made.pk}/")


def test_a_node_tells_its_values_by_keyboard(screen, person):
    screen.goto(f"/graphs/{graph(person, STARTERS['empty'].drawing).pk}/")
    screen.get_by_label("text").fill("Hello")
    screen.get_by_role("button", name="Run").click()
    badge(screen, "Completed")
    button = screen.locator("graph-view [data-node=output] .node-open")
    button.focus()
    button.press("Enter")
    drawer = screen.locator("side-drawer")
    expect(drawer).to_contain_text("Hello")
    screen.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()


def test_a_failure_leads_to_the_node_that_failed(screen, person):
    nodes = {
        "in": spec.Node("in", "text_input_block", {"name": "text"}),
        "read": spec.Node("read", "parse_json_block", {}, {"title": "Read it"}),
    }
    link = spec.Link("1", "in", "text", "read", "text")
    screen.goto(f"/graphs/{graph(person, spec.Graph(nodes, (link,))).pk}/")
    screen.get_by_label("text").fill("no JSON")
    screen.get_by_role("button", name="Run").click()
    badge(screen, "Failed")
    screen.locator("#run-failures").get_by_role("button", name="Read it").click()
    expect(screen.locator("side-drawer")).to_contain_text("no JSON")


def test_a_person_approves_and_the_run_goes_on(screen, person):
    screen.goto(f"/graphs/{graph(person, approval({'amount': 5})).pk}/")
    screen.get_by_role("button", name="Run").click()
    badge(screen, "Waiting")
    screen.get_by_label("You may change it").fill('{"amount": 3}')
    screen.get_by_role("button", name="Approve").click()
    badge(screen, "Completed")
    expect(screen.locator("#run-outputs")).to_contain_text('"amount": 3')

"""What people do every day, without a mouse. How a graph is built so is in test_builder.py."""

import re

import pytest
from playwright.sync_api import expect

from executions import services as runs
from executions.models import Execution
from executions.triggers.models import Schedule
from graphs import services
from graphs.models import Graph
from graphs.starters import STARTERS
from tests.e2e.builder_page import BuilderPage
from tests.e2e.tabbing import tab_to
from tests.pages.test_questions import approval

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def press(screen):
    """Walks with Tab to what is called so, and presses Enter there; `leads_to` is the title of the page that comes."""

    def press(name, leads_to=None):
        tab_to(screen, name)
        screen.keyboard.press("Enter")
        if leads_to:
            expect(screen).to_have_title(f"{leads_to} · Agentloom")
            screen.wait_for_load_state()  # what is typed before the scripts are there finds nothing

    return press


@pytest.fixture
def waiting(person):
    """A run that asks for an approval, once a worker has come to it."""
    version = services.create_graph(owner=person, name="Payment", drawing=approval({"amount": 5}))
    return runs.start_execution(version=version, user=person, inputs={})


def test_a_graph_is_made(screen, press):
    press("New graph", leads_to="New graph")
    tab_to(screen, "Name")
    screen.keyboard.type("Tea")
    screen.keyboard.press("Enter")
    screen.wait_for_url(re.compile(r"/graphs/[0-9a-f-]{36}/"))
    assert Graph.objects.get().name == "Tea"


def test_what_was_done_in_the_builder_is_undone_and_done_again(screen, person, press):
    made = services.create_graph(owner=person, name="Mine", drawing=STARTERS["empty"].drawing)
    builder = BuilderPage(screen, made.graph).open()
    tab_to(screen, "Graph editor")
    count = builder.canvas.get_by_role("group").count()
    for keys, left in (("Control+a", count), ("Delete", 0), ("Control+z", count), ("Control+y", 0)):
        screen.keyboard.press(keys)
        expect(builder.canvas.get_by_role("group")).to_have_count(left)


def test_an_approval_is_answered(screen, press, waiting):
    screen.goto(f"/executions/{waiting.pk}/")
    expect(screen.locator("[data-run-status]")).to_have_text("Waiting")
    screen.goto("/graphs/")
    press("Inbox 1", leads_to="Inbox")
    press("Pay it?", leads_to="Pay it?")
    press("Approve", leads_to="Inbox")
    screen.goto(f"/executions/{waiting.pk}/")
    expect(screen.locator("[data-run-status]")).to_have_text("Completed")


def test_a_run_is_stopped(screen, press, waiting):
    screen.goto(f"/executions/{waiting.pk}/")
    press("Stop")
    expect(screen.locator("[data-run-status]")).to_have_text("Cancelled")


def test_a_run_is_found_and_repeated(screen, press, run):
    press("Runs", leads_to="Runs")
    tab_to(screen, "Search")
    screen.keyboard.type("condition")
    screen.wait_for_url(re.compile("q=condition"))
    press("A condition", leads_to="Run of A condition")
    press("Run again")
    screen.wait_for_url(lambda address: "executions" in address and str(run.pk) not in address)
    expect(screen.locator("[data-run-status]")).to_have_text("Completed")
    assert Execution.objects.count() == 2


def test_the_result_of_a_node_is_opened(screen, press, run):
    screen.goto(f"/executions/{run.pk}/")
    expect(screen.locator("run-monitor")).to_be_attached()
    tab_to(screen, run.version.load().nodes["check"].title)
    screen.keyboard.press("Enter")
    expect(screen.locator("side-drawer")).to_contain_text("12")


def test_a_schedule_is_made(screen, press, run):
    screen.goto(f"/graphs/{run.graph_id}/")
    press("Schedule", leads_to="New schedule")
    tab_to(screen, "Name")
    screen.keyboard.type("Every morning")
    tab_to(screen, "number")
    screen.keyboard.type("7")
    press("Save")
    expect(screen.get_by_role("heading", name="Every morning")).to_be_visible()
    assert Schedule.objects.get().inputs == {"number": 7}

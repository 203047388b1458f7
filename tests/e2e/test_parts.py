"""Running a part of a graph in the builder, and replaying one from the page of a run."""

import pytest
from playwright.sync_api import expect

from graphs import services
from graphs.starters import STARTERS
from tests.e2e.builder_page import BuilderPage

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_one_node_is_run_with_a_value_of_ones_own(screen, person):
    drawing = STARTERS["branch"].drawing
    graph = services.create_graph(owner=person, name="A condition", drawing=drawing).graph
    builder = BuilderPage(screen, graph).open()
    builder.node("More than ten?").locator(".card-top").click()
    builder.button("Run this node").click()
    screen.locator("#run-form input[type=number]").fill("12")
    builder.button("Start").click()
    builder.run_state("Completed")
    builder.node_state("More than ten?", "Completed")
    expect(builder.node("Large").locator("[data-card-status]")).to_be_hidden()
    assert graph.versions.count() == 1


def test_a_run_is_replayed_from_a_node_with_another_value(screen, run):
    screen.goto(f"/executions/{run.pk}/")
    screen.get_by_role("button", name="Large", exact=True).click()
    screen.get_by_role("button", name="From here on").click()
    field = screen.locator("#run-form textarea")
    expect(field).to_have_value("12")
    field.fill("13")
    screen.locator("#run-form").get_by_role("button", name="Run").click()
    expect(screen.locator("#run-outputs")).to_contain_text("13")
    expect(screen.locator("h1")).to_contain_text("A part of the graph")

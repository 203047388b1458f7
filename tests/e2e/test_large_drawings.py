"""Drawings of hundreds of nodes: what is far away stays in reach."""

import pytest
from playwright.sync_api import expect

from tests.e2e.builder_page import BuilderPage
from tests.e2e.test_builder import graph_of, many

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def builder(screen, person):
    """A drawing that is so large that it is seen as a sketch."""
    builder = BuilderPage(screen, graph_of(person, many(200))).open()
    expect(screen.locator("[data-sketch]")).to_be_visible()
    return builder


def test_nodes_that_are_far_away_are_reached_by_keyboard(builder):
    keyboard = builder.screen.keyboard
    builder.canvas.focus()
    builder.tab_to("Node 2")
    for _ in range(10):
        keyboard.press("+")
    expect(builder.screen.locator("[data-sketch]")).to_be_hidden()
    for _ in range(9):
        keyboard.press("Control+ArrowRight")
    expect(builder.node("Node 11")).to_be_focused()
    expect(builder.node("Node 11")).to_be_in_viewport(ratio=1)
    builder.tab_to("output output", within="Node 11")
    builder.tab_to("input text", within="Node 14")
    expect(builder.pin("Node 14", "input text")).to_be_in_viewport()
    keyboard.press("Control+ArrowDown")
    expect(builder.node("Node 34")).to_be_focused()


def test_cards_follow_the_sketch_when_it_rests(builder):
    builder.canvas.hover()
    builder.screen.mouse.wheel(60, 40)
    builder.node("Node 45").click()
    expect(builder.node("Node 45")).to_have_class("flow-card is-far is-selected")

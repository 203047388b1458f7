"""From an empty account to a running agent."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_the_tour_leads_to_a_running_agent_by_keyboard(screen):
    screen.get_by_role("button", name="Show me how, in two minutes").press("Enter")
    tour = screen.get_by_role("dialog", name="Tour")
    expect(tour.get_by_text("This is an agent")).to_be_focused()
    for _step in range(4):
        tour.get_by_role("button", name="Next").press("Enter")
    expect(tour.get_by_text("Now press Run")).to_be_focused()
    screen.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    screen.keyboard.press("Control+Enter")
    expect(screen.locator("#run-form")).to_be_visible()
    screen.keyboard.press("Control+Enter")
    expect(screen.locator("[data-run-status]")).to_have_text("Completed")
    screen.reload()
    expect(screen.locator("graph-builder[ready]")).to_be_attached()
    expect(tour).to_be_hidden()

"""Published pages in a browser: a form that shows its outputs, a chat that writes its answers; for everybody."""

import pytest
from playwright.sync_api import expect

from executions.published import services
from graphs import services as graphs
from graphs import spec
from tests.e2e.test_accessibility import faults_in_every_look, faults_of
from tests.factories import VersionFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def publish(person, version, **values):
    fields = {
        "name": "Ask us",
        "description": "We answer.",
        "is_public": True,
        "daily_credits": 100,
    }
    return services.create_page(user=person, version=version, values={**fields, **values})


@pytest.fixture
def form(person):
    return publish(person, VersionFactory(owner=person), kind="form")


@pytest.fixture
def chat(person):
    """A chat with the offline model."""
    drawing = spec.Graph(
        nodes={
            "ask": spec.Node("ask", "text_input_block", {"name": "message"}),
            "say": spec.Node("say", "llm_call_block", {}),
            "out": spec.Node("out", "output_block", {"name": "answer"}),
        },
        links=(
            spec.Link("1", "ask", "text", "say", "prompt"),
            spec.Link("2", "say", "response", "out", "value"),
        ),
    )
    version = graphs.create_graph(owner=person, name="Chat", drawing=drawing)
    return publish(person, version, kind="chat")


def test_a_visitor_fills_in_a_form(open_screen, form):
    screen = open_screen()
    assert faults_in_every_look(screen, f"/p/{form.token}/") == {}
    screen.get_by_role("textbox").fill("Tea, please")
    screen.get_by_role("button", name="Send").click()
    expect(screen.locator("#result")).to_contain_text("Tea, please")
    assert faults_of(screen) == []


def test_a_visitor_talks_and_reads_the_answer(open_screen, chat):
    screen = open_screen()
    assert faults_in_every_look(screen, f"/p/{chat.token}/") == {}
    screen.get_by_label("Your message").fill("Tea is a drink made from leaves.")
    screen.get_by_role("button", name="Send").click()
    expect(screen.locator("chat-answer")).to_have_count(0)
    answer = screen.locator(".chat-said:not(.is-visitor)")
    expect(answer).not_to_be_empty()
    expect(answer).not_to_have_class("text-danger")
    assert faults_of(screen) == []


def test_the_pages_speak_chinese(open_screen, chat, form):
    screen = open_screen(locale="zh-CN")
    for page in (chat, form):
        screen.goto(f"/p/{page.token}/")
        expect(screen.get_by_role("button", name="发送")).to_be_visible()

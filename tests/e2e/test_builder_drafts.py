"""What the builder keeps when tabs die, networks fail and two windows edit the same graph."""

import contextlib

import pytest
from playwright.sync_api import Error, expect

from graphs import services
from graphs.models import Draft
from graphs.starters import STARTERS
from tests.e2e.builder_page import BuilderPage, drawing_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def graph(person):
    return services.create_graph(owner=person, name="Mine", drawing=STARTERS["empty"].drawing).graph


@pytest.fixture
def builder(screen, graph):
    return BuilderPage(screen, graph).open()


def crash(screen):
    """The tab dies without a word."""
    with contextlib.suppress(Error):
        screen.goto("chrome://crash", timeout=3_000)
    screen.close()


def another_window(builder):
    screen = builder.screen.context.new_page()
    screen.set_default_timeout(20_000)
    return BuilderPage(screen, builder.graph).open()


def test_changes_survive_the_crash_of_the_tab(builder):
    builder.block("Parse JSON").click()
    builder.state("kept as a draft")
    crash(builder.screen)
    again = another_window(builder)
    expect(again.node("Parse JSON")).to_be_visible()
    expect(again.screen.get_by_text("Your unsaved changes of")).to_be_visible()
    again.button("Save").click()
    again.state("version 2")
    assert "Parse JSON" in drawing_of(builder.graph)[0]
    assert not Draft.objects.exists()


def test_changes_that_no_server_took_survive_in_the_browser(builder):
    builder.screen.route("**/draft", lambda route: route.abort())
    builder.block("Parse JSON").click()
    builder.state("kept in this browser")
    crash(builder.screen)
    assert not Draft.objects.exists()
    again = another_window(builder)
    expect(again.node("Parse JSON")).to_be_visible()
    again.state("kept as a draft")
    assert Draft.objects.get().revision == 1


def test_discarded_changes_are_gone(builder):
    builder.block("Parse JSON").click()
    builder.state("kept as a draft")
    again = another_window(builder)
    again.button("Discard changes").click()
    expect(again.node("Text")).to_be_visible()
    expect(again.node("Parse JSON")).to_have_count(0)
    again.state("Saved as version 1")
    assert not Draft.objects.exists()


def test_a_version_that_somebody_else_has_saved_is_not_overwritten_unasked(builder):
    builder.block("Parse JSON").click()
    services.save_version(
        graph=builder.graph, name="Theirs", description="", drawing=STARTERS["branch"].drawing
    )
    builder.button("Save").click()
    dialog = builder.screen.get_by_role("dialog", name="A newer version was saved")
    expect(dialog).to_contain_text("version 2 was saved in the meantime")
    dialog.get_by_role("button", name="Go on editing").click()
    assert builder.graph.versions.count() == 2
    builder.button("Save").click()
    dialog.get_by_role("button", name="Make mine the newest").click()
    builder.state("Version 3 is saved")
    assert "Parse JSON" in drawing_of(builder.graph)[0]


def test_the_newer_version_can_be_taken_instead(builder):
    builder.block("Parse JSON").click()
    services.save_version(
        graph=builder.graph, name="Theirs", description="", drawing=STARTERS["branch"].drawing
    )
    builder.button("Save").click()
    builder.button("Take the newer version").click()
    expect(builder.node("More than ten?")).to_be_visible()
    builder.state("Saved as version 2")
    assert not Draft.objects.exists()


def test_two_windows_do_not_overwrite_each_other(builder):
    other = another_window(builder)
    builder.block("Parse JSON").click()
    builder.state("kept as a draft")
    other.block("Write JSON").click()
    expect(other.screen.get_by_text("being edited in another window")).to_be_visible()
    other.button("Go on here").click()
    other.state("kept as a draft")
    titles = [each["metadata"]["title"] for each in Draft.objects.get().document["nodes"]]
    assert titles == ["Text", "Result", "Write JSON"]


def test_a_version_is_made_while_answers_are_slow(builder):
    builder.screen.evaluate(_SLOW_ANSWERS)
    builder.block("Parse JSON").click()
    builder.button("Save").click()
    builder.state("Version 2 is saved")
    builder.block("Write JSON").click()
    builder.state("kept as a draft")
    expect(builder.screen.get_by_text("being edited in another window")).to_be_hidden()


# Longer than the builder waits before it keeps a change by itself.
_SLOW_ANSWERS = """() => {
    const quick = window.fetch;
    window.fetch = async (...request) => {
        const answer = await quick(...request);
        await new Promise((resolve) => { setTimeout(resolve, 1500); });
        return answer;
    };
}"""


def test_a_version_carries_its_message(builder):
    builder.block("Parse JSON").click()
    builder.button("With a message").click()
    builder.screen.get_by_label("What has changed").fill("It reads JSON now")
    builder.screen.keyboard.press("Enter")
    builder.state("Version 2 is saved")
    assert builder.graph.versions.get(is_active=True).message == "It reads JSON now"

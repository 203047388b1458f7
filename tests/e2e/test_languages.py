"""One walk through the product in each language, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import log_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en-GB": {
        "log in": "Log in",
        "new": "New graph",
        "run": "Run",
        "save": "Save",
        "done": "Run again",
    },
    "zh-CN": {"log in": "登录", "new": "新建图", "run": "运行", "save": "保存", "done": "再次运行"},
}


def get_in(screen, person, button):
    screen.locator("[name=login]").fill(person.email)
    screen.locator("[name=password]").fill(PASSWORD)
    screen.get_by_role("button", name=button, exact=True).click()
    expect(screen).to_have_url(re.compile("/dashboard/$"))


@pytest.mark.parametrize(("form", "width"), [("desk", 1400), ("phone", 390)])
@pytest.mark.parametrize("locale", WORDS)
def test_people_go_from_the_login_to_a_finished_run(
    open_screen, picture, person, run, locale, form, width
):
    words = WORDS[locale]
    screen = open_screen(width=width, height=844, locale=locale)

    def look(name):
        picture(screen, f"walk-{locale}-{form}-{name}")
        assert not screen.evaluate("document.documentElement.scrollWidth > innerWidth")

    screen.goto("/")
    look("1-login")
    get_in(screen, person, words["log in"])
    look("2-dashboard")
    screen.goto("/graphs/")
    expect(screen.get_by_role("link", name=words["new"])).to_be_visible()
    look("2-graphs")
    screen.goto(f"/graphs/{run.graph_id}/")
    look("3-graph")
    screen.goto(f"/graphs/{run.graph_id}/edit/")
    expect(screen.get_by_role("button", name=words["save"], exact=True)).to_be_visible()
    expect(screen.locator("graph-builder[ready]")).to_be_attached()
    look("4-builder")
    screen.locator(".flow-card").first.focus()
    screen.keyboard.press("Enter")
    expect(screen.locator("[data-panel-node] [data-pin]").first).to_be_visible()
    look("5-panel")
    screen.goto(f"/graphs/{run.graph_id}/run/")
    screen.locator("#run-form input[type=number]").fill("12")
    look("6-run-form")
    screen.locator("#run-form button").click()
    expect(screen.get_by_role("button", name=words["done"])).to_be_visible()
    look("7-run")
    for name in ("executions", "blocks", "credentials", "files", "account"):
        screen.goto(f"/{name}/")
        look(f"8-{name}")


def test_a_language_is_chosen_before_and_after_the_login(open_screen, person):
    screen = open_screen()
    screen.goto("/login/")
    screen.get_by_role("button", name="简体中文").click()
    expect(screen.get_by_role("heading", name="登录")).to_be_visible()
    log_in(screen, person)
    screen.get_by_role("button", name="English").click()
    expect(screen.get_by_role("heading", name="Graphs")).to_be_visible()
    expect(screen.locator("html")).to_have_attribute("lang", "en")

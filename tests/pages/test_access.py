"""Who sees which page, and what every page promises."""

import pytest
from django.test import Client

from executions.engine.status import Status
from tests.factories import NodeExecutionFactory
from tests.pages.places import OPEN, POST_ONLY, address_of, names, takes_id
from tests.undoing import undone

PAGES = sorted(names() - OPEN - POST_ONLY)
BUTTONS = sorted(POST_ONLY)


@pytest.fixture
def firing(user, version):
    return NodeExecutionFactory(
        execution__user=user,
        execution__version=version,
        execution__status=Status.RUNNING,
        status=Status.RUNNING,
    )


def answers(send, names, firing, query=""):
    """What each page or button answers, by its name; nothing that one of them does is there for the next."""
    for name in names:
        address = address_of(name, firing)
        if query:
            address = f"{address.partition('?')[0]}?{query}"
        with undone():
            yield name, send(address)


def test_the_owner_sees_every_page_and_none_has_inline_script_or_style(page, firing):
    wrong = {}
    for name, answer in answers(page.get, PAGES, firing):
        policy = answer.headers["Content-Security-Policy"]
        source = "'none'" if name == "files:download" else "'self'"
        is_strict = f"default-src {source}" in policy and "unsafe" not in policy
        if answer.status_code != 200 or not is_strict:
            wrong[name] = answer.status_code, policy
    assert wrong == {}


def test_a_strangers_click_finds_nothing_and_changes_nothing(stranger_page, firing):
    names = [name for name in BUTTONS if takes_id(name)]
    found = {name: stranger_page.post(address_of(name, firing)).status_code for name in names}
    assert found == dict.fromkeys(names, 404)
    firing.execution.refresh_from_db()
    assert firing.execution.status == Status.RUNNING
    assert firing.execution.graph.deleted_at is None


def test_a_button_is_no_link(page, firing):
    found = {name: answer.status_code for name, answer in answers(page.get, BUTTONS, firing)}
    assert found == dict.fromkeys(BUTTONS, 405)


@pytest.mark.parametrize("name", ["executions:again", "executions:start", "graphs:delete"])
def test_a_click_from_another_site_is_refused(user, firing, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(address_of(name, firing)).status_code == 403


@pytest.mark.parametrize(
    "query", ["q=%00&node=%00&status=%00", "page=%00&version=%00", "page=-1&version=0"]
)
def test_no_parameter_breaks_a_page(page, firing, query):
    found = {name: each.status_code for name, each in answers(page.get, PAGES, firing, query)}
    assert {name: status for name, status in found.items() if status not in {200, 404}} == {}


def test_the_front_page_leads_to_the_dashboard(page):
    assert page.get("/").url == "/dashboard/"


@pytest.mark.parametrize("address", ["/nothing/", "/graphs/00000000-0000-0000-0000-000000000000/"])
def test_a_missing_page_says_so_in_the_look_of_the_site(page, address):
    answer = page.get(address)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_fragment_that_meets_an_ended_session_reloads_the_page(db):
    client = Client(headers={"HX-Request": "true"})
    answer = client.get("/graphs/", follow=True)
    assert answer.headers["HX-Refresh"] == "true"

"""Who sees which page, and what every page promises."""

import pytest
from django.test import Client

from executions.engine.status import Status
from tests.factories import NodeExecutionFactory
from tests.pages.places import OPEN, POST_ONLY, address_of, names, takes_id

PAGES = sorted(names() - OPEN - POST_ONLY)
BUTTONS = sorted(POST_ONLY)
OWNED_PAGES = [name for name in PAGES if takes_id(name)]


@pytest.fixture
def firing(user, version):
    return NodeExecutionFactory(
        execution__user=user,
        execution__version=version,
        execution__status=Status.RUNNING,
        status=Status.RUNNING,
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_owner_sees_the_page(page, firing, name):
    assert page.get(address_of(name, firing)).status_code == 200


@pytest.mark.parametrize("name", OWNED_PAGES)
def test_a_stranger_gets_404(stranger_page, firing, name):
    assert stranger_page.get(address_of(name, firing)).status_code == 404


@pytest.mark.parametrize("name", [name for name in BUTTONS if takes_id(name)])
def test_a_strangers_click_finds_nothing_and_changes_nothing(stranger_page, firing, name):
    assert stranger_page.post(address_of(name, firing)).status_code == 404
    firing.execution.refresh_from_db()
    assert firing.execution.status == Status.RUNNING
    assert firing.execution.graph.deleted_at is None


@pytest.mark.parametrize("name", PAGES + BUTTONS)
def test_nobody_is_sent_to_the_login(db, firing, name):
    address = address_of(name, firing)
    method = "post" if name in POST_ONLY else "get"
    answer = getattr(Client(), method)(address)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/login/")


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_is_no_link(page, firing, name):
    assert page.get(address_of(name, firing)).status_code == 405


@pytest.mark.parametrize("name", ["executions:again", "executions:start", "graphs:delete"])
def test_a_click_from_another_site_is_refused(user, firing, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(address_of(name, firing)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_every_page_forbids_inline_script_and_style(page, firing, name):
    policy = page.get(address_of(name, firing)).headers["Content-Security-Policy"]
    source = "'none'" if name == "files:download" else "'self'"
    assert f"default-src {source}" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "query", ["q=%00", "node=%00", "status=%00", "page=%00", "page=-1", "version=%00", "version=0"]
)
@pytest.mark.parametrize("name", PAGES)
def test_no_parameter_breaks_a_page(page, firing, name, query):
    address = address_of(name, firing).partition("?")[0]
    assert page.get(f"{address}?{query}").status_code in {200, 404}


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

"""What every answer says to browsers: pages, JSON, refusals, files of the product, and what is cut off at the door."""

import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import Client as Browser

from config.asgi import application
from tests.api_client import client_of
from tests.pages.conftest import logged_in

pytestmark = pytest.mark.django_db

PAGES = ("/login/", "/login/passkey/", "/nowhere", "/api/user", "/api/nowhere", "/api/schema", "/")
OWN = ("/dashboard/", "/graphs/", "/account/", "/account/passkeys/", "/credentials/", "/admin/")


@pytest.mark.parametrize("address", PAGES)
def test_b_03_no_answer_to_a_stranger_is_kept_or_runs_what_is_not_ours(address):
    for method in ("get", "post"):
        require_strict(getattr(Browser(), method)(address).headers)


@pytest.mark.parametrize("address", OWN)
def test_b_03_no_page_of_a_person_is_kept_by_the_browser(user, address):
    require_strict(logged_in(user).get(address).headers)


def test_b_03_no_answer_of_the_api_is_kept(user, api, version):
    for address in ("/api/user", f"/api/graphs/{version.graph_id}", "/api/executions"):
        require_strict(api.get(address).headers)
    require_strict(client_of("wrong").get("/api/user").headers)


def require_strict(headers):
    policy = headers["Content-Security-Policy"]
    assert {"object-src 'none'", "base-uri 'none'"} <= set(policy.split("; "))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]


def test_b_03_files_of_the_product_are_for_our_pages_alone():
    answer = Browser().get("/static/site/js/site.js")
    answer.close()
    headers = answer.headers
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("length", [b"99999999999", b"9" * 5_000, b"x", b"-1"])
async def test_b_03_a_refusal_at_the_door_has_headers_too(length):
    headers = [(b"host", b"testserver"), (b"content-length", length)]
    about = {"path": "/api/nowhere", "raw_path": b"/api/nowhere", "query_string": b""}
    scope = {"type": "http", "method": "POST", "headers": headers, **about}
    asked = ApplicationCommunicator(application, scope)
    await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await asked.receive_output(timeout=5)
    await asked.receive_output(timeout=5)
    await asked.wait(timeout=5)
    assert start["status"] in {400, 404, 413}
    names = {name.lower(): value for name, value in start["headers"]}
    assert names[b"x-content-type-options"] == b"nosniff"
    assert b"content-security-policy" in names
    assert b"no-store" in names[b"cache-control"]


def test_an_answer_that_says_how_it_is_kept_stays_as_it_is(user):
    answer = logged_in(user).get("/blocks/catalogue.json")
    assert answer.headers["Cache-Control"] == "private, no-cache"

"""/metrics: who may read it, and that requests are counted."""

import pytest
from django.test import Client

from accounts.models import Role
from executions import measuring
from executions.metrics import reporting
from executions.models import Process
from tests.factories import UserFactory

TOKEN = "a-token-for-prometheus"


@pytest.fixture
def ask(db):
    """The status of an answer to somebody who is not logged in."""
    return lambda **head: Client().get("/metrics", **head).status_code


def test_programs_on_this_machine_may_read_when_there_is_no_token(ask):
    assert ask() == 200
    assert ask(REMOTE_ADDR="192.0.2.7") == 401


def test_what_a_proxy_on_this_machine_passes_on_is_not_local(ask):
    assert ask(HTTP_X_FORWARDED_FOR="192.0.2.7") == 401


def test_with_a_token_only_who_has_it_may_read(ask, settings):
    settings.METRICS_TOKEN = TOKEN

    assert ask() == 401
    assert ask(HTTP_AUTHORIZATION="Bearer something else") == 401
    assert ask(HTTP_AUTHORIZATION=f"Bearer {TOKEN}", REMOTE_ADDR="192.0.2.7") == 200


def test_behind_tls_there_must_be_a_token(ask, settings):
    settings.HTTPS = True

    assert ask() == 401


@pytest.mark.parametrize(("role", "status"), [(Role.OPERATOR, 200), (Role.USER, 401)])
def test_operators_may_read_in_their_browser(db, settings, role, status):
    settings.METRICS_TOKEN = TOKEN
    client = Client()
    client.force_login(UserFactory(role=role))

    assert client.get("/metrics").status_code == status


def test_it_cannot_be_written_to_or_kept(client, db):
    assert client.post("/metrics").status_code == 405
    assert "no-store" in client.get("/metrics")["Cache-Control"]
    assert client.get("/metrics")["Content-Type"].startswith("text/plain; version=")


def test_requests_are_counted_by_the_pattern_of_their_address(api, version, read):
    measuring.take()
    api.get(f"/api/graphs/{version.graph_id}")
    api.get("/api/graphs/6d7e8f90-0000-4000-8000-000000000000")
    api.get("/api/nothing-of-ours")
    reporting.report(Process.Kind.WEB)

    name = "autogpt_api_requests_total"
    pattern = "/api/graphs/<uuid:graph_id>"
    counted = {key[1:]: value for key, value in read().items() if key[0] == name}
    assert counted == {
        (pattern, "GET", "200"): 1,
        (pattern, "GET", "404"): 1,
        ("/api/", "GET", "404"): 1,
    }
    assert read()["autogpt_api_request_duration_seconds_count", pattern, "GET", "200"] == 1


def test_a_scrape_asks_the_same_few_questions_however_much_there_is(
    db, read, django_assert_num_queries
):
    read()
    with django_assert_num_queries(6):
        read()

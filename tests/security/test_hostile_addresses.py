"""No address fails by what stands in it: every route, with what PostgreSQL, headers and numbers do not take."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.factories import UserFactory

HOSTILE = ["%00", "a%00b", "a%0d%0ab", "%ED%A0%80", "..%2f..%2fetc", "9" * 30]
PLACE = re.compile(r"<(?:(\w+):)?\w+>|\(\?P<\w+>[^)]*\)")
PARAMETERS = ["q", "page", "version", "next", "from", "status", "created_at__gte", "lang"]


def routes(resolver=None, start=""):
    for each in (resolver or get_resolver()).url_patterns:
        route = start + str(each.pattern).strip("^$").replace("\\Z", "").replace("\\", "")
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        else:
            yield f"/{route}"


def filled(route, text):
    """The address with the text in each place that takes one."""
    plain = {"uuid": str(UUID(int=7)), "int": text if text.isdecimal() else "1"}
    return PLACE.sub(lambda place: plain.get(place[1], text), route)


@pytest.fixture
def chief(db):
    """Somebody who may open everything; failures are answers."""
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(role="admin", is_superuser=True))
    return client


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_in_an_address_breaks_it(chief, text):
    addresses = sorted({filled(route, text) for route in routes() if PLACE.search(route)})
    assert len(addresses) > 200
    assert [each for each in addresses if chief.get(each).status_code >= 500] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_parameter_of_an_address_breaks_it(chief, text):
    query = "&".join(f"{name}={text}" for name in PARAMETERS)
    addresses = sorted({filled(route, "x") for route in routes()})
    assert [each for each in addresses if chief.get(f"{each}?{query}").status_code >= 500] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_an_address_says_of_a_version_gets_into_no_header(db, text):
    answer = Client().get(f"/api/schema?version={text}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'inline; filename="Agentloom.json"'

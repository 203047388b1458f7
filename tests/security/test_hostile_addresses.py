"""No address fails by what stands in it: every route, with what PostgreSQL, headers and numbers do not take."""

import re
from itertools import cycle, islice
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


def texts_for(routes, is_long):
    """(route, text): all texts for each route with `--long`, else two, which are others for the next route."""
    texts = cycle(HOSTILE)
    for route in routes:
        for text in islice(texts, len(HOSTILE) if is_long else 2):
            yield route, text
        next(texts)


def test_no_text_in_an_address_breaks_it(chief, is_long):
    places = [route for route in sorted(set(routes())) if PLACE.search(route)]
    assert len(places) > 200
    addresses = {filled(*each) for each in texts_for(places, is_long)}
    assert [each for each in addresses if chief.get(each).status_code >= 500] == []


def test_no_parameter_of_an_address_breaks_it(chief, is_long):
    addresses = {filled(route, "x") for route in routes()}
    queries = {
        f"{address}?{'&'.join(f'{name}={text}' for name in PARAMETERS)}"
        for address, text in texts_for(sorted(addresses), is_long)
    }
    assert [each for each in queries if chief.get(each).status_code >= 500] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_an_address_says_of_a_version_gets_into_no_header(db, text):
    answer = Client().get(f"/api/schema?version={text}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'inline; filename="Agentloom.json"'

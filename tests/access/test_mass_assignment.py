"""No body says more than its operation asks: whose something is, what it costs, which rights somebody has."""

import pytest

from accounts.models import User
from tests.access.conftest import with_key
from tests.access.test_everywhere import API, filled, undone
from tests.api_client import _pattern, document
from tests.pages.conftest import logged_in

MORE = {
    **dict.fromkeys(
        ("owner", "owner_id", "user", "user_id"), "00000000-0000-4000-8000-000000000000"
    ),
    "role": "admin",
    "is_staff": True,
    "is_superuser": True,
    "credits": 10**9,
    "price": 0,
    "cost": 0,
    "status": "COMPLETED",
    "is_active": True,
    "created_at": "2020-01-01T00:00:00Z",
}


def body_of(method, place):
    """The schema of what is sent; None where nothing is, or where it may hold anything."""
    for template, operations in document()["paths"].items():
        if method in operations and _pattern(template).fullmatch(place):
            kinds = operations[method].get("requestBody", {}).get("content", {})
            schema = kinds.get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rpartition("/")[2]
            schema = document()["components"]["schemas"].get(name, schema)
            is_closed = "properties" in schema and not schema.get("additionalProperties")
            return schema["properties"] if is_closed else None
    return None


def test_a_field_that_an_operation_does_not_have_is_refused(user, owned, firing, team):
    before = User.objects.values().get(pk=user.pk)
    client, tried = with_key(user, ["identity", *_scopes()]), set()
    for address, method, _view, action, *_ in API:
        place = filled(address, owned, firing, team)
        known = body_of(method, place)
        if known is None:
            continue
        more = {name: value for name, value in MORE.items() if name not in known}
        with undone():
            answer = getattr(client, method)(place, more)
            assert answer.status_code == 400, (address, action, answer.content)
            assert set(answer.json()["error"]["details"].get("fields", more)) & set(more), address
        tried.add(address)
    assert len(tried) > 40
    assert User.objects.values().get(pk=user.pk) == before


def _scopes():
    return sorted({scope for *_, scope, _also in API if scope})


@pytest.mark.parametrize(
    "name", ["role", "is_superuser", "credits", "login_generation", "password"]
)
def test_a_form_of_a_page_takes_no_more_than_it_shows(user, name):
    browser = logged_in(user)
    before = User.objects.values().get(pk=user.pk)
    browser.post("/account/", {"name": user.name, "timezone": "UTC", name: "1"})
    assert User.objects.values().get(pk=user.pk) == before

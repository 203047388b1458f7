"""Every route with every kind of caller: who is let in, who is not, and for whom there is nothing."""

from itertools import groupby

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import get_resolver

from accounts.models import BlockPrice, BlockSwitch, ModelPrice, Scope, User
from executions.retention.models import Policy
from tests.access.routes import (
    ABSENT_PLACES,
    EDITORS_ACTIONS,
    EDITORS_PAGES,
    GOVERNED_ACTIONS,
    GOVERNED_PAGES,
    MEMBERS,
    OPEN_API,
    OPEN_PAGES,
    OPEN_PLACES,
    OWN_PAGES,
    OWNER_PAGES,
    SEEN_ACTIONS,
    SEEN_PAGES,
    STARTERS_ACTIONS,
    STARTERS_PAGES,
    WITHOUT_ADDRESS,
    every_route,
    is_listed,
    let_in,
    method_of,
)
from tests.api.routes import address_of as api_address
from tests.api.routes import viewset_actions
from tests.api.test_scopes import ALSO
from tests.api.test_tenancy import BODIES as OTHERS
from tests.api_client import Client
from tests.pages.places import address_of as page_address
from tests.undoing import undone

ROUTES = list(every_route())
API = [
    (address, method, view, action, view.scopes.get(action), tuple(ALSO.get((view, action), ())))
    for address, method, view, action in viewset_actions()
]
GUARDED = [route for route in API if route[:2] not in OPEN_API]
ADMIN = sorted(address for address, _name in ROUTES if address.startswith("/admin/"))
# A key that may manage keys only can give away nothing else.
BODIES = OTHERS | {"permissions": {"permissions": ["manage_keys"]}}
IN, OUT, REFUSED, NOTHING = "let in", "not known", "not allowed", "nothing there"
MEANING = {401: OUT, 403: REFUSED, 404: NOTHING}
# Of what the admin shows, people change these; everything else is the memory of what happened.
PRICES = {"an admin", "an operator"}
EDITABLE = {User: {"an admin"}} | dict.fromkeys(
    (ModelPrice, BlockPrice, BlockSwitch, Policy), PRICES
)


def test_every_route_is_listed():
    assert [route for route in ROUTES if not is_listed(*route)] == []


def test_only_routes_that_exist_are_listed():
    addresses, names = {address for address, _ in ROUTES}, {name for _, name in ROUTES}
    assert OPEN_PLACES - addresses == set()
    assert (OPEN_PAGES | OWN_PAGES | OWNER_PAGES) - names == set()
    assert OPEN_API - {route[:2] for route in API} == set()


def body_of(answer):
    """What a refusal says; the time of day is no secret."""
    return {key: value for key, value in answer.json()["error"].items() if key != "timestamp"}


def expected(kinds, who, names_a_thing):
    """By caller: what those outside get, and the members of the team by what the tables in `routes` say."""
    others = NOTHING if names_a_thing else IN
    may = let_in(*kinds) if names_a_thing else len(MEMBERS)
    members = dict.fromkeys(MEMBERS, NOTHING)
    if may is not None:
        members = {
            name: IN if index >= len(MEMBERS) - may else REFUSED
            for index, name in enumerate(MEMBERS)
        }
    strangers = dict.fromkeys(("a stranger", "an operator", "an admin"), others)
    return who | strangers | members | {"the owner": IN}


def kind_of(route):
    """The first words of an address: those of a kind share a scene."""
    return "/".join(route[0].split("/")[:3])


KINDS = {kind: [*routes] for kind, routes in groupby(sorted(GUARDED, key=kind_of), kind_of)}
STRANGERS = {
    "nobody": OUT,
    "a key without the permission": REFUSED,
    "a suspended key": OUT,
    "an expired key": OUT,
    "a revoked key": OUT,
    "a closed account": OUT,
}
REASONS = {"nobody": "not_authenticated", "a key without the permission": "insufficient_scope"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_lets_in_whom_it_should(callers, owned, firing, team, kind):
    wrong = {}
    for address, method, view, action, scope, also in KINDS[kind]:
        place, body = filled(address, owned, firing, team), BODIES.get(action)
        clients = callers(Scope(scope), also)
        absent = answer_to(clients["a stranger"], method, api_address(address), body)
        outcomes = {
            name: outcome_of(name, answer_to(client, method, place, body), absent)
            for name, client in clients.items()
        }
        tables = (SEEN_ACTIONS, EDITORS_ACTIONS, GOVERNED_ACTIONS, STARTERS_ACTIONS)
        if outcomes != expected(((view, action), *tables), STRANGERS, "<uuid:" in address):
            wrong[address, method] = outcomes
    assert wrong == {}


def answer_to(client, method, place, body):
    """The answer to a request that leaves no trace."""
    with undone():
        return getattr(client, method)(place, body)


def outcome_of(name, answer, absent):
    """What a caller is told; `absent` is the answer where there is nothing."""
    outcome = MEANING.get(answer.status_code, IN)
    if outcome == NOTHING:
        assert body_of(answer) == body_of(absent)
    if name in STRANGERS:
        assert answer.json()["error"]["error_code"] == REASONS.get(name, "authentication_failed")
    if outcome == OUT:
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    return outcome


def filled(address, owned, firing, team):
    """The address of the owner's thing of that kind."""
    pk = next((pk for start, pk in owned.items() if address.startswith(start)), None)
    node = address.replace("<uuid:node_execution_id>", str(firing.pk))
    node = node.replace("<str:node_id>", firing.node_id)
    graph_id = firing.execution.graph_id
    names = {"graph_id": graph_id, "team_id": team.pk, "user_id": firing.execution.user_id}
    return api_address(node, pk=pk, block_id="text_input_block", **names)


@pytest.mark.parametrize(
    "place", sorted(OPEN_PLACES - {"/api/", "/external-api/v1/", "/language/"})
)
def test_what_is_open_asks_nobody_who_they_are(db, place):
    assert Browser().get(place, follow=False).status_code in {200, 302}


@pytest.mark.parametrize("place", sorted(ABSENT_PLACES))
def test_what_is_absent_is_absent_for_everybody(db, place):
    assert Browser().post(place).status_code == 410


@pytest.mark.parametrize(("address", "method"), sorted(OPEN_API))
def test_getting_in_needs_no_login(db, address, method):
    assert getattr(Client(), method)(address, {}).status_code in {400, 404}


@pytest.fixture
def cookies(people):
    """By who somebody is: the cookies of a browser in which they have logged in; first of nobody, the owner last."""
    browsers = {who: Browser() for who in ("nobody", *reversed(people))}
    for who, person in people.items():
        browsers[who].force_login(person)
    return {who: browser.cookies.output(header="") for who, browser in browsers.items()}


def seen_with(cookies, method, address):
    """What somebody with these cookies gets."""
    browser = Browser(raise_request_exception=False)
    browser.cookies.load(cookies)
    answer = getattr(browser, method)(address)
    if answer.status_code == 302 and answer.url.startswith(
        ("/login/?next=", "/admin/login/?next=")
    ):
        return OUT
    assert answer.status_code < 500
    return MEANING.get(answer.status_code, IN)


def room_of(name):
    """The part of the site that a page belongs to."""
    return name.partition(":")[0] if ":" in name else "account"


PAGES = sorted(OWN_PAGES | OWNER_PAGES, key=room_of)
ROOMS = {room: [*names] for room, names in groupby(PAGES, room_of)}


@pytest.mark.parametrize("room", ROOMS)
def test_pages_let_in_whom_they_should(cookies, owned, firing, room):
    wrong = {}
    for name in ROOMS[room]:
        address = WITHOUT_ADDRESS.get(name) or page_address(name, firing)
        if name == "accounts:change-api-key":
            address = address.replace(str(firing.execution.pk), str(owned["/account/api-keys"]))
        outcomes = {}
        for who in cookies:
            with undone():
                outcomes[who] = seen_with(cookies[who], method_of(name), address)
        tables = (SEEN_PAGES, EDITORS_PAGES, GOVERNED_PAGES, STARTERS_PAGES)
        who = {"nobody": OUT, "a closed account": OUT}
        if outcomes != expected((name, *tables), who, name in OWNER_PAGES):
            wrong[name] = outcomes
    assert wrong == {}


ADMIN_PARTS = {
    part: [*addresses] for part, addresses in groupby(ADMIN, lambda each: each.split("/")[2])
}


@pytest.fixture
def a_closed_operator(people):
    people["a closed operator"] = User.objects.create_user(
        "closed@example.com", role="operator", is_active=False
    )


@pytest.mark.usefixtures("a_closed_operator")
@pytest.mark.parametrize("part", ADMIN_PARTS)
def test_the_admin_is_for_operators_and_admins(cookies, firing, part):
    wrong = {}
    for address in ADMIN_PARTS[part]:
        place = in_admin(address, firing)
        outcomes = {}
        for who in cookies:
            with undone():
                outcomes[who] = seen_with(cookies[who], "get", place)
        kept_out = {OUT, REFUSED} if address == "/admin/login/" else {OUT}
        allowed = {who for who, outcome in outcomes.items() if outcome not in kept_out}
        is_open = address == "/admin/logout/"
        if allowed != (set(outcomes) if is_open else {"an operator", "an admin"}):
            wrong[address] = outcomes
    assert wrong == {}


@pytest.mark.parametrize("who", ["an operator", "an admin"])
def test_in_the_admin_little_can_be_made_by_hand(cookies, who):
    made = {
        model
        for model in admin.site._registry
        if seen_with(
            cookies[who], "get", f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/"
        )
        != REFUSED
    }
    assert made == {model for model, those in EDITABLE.items() if who in those}


def in_admin(address, firing):
    """An address of the admin with something in its places."""
    app = r"(?P<app_label>"
    place = address.replace("<path:object_id>", str(firing.pk)).replace("<id>", str(firing.pk))
    place = place.replace("<int:content_type_id>", "1")
    if app in place:
        return "/admin/accounts/"
    return place.replace("(?P<url>.*)$", "nothing-here/")


def test_every_admin_route_is_reached(firing):
    resolve = get_resolver().resolve
    assert all(resolve(in_admin(address, firing)) for address in ADMIN)

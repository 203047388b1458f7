"""/api/user: the caller, their credits and their API keys."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey, Scope
from tests.api_client import client_of
from tests.factories import PASSWORD, ApiKeyFactory

KEYS = "/api/user/api-keys"
SOON = timezone.now() + timedelta(days=1)


def test_the_caller_is_described(api, user, settings):
    body = api.get("/api/user").json()
    assert (body["id"], body["email"], body["role"]) == (str(user.pk), user.email, "user")
    assert (body["timezone"], body["credits"]) == ("UTC", settings.INITIAL_CREDITS)
    assert api.get("/api/user/credits").json() == {"credits": settings.INITIAL_CREDITS}


def test_name_and_time_zone_can_be_changed_one_by_one(api):
    api.put("/api/user", {"name": "Ada"})
    body = api.put("/api/user", {"timezone": "Asia/Shanghai"}).json()
    assert (body["name"], body["timezone"]) == ("Ada", "Asia/Shanghai")
    assert api.get("/api/user").json() == body


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"timezone": ""},
        {"name": "x" * 101},
        {"role": "admin"},
        {"is_staff": True},
        {"credits": 10**9},
        {"email": "other@example.com"},
        {"id": "1"},
    ],
    ids=str,
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(api, change):
    before = api.get("/api/user").json()
    answer = api.put("/api/user", {"name": "Ada"} | change)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == list(change)
    assert api.get("/api/user").json() == before


def test_a_new_key_is_shown_once_and_kept_as_a_hash(api):
    answer = api.post(KEYS, {"name": "CI", "permissions": ["run_graphs", "identity"]})
    body = answer.json()
    assert answer.status_code == 201
    assert body["key"].startswith(body["prefix"])
    assert body["permissions"] == ["identity", "run_graphs"]
    assert client_of(body["key"]).get("/api/user").status_code == 200
    listed = api.get(f"{KEYS}/{body['id']}").json()
    assert listed == {name: value for name, value in body.items() if name != "key"} | {
        "last_used_at": listed["last_used_at"]
    }
    assert body["key"] not in str(ApiKey.objects.filter(pk=body["id"]).values().get())


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": []},
        {"permissions": ["everything"]},
        {"permissions": "all"},
        {"permissions": None},
        {"name": ""},
        {"name": "x" * 101},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "soon"},
        {"is_active": False},
        {"rate_limit": 0},
    ],
    ids=str,
)
def test_a_key_that_cannot_be_is_refused(api, change):
    body = {"name": "CI", "permissions": ["identity"]} | change
    answer = api.post(KEYS, body)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == list(change)


def test_a_key_gives_another_no_more_than_it_has(key_api):
    api = key_api(Scope.MANAGE_KEYS, Scope.IDENTITY)
    granted = api.post(KEYS, {"name": "x", "permissions": ["identity"]})
    assert granted.status_code == 201
    for answer in (
        api.post(KEYS, {"name": "x", "permissions": ["run_graphs"]}),
        api.put(f"{KEYS}/{granted.json()['id']}/permissions", {"permissions": ["run_graphs"]}),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["error_code"] == "insufficient_scope"


def test_a_suspended_key_can_be_resumed(api, user):
    key = ApiKeyFactory(user=user)
    assert api.post(f"{KEYS}/{key.pk}/suspend").json()["is_active"] is False
    assert api.post(f"{KEYS}/{key.pk}/resume").json()["is_active"] is True


def test_the_permissions_of_a_key_can_be_changed(api, user):
    key = ApiKeyFactory(user=user)
    answer = api.put(f"{KEYS}/{key.pk}/permissions", {"permissions": ["credits"]})
    assert answer.json()["permissions"] == ["credits"]


def test_a_revoked_key_stays_closed(api, user):
    key = ApiKeyFactory(user=user)
    assert api.delete(f"{KEYS}/{key.pk}").status_code == 204
    assert api.get(f"{KEYS}/{key.pk}").json()["revoked_at"] is not None
    for answer in (
        api.post(f"{KEYS}/{key.pk}/resume"),
        api.put(f"{KEYS}/{key.pk}/permissions", {"permissions": ["credits"]}),
    ):
        assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "key_revoked")


def test_a_key_can_have_an_end(api):
    moment = (timezone.now() + timedelta(days=1)).isoformat()
    body = {"name": "x", "permissions": ["identity"], "expires_at": moment}
    assert api.post(KEYS, body).json()["expires_at"] == moment.replace("+00:00", "Z")


def test_name_end_and_limit_of_a_key_can_be_changed_one_by_one(api, user):
    key = ApiKeyFactory(user=user, expires_at=timezone.now() + timedelta(days=1))
    address = f"{KEYS}/{key.pk}"
    assert api.put(address, {"rate_limit": 5}).json()["rate_limit"] == 5
    assert api.put(address, {"name": "Nightly"}).json()["name"] == "Nightly"
    body = api.put(address, {"expires_at": None}).json()
    assert (body["name"], body["rate_limit"], body["expires_at"]) == ("Nightly", 5, None)


@pytest.mark.parametrize(
    "change",
    [
        {"rate_limit": 0},
        {"rate_limit": -1},
        {"rate_limit": 10**7},
        {"rate_limit": "many"},
        {"name": ""},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"permissions": ["identity"]},
        {"is_active": True},
        {"hash": "0"},
    ],
    ids=str,
)
def test_a_change_of_a_key_that_cannot_be_is_refused(api, user, change):
    key = ApiKeyFactory(user=user)
    answer = api.put(f"{KEYS}/{key.pk}", change)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == list(change)


@pytest.mark.parametrize(
    ("bound", "too_much", "enough"),
    [
        ({"rate_limit": 60}, {"rate_limit": 61}, {"rate_limit": 60}),
        ({"rate_limit": 60}, {"rate_limit": None}, {"rate_limit": 1}),
        ({"expires_at": SOON}, {"expires_at": SOON + timedelta(1)}, {"expires_at": SOON}),
        ({"expires_at": SOON}, {"expires_at": None}, {"expires_at": SOON}),
    ],
    ids=["more requests", "any requests", "more time", "any time"],
)
def test_a_key_gives_no_key_more_time_or_requests_than_it_has(user, bound, too_much, enough):
    own, text = keys.issue(user, name="x", permissions=["manage_keys"], **bound)
    api = client_of(text)
    body = {"name": "y", "permissions": ["manage_keys"]}
    for answer in (
        api.post(KEYS, body),
        api.post(KEYS, body | too_much),
        api.put(f"{KEYS}/{own.pk}", too_much),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["error_code"] == "insufficient_scope"
    assert api.post(KEYS, body | enough).status_code == 201
    assert api.put(f"{KEYS}/{own.pk}", {"name": "z"}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_the_same_queries_for_one_and_three(
    api, user, django_assert_num_queries, count
):
    ApiKeyFactory.create_batch(count, user=user)
    with django_assert_num_queries(4):  # the caller's key, its use, the number of keys, the keys
        assert api.get(KEYS).json()["count"] == count + 1


def test_the_names_of_the_original_platform_lead_to_the_same(api, user):
    assert api.get("/api/auth/user").json() == api.get("/api/user").json()
    assert api.post("/api/auth/user").json()["id"] == str(user.pk)
    assert api.get("/api/credits").json() == {"credits": 10_000}
    made = api.post("/api/api-keys", {"name": "x", "permissions": ["identity"]})
    assert made.status_code == 201
    assert api.get(f"/api/api-keys/{made.json()['id']}").json()["name"] == "x"
    assert api.get("/api/api-keys").json() == api.get("/api/user/api-keys").json()


def test_a_time_zone_can_be_set_alone(api):
    there = "/api/auth/user/timezone"
    assert api.get(there).json() == {"timezone": "UTC"}
    assert api.post(there, {"timezone": "Asia/Shanghai"}).json() == {"timezone": "Asia/Shanghai"}
    assert api.get("/api/user").json()["timezone"] == "Asia/Shanghai"
    assert [api.post(there, body).status_code for body in ({}, {"timezone": "x"})] == [400, 400]


def test_the_original_way_to_another_address_asks_for_the_password_too(api):
    there, email = "/api/auth/user/email", "new@example.com"
    assert api.post(there, {"email": email}).status_code == 400
    wrong = {"email": email, "current_password": "wrong"}
    assert api.post(there, wrong).status_code == 400
    right = {"email": email, "current_password": PASSWORD}
    assert api.post(there, right).status_code == 202

"""Reading notifications and choosing how to be told, on the pages and over the API."""

import pytest
from django.test import Client as Browser

from executions.notifications import spreading
from executions.notifications.models import Dispatch, Endpoint, Notification
from tests.executions.scene import drawing, run
from tests.factories import EndpointFactory

pytestmark = pytest.mark.django_db(transaction=True)

FAILING = drawing({"a": ("test_pure", {"does": "fail"})})
BODY = {"name": "Ops", "url": "http://127.0.0.1/hook", "events": ["run.failed"]}
ENDPOINTS = "/api/notifications/endpoints"


@pytest.fixture
def page(user):
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def told(user):
    run(user, FAILING)
    spreading.spread()
    return Notification.objects.get()


def test_the_list_shows_what_is_new_until_it_is_read(page, api, told):
    assert "“Scene” has failed" in page.get("/notifications/").content.decode()
    assert "1 new notification" in page.get("/counters/").content.decode()
    [row] = api.get("/api/notifications", {"unread": "true"}).json()["results"]
    assert (row["event"], row["title"]) == ("run.failed", "“Scene” has failed")
    assert api.post("/api/notifications/read", {"ids": [str(told.pk)]}).json() == {"count": 1}
    assert api.post("/api/notifications/read", {}).json() == {"count": 0}
    assert "new notification" not in page.get("/counters/").content.decode()
    assert api.get("/api/notifications", {"unread": "true"}).json()["results"] == []


def test_nobody_reads_what_others_are_told(stranger_api, told):
    assert stranger_api.get("/api/notifications").json()["results"] == []
    ids = {"ids": [str(told.pk)]}
    assert stranger_api.post("/api/notifications/read", ids).json() == {"count": 0}


def test_preferences_are_kept_and_counted_with_the_endpoints(api, page, user):
    rows = api.get("/api/notifications/preferences").json()["preferences"]
    assert len(rows) == 6
    quiet = [{**row, "on_page": False, "mail": "no"} for row in rows]
    answer = api.put("/api/notifications/preferences", {"preferences": quiet})
    assert answer.json() == {"preferences": quiet}
    user.refresh_from_db()
    assert user.told_of == []
    EndpointFactory(user=user, events=["run.finished"])
    user.refresh_from_db()
    assert user.told_of == ["run.finished"]
    form = {f"{row['event']}-mail": "digest" for row in rows} | {"run.failed-page": "on"}
    assert page.post("/notifications/settings/", form).status_code == 302
    [failed] = [
        row
        for row in api.get("/api/notifications/preferences").json()["preferences"]
        if row["event"] == "run.failed"
    ]
    assert failed == {"event": "run.failed", "on_page": True, "mail": "digest"}


@pytest.mark.parametrize(
    "row", [{"event": "x", "on_page": True, "mail": "no"}, {"event": "run.failed", "mail": "no"}]
)
def test_wrong_preferences_are_refused(api, row):
    answer = api.put("/api/notifications/preferences", {"preferences": [row]})
    assert answer.status_code == 400


def test_only_who_makes_or_renews_an_endpoint_learns_its_secret(api):
    made = api.post(ENDPOINTS, BODY).json()
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert api.get(f"{ENDPOINTS}/{made['id']}").json() == made
    renewed = api.post(f"{ENDPOINTS}/{made['id']}/renew", {}).json()
    assert renewed["secret"] != secret
    assert Endpoint.objects.get().secret.find(renewed["secret"]) == -1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "http://169.254.169.254/"}, 400, "ssrf_blocked"),
        ({"url": "ftp://example.com/"}, 400, "ssrf_blocked"),
        ({"events": []}, 400, "validation_error"),
        ({"events": ["x"]}, 400, "validation_error"),
        ({"secret": "short"}, 400, "invalid_secret"),
        ({"colour": "red"}, 400, "validation_error"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_with_a_reason(api, body, status, code):
    answer = api.post(ENDPOINTS, {**BODY, **body})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (status, code)
    assert Endpoint.objects.count() == 0


def test_there_is_a_most_of_endpoints(api, user, monkeypatch):
    monkeypatch.setattr("executions.notifications.services.MOST_ENDPOINTS", 1)
    EndpointFactory(user=user)
    answer = api.post(ENDPOINTS, BODY)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "too_many_endpoints")


def test_an_endpoint_is_changed_tried_paused_and_deleted(api, user):
    made = api.post(ENDPOINTS, BODY).json()
    address = f"{ENDPOINTS}/{made['id']}"
    changed = api.put(address, {**BODY, "events": ["run.finished"]}).json()
    assert changed["events"] == ["run.finished"]
    assert api.post(f"{address}/test").status_code == 202
    [row] = api.get(f"{address}/dispatches").json()["results"]
    assert (row["subject"], row["status"], row["attempts"]) == ("test", "queued", 0)
    assert api.post(f"{address}/pause").json()["is_paused"]
    user.refresh_from_db()
    assert "run.finished" not in user.told_of
    assert not api.post(f"{address}/resume").json()["is_paused"]
    assert api.delete(address).status_code == 204
    assert Dispatch.objects.count() == 0


def test_the_pages_of_endpoints_do_the_same(page):
    answer = page.post("/notifications/endpoints/", BODY)
    endpoint = Endpoint.objects.get()
    assert "whsec_" in answer.content.decode()
    address = f"/notifications/endpoints/{endpoint.pk}/"
    assert "whsec_" not in page.get(address).content.decode()
    page.post(f"{address}test/")
    [dispatch] = Dispatch.objects.all()
    Dispatch.objects.update(status="failed", attempts=9)
    page.post(f"/notifications/dispatches/{dispatch.pk}/resend/")
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.attempts) == ("queued", 0)
    refused = page.post(address, {**BODY, "url": "http://10.0.0.1/"})
    assert refused.status_code == 422
    page.post(f"{address}delete/")
    assert Endpoint.objects.count() == 0

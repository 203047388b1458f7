"""API keys may do what their permissions say; people may do everything with their own things."""

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.test import APIRequestFactory

from accounts.models import Scope
from accounts.permissions import HasScope
from accounts.viewsets import ApiViewSet
from executions.compat.api import GraphScheduleViewSet
from executions.retention.api import DataViewSet
from executions.triggers.schedule_api import ScheduleViewSet
from executions.webhooks.api import WebhookViewSet
from tests.access.routes import OPEN_API as OPEN
from tests.api.routes import address_of, viewset_actions

ROUTES = list(viewset_actions())
CLOSED_ROUTES = [route for route in ROUTES if route[:2] not in OPEN]


def scope_of(viewset, action):
    return Scope(viewset.scopes[action])


@pytest.mark.parametrize(("address", "method", "viewset", "action"), ROUTES)
def test_every_route_is_open_on_purpose_or_asks_for_a_permission(address, method, viewset, action):
    is_open = AllowAny in viewset.permission_classes
    assert is_open == ((address, method) in OPEN)
    assert is_open or (HasScope in viewset.permission_classes and scope_of(viewset, action))


def test_there_is_no_permission_that_no_route_asks_for():
    assert {scope_of(viewset, action) for *_, viewset, action in CLOSED_ROUTES} == set(Scope)


@pytest.mark.parametrize(("address", "method", "viewset", "action"), CLOSED_ROUTES)
def test_a_key_without_the_permission_is_refused(key_api, address, method, viewset, action):
    scope = scope_of(viewset, action)
    api = key_api(*set(Scope) - {scope})
    answer = getattr(api, method)(address_of(address))
    assert answer.status_code == 403
    assert answer.json()["error"]["error_code"] == "insufficient_scope"
    assert answer.json()["detail"] == f"This API key lacks the permission {scope}"


# Who has runs start later must be allowed to start them.
ALSO = {
    (viewset, action): [Scope.RUN_GRAPHS]
    for viewset in (ScheduleViewSet, GraphScheduleViewSet, WebhookViewSet)
    for action in ("create", "update", "resume", "renew")
} | {(DataViewSet, action): [*Scope] for action in ("export", "download", "delete_account")}


@pytest.mark.parametrize(("address", "method", "viewset", "action"), CLOSED_ROUTES)
def test_the_permission_alone_is_enough(key_api, address, method, viewset, action):
    key = key_api(scope_of(viewset, action), *ALSO.get((viewset, action), ()))
    answer = getattr(key, method)(address_of(address))
    assert answer.status_code in {200, 202, 204, 400, 404}


@pytest.mark.parametrize(("address", "method", "viewset", "action"), CLOSED_ROUTES)
def test_who_is_not_known_is_refused(anonymous_api, address, method, viewset, action):
    answer = getattr(anonymous_api, method)(address_of(address))
    assert answer.status_code == 401
    assert answer.json()["error"]["error_code"] == "not_authenticated"
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("method", ["options", "patch", "trace"])
def test_other_methods_are_405(api, method):
    assert getattr(api, method)("/api/graphs").status_code == 405


def test_an_action_that_declares_no_permission_is_closed(user):
    class Forgotten(ApiViewSet):
        def list(self, request):
            raise AssertionError

    request = APIRequestFactory().get("/")
    request.user, request._dont_enforce_csrf_checks = user, True
    assert Forgotten.as_view({"get": "list"})(request).status_code == 403

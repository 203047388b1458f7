"""API keys may do what their permissions say; people may do everything with their own things."""

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.test import APIRequestFactory

from accounts.models import Scope
from accounts.permissions import HasScope
from accounts.viewsets import ApiViewSet
from executions.compat.api import GraphScheduleViewSet
from executions.mailboxes.api import MailboxViewSet
from executions.published.api import PublishedPageViewSet
from executions.retention.api import DataViewSet
from executions.triggers.schedule_api import ScheduleViewSet
from executions.webhooks.api import WebhookViewSet
from tests.access.routes import OPEN_API as OPEN
from tests.api.routes import address_of, viewset_actions
from tests.undoing import undone

ROUTES = list(viewset_actions())
CLOSED_ROUTES = [route for route in ROUTES if route[:2] not in OPEN]


def scope_of(viewset, action):
    return Scope(viewset.scopes[action])


def test_every_route_is_open_on_purpose_or_asks_for_a_permission():
    wrong = []
    for address, method, viewset, action in ROUTES:
        is_open = AllowAny in viewset.permission_classes
        asks = HasScope in viewset.permission_classes and scope_of(viewset, action)
        if is_open != ((address, method) in OPEN) or not (is_open or asks):
            wrong.append((address, method))
    assert wrong == []


def test_there_is_no_permission_that_no_route_asks_for():
    assert {scope_of(viewset, action) for *_, viewset, action in CLOSED_ROUTES} == set(Scope)


# Who has runs start later must be allowed to start them.
ALSO = {
    (viewset, action): [Scope.RUN_GRAPHS]
    for viewset in (
        *(ScheduleViewSet, GraphScheduleViewSet, WebhookViewSet, MailboxViewSet),
        PublishedPageViewSet,
    )
    for action in ("create", "update", "resume", "renew")
} | {(DataViewSet, action): [*Scope] for action in ("export", "download", "delete_account")}


def test_the_permission_alone_is_enough(key_api):
    refused = {}
    for address, method, viewset, action in CLOSED_ROUTES:
        with undone():
            key = key_api(scope_of(viewset, action), *ALSO.get((viewset, action), ()))
            answer = getattr(key, method)(address_of(address))
        if answer.status_code not in {200, 202, 204, 400, 404}:
            refused[address, method] = answer.status_code
    assert refused == {}


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

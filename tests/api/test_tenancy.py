"""What is somebody else's looks exactly like what does not exist."""

from uuid import UUID

import pytest
from django.core.files.base import ContentFile

from accounts import keys, tokens
from accounts.models import Scope
from executions.engine.status import Status
from executions.files import services as files
from executions.knowledge import services as knowledge
from executions.models import Execution
from executions.notifications import services as notifications
from executions.retention import exporting
from tests.api.drawings import graph
from tests.api.routes import address_of, viewset_actions
from tests.factories import (
    ApiKeyFactory,
    CredentialFactory,
    EndpointFactory,
    ExecutionFactory,
    NodeExecutionFactory,
    PresetFactory,
    PublishedPageFactory,
    ScheduleFactory,
    WebhookFactory,
)

WAITING = {"status": Status.WAITING, "waits_for": "person", "inputs": {"data": 1}}
BODIES = {
    "update": graph(),
    "activate": {"active_graph_version": 1},
    "execute": {"inputs": {"text": "x"}},
    "add": {"name": "tea", "text": "Tea is hot."},
    "permissions": {"permissions": ["identity"]},
    "answer": {"approved": True},
    "delegate": {"user_id": str(UUID(int=1))},
    "try_out": {"payload": {"text": "x"}},
}
WITH_ID = [
    (address, method, action)
    for address, method, _viewset, action in viewset_actions()
    if "uuid:" in address
]


@pytest.fixture
def execution(user, version):
    return ExecutionFactory(user=user, version=version, status=Status.RUNNING)


def body_of(answer):
    body = answer.json()
    del body["error"]["timestamp"]
    return answer.status_code, body


def test_a_strangers_requests_change_nothing(stranger_api, execution):
    owner = execution.user
    key, _text = keys.issue(owner, name="x", permissions=Scope.values)
    collection = knowledge.create_collection(owner.pk, name="Handbook")
    endpoint = EndpointFactory(user=owner)
    things = {
        "api-keys": key.pk,
        "auth/logins": UUID(tokens.open_session(owner)["refresh"].partition(".")[0]),
        "credentials": CredentialFactory(user=owner).pk,
        "files": files.keep(owner.pk, ContentFile(b"hello"), name="notes.txt").pk,
        "collections": collection.pk,
        "knowledge/documents": knowledge.add_document(collection, name="tea", text="Tea.").pk,
        "presets": PresetFactory(user=owner, graph=execution.graph).pk,
        "schedules": ScheduleFactory(user=owner, graph=execution.graph).pk,
        "inbox": NodeExecutionFactory(execution=execution, **WAITING).pk,
        "user/exports": exporting.ask(owner).pk,
        "notifications/endpoints": endpoint.pk,
        "notifications/dispatches": notifications.try_out(endpoint).pk,
        "api/pages": PublishedPageFactory(user=owner, graph=execution.graph).pk,
        "webhooks": WebhookFactory(user=owner, version=execution.version).pk,
    }
    before = everything_of(owner)
    for address, method, action in WITH_ID:
        pk = next((pk for name, pk in things.items() if name in address), execution.pk)
        foreign = address_of(address, graph_id=execution.graph_id, pk=pk)
        answer = getattr(stranger_api, method)(foreign, BODIES.get(action))
        assert answer.status_code == 404, (method, foreign)
    assert everything_of(owner) == before


def everything_of(user):
    """All rows that lead to the user, as they are."""
    return {
        relation.get_accessor_name(): sorted(
            map(str, relation.related_model.objects.filter(**{relation.field.name: user}).values())
        )
        for relation in user._meta.related_objects
        if not relation.hidden
    }


@pytest.mark.parametrize(
    ("address", "method"),
    [route[:2] for route in WITH_ID if "graph_id>/executions/<" in route[0]],
)
def test_a_foreign_run_below_ones_own_graph_is_missing(api, version, address, method):
    foreign = ExecutionFactory(status=Status.RUNNING)
    place = address_of(address, graph_id=version.graph_id, pk=foreign.pk)
    assert getattr(api, method)(place).status_code == 404
    assert Execution.objects.get(pk=foreign.pk).status == Status.RUNNING


@pytest.mark.parametrize("address", ["/api/graphs", "/api/executions", "/api/user/api-keys"])
@pytest.mark.parametrize("query", [{}, {"page_size": 100}, {"search": ""}, {"status": "RUNNING"}])
def test_lists_never_hold_what_is_anothers(stranger_api, stranger, execution, address, query):
    ApiKeyFactory(user=execution.user)
    ids = [each["id"] for each in stranger_api.get(address, query).json()["results"]]
    assert ids == [str(key.pk) for key in stranger.api_keys.all() if "keys" in address]


def test_a_stranger_cannot_list_the_runs_of_a_graph(stranger_api, execution):
    address = f"/api/graphs/{execution.graph_id}/executions"
    answer = stranger_api.get(address)
    missing = stranger_api.get(f"/api/graphs/{UUID(int=0)}/executions")
    assert body_of(answer) == body_of(missing)
    assert answer.status_code == 404

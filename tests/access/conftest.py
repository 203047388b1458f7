"""Every kind of caller, and one thing of each kind that belongs to one of them."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey, Scope, User
from executions.engine.status import Status
from executions.files import services as files
from executions.knowledge import services as knowledge
from graphs import drafts
from tests.api_client import Client, client_of
from tests.factories import (
    CredentialFactory,
    NodeExecutionFactory,
    PresetFactory,
    ScheduleFactory,
    UserFactory,
    WebhookFactory,
)

PAST = timezone.now() - timedelta(seconds=1)


@pytest.fixture
def people(user, stranger):
    """The owner of everything, and those who own nothing of it."""
    gone = UserFactory(email="gone@example.com")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return {
        "the owner": user,
        "a stranger": stranger,
        "an operator": UserFactory(email="operator@example.com", role="operator"),
        "an admin": UserFactory(email="admin@example.com", role="admin", is_superuser=True),
        "a closed account": gone,
    }


@pytest.fixture
def firing(user, version):
    """A node of the owner's run that is running."""
    return NodeExecutionFactory(
        execution__user=user,
        execution__version=version,
        execution__status=Status.RUNNING,
        status=Status.RUNNING,
    )


@pytest.fixture
def owned(user, firing):
    """The ids of the owner's things, by the first words of their addresses."""
    graph = firing.execution.graph
    drafts.keep(graph=graph, user=user, document={}, base_version=1, revision=0)
    key, _text = keys.issue(user, name="x", permissions=Scope.values)
    collection = knowledge.create_collection(user.pk, name="Handbook")
    document = knowledge.add_document(collection, name="tea", text="Tea is a drink.")
    return {
        "/api/knowledge/collections": collection.pk,
        "/api/knowledge/documents": document.pk,
        "/api/presets": PresetFactory(user=user, graph=graph).pk,
        "/api/schedules": ScheduleFactory(user=user, graph=graph).pk,
        "/api/webhooks": WebhookFactory(user=user, version=firing.execution.version).pk,
        "/api/user/api-keys": key.pk,
        "/api/credentials": CredentialFactory(user=user).pk,
        "/api/files": files.keep(user.pk, ContentFile(b"hello"), name="notes.txt").pk,
        "/api/graphs": firing.execution.pk,
        "/api/executions": firing.execution.pk,
        "/account/api-keys": key.pk,
    }


@pytest.fixture
def callers(people):
    """Clients of the API by who they are, for a route that asks for `scope`; the owner comes last."""

    def callers(scope, also=()):
        owner = people["the owner"]
        others = {name: person for name, person in people.items() if name != "the owner"}
        return {
            "nobody": Client(),
            "a key without the permission": with_key(owner, set(Scope) - {scope}),
            "a suspended key": with_key(owner, [scope, *also], is_active=False),
            "an expired key": with_key(owner, [scope, *also], expires_at=PAST),
            "a revoked key": with_key(owner, [scope, *also], revoked_at=PAST),
            **{name: with_key(person, [scope, *also]) for name, person in others.items()},
            "the owner": with_key(owner, [scope, *also]),
        }

    return callers


def with_key(owner, permissions, **changes):
    key, text = keys.issue(owner, name="x", permissions=permissions)
    ApiKey.objects.filter(pk=key.pk).update(**({"is_active": True} | changes))
    return client_of(text)

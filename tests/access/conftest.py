"""Every kind of caller, and one thing of each kind that belongs to one of them."""

from datetime import timedelta
from functools import cache

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import keys, tokens
from accounts.models import ApiKey, LoginSession, Scope, User
from accounts.teams import services as teams
from accounts.teams.models import TeamRole
from executions.engine.status import Status
from executions.evaluation.models import Evaluation
from executions.files import services as files
from executions.knowledge import services as knowledge
from executions.notifications import services as notifications
from executions.retention import exporting
from graphs import drafts
from graphs.models import Graph
from tests.api_client import Client, client_of
from tests.factories import (
    CredentialFactory,
    EndpointFactory,
    MailboxFactory,
    NodeExecutionFactory,
    PresetFactory,
    PublishedPageFactory,
    ScheduleFactory,
    TeamFactory,
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
        "a viewer": UserFactory(email="viewer@example.com"),
        "an editor": UserFactory(email="editor@example.com"),
        "a team owner": UserFactory(email="team-owner@example.com"),
    }


@pytest.fixture
def team(people):
    """Of the owner and those who are called its members."""
    members = {"a viewer": "viewer", "an editor": "editor", "a team owner": "owner"}
    return TeamFactory(
        owner=people["the owner"], members={people[name]: role for name, role in members.items()}
    )


@pytest.fixture
def firing(user, version, team):
    """A node of the owner's run, of a graph that is shared with the team, that is running."""
    Graph.objects.filter(pk=version.graph_id).update(team=team, template_for="team")
    return NodeExecutionFactory(
        execution__user=user,
        execution__version=version,
        execution__status=Status.RUNNING,
        status=Status.RUNNING,
    )


@pytest.fixture
def owned(user, people, firing, team):
    """The ids of the owner's things, by the first words of their addresses."""
    graph = firing.execution.graph
    for person in (
        user,
        people["an editor"],
        people["a team owner"],
    ):  # each has a draft of their own
        drafts.keep(graph=graph, user=person, document={}, base_version=1, revision=0)
    tokens.open_session(user)
    key, _text = keys.issue(user, name="x", permissions=Scope.values)
    collection = knowledge.create_collection(user.pk, name="Handbook")
    document = knowledge.add_document(collection, name="tea", text="Tea is a drink.")
    endpoint = EndpointFactory(user=user)
    exporting.ask(user)
    exporting.work_off()
    waiting = {"status": Status.WAITING, "waits_for": "person", "inputs": {"data": 1}}
    question = NodeExecutionFactory(execution=firing.execution, **waiting)
    other_team = TeamFactory(owner=UserFactory())
    owner = other_team.memberships.get().user
    asked = teams.invite(team=other_team, email=user.email, role=TeamRole.VIEWER, by=owner)
    asking = teams.invite(team=team, email="x@example.com", role=TeamRole.VIEWER, by=user)
    return {
        "/api/teams/<uuid:pk>": team.pk,
        "/api/teams/<uuid:team_id>": asking.pk,
        "/api/invitations": asked.pk,
        "/api/knowledge/collections": collection.pk,
        "/api/knowledge/documents": document.pk,
        "/api/presets": PresetFactory(user=user, graph=graph).pk,
        "/api/library/presets": PresetFactory(user=user, graph=graph).pk,
        "/api/api-keys": key.pk,
        "/external-api/v1/graphs": firing.execution.pk,
        "/api/schedules": ScheduleFactory(user=user, graph=graph).pk,
        "/api/mailboxes": MailboxFactory(user=user, graph=firing.execution.graph).pk,
        "/api/pages": PublishedPageFactory(user=user, graph=graph).pk,
        "/api/webhooks": WebhookFactory(user=user, version=firing.execution.version).pk,
        "/api/inbox": question.pk,
        "/api/notifications/endpoints": endpoint.pk,
        "/api/notifications/dispatches": notifications.try_out(endpoint).pk,
        "/api/user/exports": user.data_exports.get().pk,
        "/api/user/api-keys": key.pk,
        "/api/auth/logins": LoginSession.objects.get(user=user).pk,
        "/api/credentials": CredentialFactory(user=user).pk,
        "/api/files": files.keep(user.pk, ContentFile(b"hello"), name="notes.txt").pk,
        "/api/graphs/<uuid:graph_id>/tests": graph.test_cases.create(name="tea").pk,
        "/api/evaluations": Evaluation.objects.create(
            user=user, graph=graph, version=firing.execution.version, name="tea"
        ).pk,
        "/api/graphs": firing.execution.pk,
        "/api/executions": firing.execution.pk,
        "/account/api-keys": key.pk,
    }


@pytest.fixture
def callers(people):
    """Clients of the API by who they are, for a route that asks for `scope`; the owner comes last."""

    @cache
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

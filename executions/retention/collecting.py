"""Everything that somebody has here, for the copy of their data: JSON documents, and the contents of files. No secrets."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import Model
from rest_framework.serializers import ModelSerializer

from accounts.audit.models import AuditEntry
from accounts.models import User
from accounts.serializers import ApiKeySerializer, UserSerializer
from accounts.vault.models import Credential
from accounts.vault.serializers import CredentialSerializer
from executions.files.models import StoredFile
from executions.files.serializers import StoredFileSerializer
from executions.knowledge.models import Passage
from executions.mailboxes.models import Mailbox
from executions.mailboxes.serializers import MailboxSerializer
from executions.models import Execution, StoredValue
from executions.notifications.models import Endpoint, Notification
from executions.notifications.serializers import EndpointSerializer, NotificationSerializer
from executions.published.models import PublishedPage
from executions.published.serializers import PublishedPageSerializer
from executions.serializers import ExecutionSerializer
from executions.triggers import schedules
from executions.triggers.models import Preset, Schedule
from executions.triggers.serializers import PresetSerializer, ScheduleSerializer
from executions.webhooks.models import Webhook
from executions.webhooks.serializers import WebhookSerializer
from graphs import files
from graphs.models import Graph

_AT_ONCE = 200  # rows in memory
_KEPT: tuple[tuple[str, type[Model], type[ModelSerializer[Any]]], ...] = (
    ("presets", Preset, PresetSerializer),
    ("schedules", Schedule, ScheduleSerializer),
    ("webhooks", Webhook, WebhookSerializer),
    ("mailboxes", Mailbox, MailboxSerializer),
    ("pages", PublishedPage, PublishedPageSerializer),
    ("endpoints", Endpoint, EndpointSerializer),
)


def documents_of(user: User) -> Iterator[tuple[str, Any]]:
    """(name of a file, what is in it), one after the other."""
    yield "profile.json", UserSerializer(user).data
    yield "api_keys.json", ApiKeySerializer(user.api_keys.all(), many=True).data
    credentials = Credential.objects.owned_by(user)
    yield "credentials.json", CredentialSerializer(credentials, many=True).data
    yield (
        "credits.json",
        list(
            user.credit_entries.order_by("pk").values("created_at", "amount", "reason", "reference")
        ),
    )
    yield from _kept(user)
    kept = StoredValue.objects.owned_by(user.pk).order_by("pk")
    yield "kept_values.json", list(kept.values("graph", "key", "value", "updated_at"))
    drafts = user.drafts.order_by("pk")
    yield "drafts.json", list(drafts.values("graph", "document", "base_version", "updated_at"))
    stored = StoredFile.objects.owned_by(user)
    yield "files.json", StoredFileSerializer(stored, many=True).data
    told = Notification.objects.owned_by(user).newest_first()
    yield "notifications.json", NotificationSerializer(told, many=True).data
    passages = Passage.objects.filter(document__collection__owner=user).order_by(
        "document", "position"
    )
    yield (
        "knowledge.json",
        list(passages.values("document__collection__name", "document__name", "heading", "text")),
    )
    done = AuditEntry.objects.filter(actor_id=user.pk).order_by("pk")
    yield "audit.json", list(done.values("created_at", "action", "target", "details", "address"))
    yield from _graphs(user)
    yield from _runs(user)
    yield from _evaluations(user)


def _kept(user: User) -> Iterator[tuple[str, Any]]:
    """What they keep for runs of any graph, and where they are told of them."""
    of_moment = {"now": cache(schedules.now)}
    for name, model, serializer in _KEPT:
        rows = model._default_manager.filter(user=user).order_by("pk")
        yield f"{name}.json", serializer(rows, many=True, context=of_moment).data


def files_of(user: User) -> Iterator[tuple[str, StoredFile]]:
    """(name in the copy, a file whose content goes there)."""
    for file in StoredFile.objects.owned_by(user).order_by("pk").iterator(_AT_ONCE):
        yield f"files/{file.pk}/{file.name}", file


def _graphs(user: User) -> Iterator[tuple[str, Any]]:
    """The active version of each graph, with what they keep for it."""
    for graph in Graph.objects.owned_by(user).order_by("pk").iterator(_AT_ONCE):
        version = graph.versions.filter(is_active=True).select_related("graph__owner").first()
        if version:
            yield f"graphs/{graph.pk}.json", files.file_of(version, "agentloom", user)


def _runs(user: User) -> Iterator[tuple[str, Any]]:
    """Every run with its inputs, outputs and node executions."""
    runs = Execution.objects.owned_by(user).select_related("version").order_by("pk")
    for run in runs.iterator(_AT_ONCE):
        nodes = run.node_executions.in_order().values(
            "node_id", "block_id", "status", "inputs", "outputs", "error", "started_at", "ended_at"
        )
        yield f"runs/{run.pk}.json", {**ExecutionSerializer(run).data, "nodes": list(nodes)}


def _evaluations(user: User) -> Iterator[tuple[str, Any]]:
    """Each with its samples and what came of them."""
    for evaluation in user.evaluations.order_by("pk").iterator(_AT_ONCE):
        samples = evaluation.samples.values(
            "name", "inputs", "checks", "verdict", "findings", "score", "execution"
        )
        about = {"name": evaluation.name, "graph": evaluation.graph_id}
        times = {"created_at": evaluation.created_at, "ended_at": evaluation.ended_at}
        yield f"evaluations/{evaluation.pk}.json", {**about, **times, "samples": list(samples)}

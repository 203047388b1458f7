"""Takes what comes to a webhook.

Rule 1: nothing of a body is looked at before its signature is checked.
Rule 2: the row that remembers a delivery and the run that it starts are one transaction: a copy gets the same run, also
after a kill at any line and without Redis. Deliveries are remembered for `HISTORY_DAYS`.
Rule 3: what is refused starts nothing and is not remembered, so that its sender may try again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import RunRefusedError
from executions import plans, services
from executions.errors import NotActiveError
from executions.models import Execution, Source
from executions.triggers import keeping
from executions.webhooks import conditions, payloads, signing
from executions.webhooks.errors import FilterError, SignatureError, WebhookPausedError
from executions.webhooks.models import Delivery, Webhook
from executions.webhooks.services import access_of
from executions.webhooks.signing import Message, Style
from graphs.errors import InvalidGraphError
from graphs.json_text import JsonError

REFUSALS = (
    *(SignatureError, WebhookPausedError, JsonError, FilterError),
    *(InvalidGraphError, NotActiveError, RunRefusedError),
)
_ONE_ROW = timedelta(minutes=1)
Result = Delivery.Result


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told; `is_copy` when it has been delivered before."""

    delivery: Delivery
    is_copy: bool = False


def receive(webhook: Webhook, message: Message) -> Receipt:
    """Check a delivery and start its run. Raises one of `REFUSALS`, which the log of the webhook has then, too."""
    try:
        key = _identified(webhook, message)
        return _take(webhook, key, payloads.payload_in(message.body))
    except REFUSALS as error:
        _log_refusal(webhook, str(error))
        raise


def try_out(webhook: Webhook, payload: Mapping[str, Any]) -> Receipt:
    """Deliver by hand: without a signature, and to a paused webhook, too. Raises as `receive` does."""
    try:
        return _take(webhook, "", payload, is_test=True)
    except REFUSALS as error:
        _log_refusal(webhook, str(error))
        raise


def _identified(webhook: Webhook, message: Message) -> str:
    secret = access_of(webhook).secret
    now = timezone.now().timestamp()
    key = signing.identified(Style(webhook.signature), secret, message, now)
    if webhook.is_paused:
        raise WebhookPausedError(_("This webhook is paused; its owner can resume it"))
    return key


def _take(
    webhook: Webhook, key: str, payload: Mapping[str, Any], *, is_test: bool = False
) -> Receipt:
    is_wanted = conditions.holds(webhook.condition, payload)
    with transaction.atomic():
        # Of two at once the second waits here until the first has committed, and is its copy.
        delivery, is_new = Delivery.objects.get_or_create(
            webhook=webhook,
            key=key or uuid4().hex,
            defaults={
                "result": Result.STARTED if is_wanted else Result.FILTERED,
                "is_test": is_test,
            },
        )
        if is_new and is_wanted:
            delivery.execution = _start(webhook, payload)
            delivery.save(update_fields=["execution"])
    return Receipt(delivery, is_copy=not is_new)


def _start(webhook: Webhook, payload: Mapping[str, Any]) -> Execution:
    version = keeping.version_of(webhook, webhook.version)
    graph = plans.graph_of_version(version.pk)
    return services.start_execution(
        version=version,
        user=webhook.user,
        inputs=payloads.inputs_from(payload, graph, webhook.inputs),
        source=Source.WEBHOOK,
        credentials_inputs=webhook.credentials_inputs,
    )


def _log_refusal(webhook: Webhook, error: str) -> None:
    refused = Delivery.objects.filter(webhook=webhook, result=Result.REFUSED, error=error)
    recent = refused.filter(received_at__gt=timezone.now() - _ONE_ROW).newest_first()[:1]
    if not Delivery.objects.filter(pk__in=recent).update(count=F("count") + 1):
        Delivery.objects.create(
            webhook=webhook, key=uuid4().hex, result=Result.REFUSED, error=error
        )


def forget_old() -> None:
    """Drop the log of what came more than `HISTORY_DAYS` ago."""
    oldest = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    Delivery.objects.filter(received_at__lt=oldest).delete()

"""Sends what is on its way. The row is the truth: who is killed between two lines is taken over from.

Rule 1: whoever sends has claimed the row, with a fence and a lease; who comes back too late changes nothing.
Rule 2: nothing holds a database connection while another server is waited for.
Rule 3: a worker sends one message of a user at a time, so that slow servers of one keep nobody else waiting.
Rule 4: a kill between sending and writing that down sends again, with the same id: by it receivers know a copy.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.outbound import http
from accounts.vault import cipher
from accounts.vault.cipher import UnreadableSecretError
from blocks.base import BlockError
from blocks.library.http_calls import signature
from executions import failpoints
from executions.attempts.connections import freed
from executions.notifications import messages
from executions.notifications.models import Dispatch, Endpoint

TIMEOUT = 15.0  # seconds that an endpoint may take
LEASE = timedelta(minutes=2)  # longer than an attempt takes
# Seconds before the next attempt; after the last one it is given up, some 38 hours after the first.
PAUSES = (5, 30, 120, 600, 3_600, 14_400, 43_200, 72_000)
PATIENCE = timedelta(days=3)  # with an endpoint that takes nothing; then it is paused
_GONE = 410  # the endpoint wants nothing more, as Standard Webhooks has it
_SPREAD = 0.2  # of a pause, so that what failed together does not come back together

_CLAIM = """
UPDATE notifications_dispatch SET fence = fence + 1, attempts = attempts + 1,
       due_at = clock_timestamp() + make_interval(secs => %s)
 WHERE id = (
    SELECT dispatch.id FROM notifications_dispatch AS dispatch
      LEFT JOIN notifications_endpoint AS endpoint ON endpoint.id = dispatch.endpoint_id
     WHERE dispatch.status = 'queued' AND dispatch.due_at <= clock_timestamp()
       AND endpoint.is_paused IS NOT TRUE AND dispatch.user_id <> ALL(%s)
     ORDER BY dispatch.due_at LIMIT 1 FOR UPDATE OF dispatch SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """How an attempt went; without an error it arrived."""

    status: int | None
    error: str = ""


def count_due(most: int) -> int:
    """How much could be sent now, counted up to `most`."""
    return len(Dispatch.objects.due().values("pk")[:most])


def claim(busy: Sequence[UUID] = ()) -> Dispatch | None:
    """Take something that is due and goes to none of these users; None when there is nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [LEASE.total_seconds(), list(busy)])
        row = cursor.fetchone()
    if row is None:
        return None
    rows = Dispatch.objects.select_related("user", "endpoint", "notification")
    return rows.filter(pk=row[0]).first()


def send(dispatch: Dispatch) -> None:
    """Make one attempt, and keep what came of it."""
    began = time.monotonic()
    failpoints.hit("dispatch.claimed")
    reply = _post(dispatch) if dispatch.endpoint else _mail(dispatch)
    failpoints.hit("dispatch.sent")
    with freed():
        _keep(dispatch, reply, time.monotonic() - began)


def _post(dispatch: Dispatch) -> Reply:
    endpoint, body = dispatch.endpoint, dispatch.body.encode()
    assert endpoint  # said by the caller
    number, moment = str(dispatch.pk), str(int(time.time()))
    try:
        secret = cipher.decrypt(endpoint.pk, endpoint.secret)["secret"]
        headers = {
            "Content-Type": "application/json",
            "Webhook-Id": number,
            "Webhook-Timestamp": moment,
            "Webhook-Signature": signature(secret, number, moment, body),
        }
        reply = http().request("POST", endpoint.url, headers=headers, content=body, timeout=TIMEOUT)
    except (BlockError, UnreadableSecretError) as error:
        return Reply(None, str(error))
    if 200 <= reply.status < 300:
        return Reply(reply.status)
    said = reply.text()[:500].replace("\0", "")  # which the database refuses
    return Reply(reply.status, f"The server answered {reply.status} {said}".strip())


def _mail(dispatch: Dispatch) -> Reply:
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    host = sender.rpartition("@")[2] or "localhost"
    # Not in the row, because who has them may answer.
    body = "\n\n".join([dispatch.body, *messages.answer_links(dispatch)])
    # The same id every time: mail programs show a copy once.
    headers = {"Message-ID": f"<{dispatch.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    message = EmailMessage(dispatch.subject, body, to=[dispatch.user.email], headers=headers)
    try:
        message.send()
    except OSError as error:  # that of smtplib is one, too
        return Reply(None, f"The mail server did not take it: {type(error).__name__}")
    return Reply(None)


@transaction.atomic
def _keep(dispatch: Dispatch, reply: Reply, seconds: float) -> None:
    ours = Dispatch.objects.select_for_update(of=("self",)).filter(
        pk=dispatch.pk, fence=dispatch.fence, status=Dispatch.Status.QUEUED
    )
    held = ours.first()
    if held is None:
        return
    entry: dict[str, Any] = {"at": timezone.now().isoformat(), "status": reply.status}
    held.log = [*held.log, entry | {"error": reply.error, "seconds": round(seconds, 3)}]
    if not reply.error:
        held.status, held.sent_at = Dispatch.Status.SENT, timezone.now()
    elif reply.status == _GONE or held.attempts > len(PAUSES):
        held.status = Dispatch.Status.FAILED
    else:
        held.due_at = Now() + _pause(held.attempts)
    held.save(update_fields=["log", "status", "sent_at", "due_at"])
    if held.endpoint_id:
        _note(held.endpoint_id, reply)


def _pause(attempts: int) -> timedelta:
    spread = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
    return timedelta(seconds=PAUSES[attempts - 1] * spread)


def _note(endpoint_id: UUID, reply: Reply) -> None:
    """How the endpoint fares; one that is gone, or takes nothing for days, is paused."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    now = timezone.now()
    if not reply.error:
        endpoint.failing_since = None
    else:
        endpoint.failing_since = endpoint.failing_since or now
        is_over = endpoint.failing_since < now - PATIENCE
        endpoint.is_paused = endpoint.is_paused or reply.status == _GONE or is_over
    endpoint.save(update_fields=["failing_since", "is_paused"])

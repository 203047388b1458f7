"""From a notification to the page, mails and posts. Any number of processes may do this at once; rows are the work.

Rule 1: what is to be sent of a notification is written down in the transaction that marks it as spread, so a kill
leaves all of it or nothing.
Rule 2: what nobody wants to be told of is deleted, and so is what a run of a part of a graph tells, because its user
looks at it, and what closed accounts would be told.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from executions import events, failpoints
from executions.notifications import messages
from executions.notifications.models import Dispatch, Endpoint, Mail, Notification
from executions.notifications.wants import Want, wants_of
from executions.rows.notifications import Event

_AT_ONCE = 100
DIGEST_AT = time(8)  # in the zone of the user


@transaction.atomic
def spread() -> int:
    """Decide where new notifications go; returns how many were there."""
    new = Notification.objects.select_for_update(skip_locked=True, of=("self",))
    rows = list(
        new.filter(is_spread=False)
        .select_related("user", "execution__graph")
        .order_by("pk")[:_AT_ONCE]
    )
    if not rows:
        return 0
    people = {row.user_id for row in rows}
    wants = wants_of(people)
    endpoints = list(
        Endpoint.objects.filter(user__in=people, is_paused=False).select_related("user")
    )
    dispatches: list[Dispatch] = []
    for row in rows:
        dispatches += _spread(row, wants[row.user_id, Event(row.event)], endpoints)
    Notification.objects.bulk_update(rows, ["is_spread", "on_page", "for_digest"])
    Dispatch.objects.bulk_create(dispatches)
    _drop_unwanted(rows, dispatches)
    failpoints.hit("spread.before_commit")
    for row in rows:
        if row.on_page:
            events.notify(row.user_id, row.pk, row.event)
    return len(rows)


def _spread(
    notification: Notification, want: Want, endpoints: Sequence[Endpoint]
) -> Iterator[Dispatch]:
    notification.is_spread = True
    execution = notification.execution
    if not notification.user.is_active:
        return
    if execution and (execution.graph.trial_of_id or execution.deleted_at):
        return
    mail = want.mail if settings.HAS_MAIL else Mail.NO
    notification.on_page, notification.for_digest = want.on_page, mail == Mail.DIGEST
    if mail == Mail.AT_ONCE:
        yield messages.mail_of(notification)
    for endpoint in endpoints:
        if endpoint.user_id == notification.user_id and notification.event in endpoint.events:
            yield messages.post_of(notification, endpoint)


def _drop_unwanted(rows: Sequence[Notification], dispatches: Sequence[Dispatch]) -> None:
    on_their_way = {dispatch.notification_id for dispatch in dispatches}
    unwanted = [
        row.pk for row in rows if not (row.on_page or row.for_digest or row.pk in on_their_way)
    ]
    Notification.objects.filter(pk__in=unwanted).delete()


def send_digests() -> int:
    """Put into one mail each what has waited for it since before the last `DIGEST_AT` of its user; returns how many."""
    waiting = User.objects.filter(
        pk__in=Notification.objects.filter(for_digest=True).values("user")
    )
    return sum(_send_digest(user) for user in waiting)


@transaction.atomic
def _send_digest(user: User) -> bool:
    rows = Notification.objects.select_for_update(skip_locked=True, of=("self",))
    since = _last_digest_at(user, timezone.now())
    due = list(
        rows.filter(user=user, for_digest=True, created_at__lt=since)
        .select_related("execution__graph")
        .order_by("created_at")
    )
    if not due:
        return False
    messages.digest_of(user, due).save()
    Notification.objects.filter(pk__in=[row.pk for row in due]).update(for_digest=False)
    failpoints.hit("digest.before_commit")
    return True


def _last_digest_at(user: User, now: datetime) -> datetime:
    here = now.astimezone(ZoneInfo(user.timezone))
    today = datetime.combine(here.date(), DIGEST_AT, here.tzinfo)
    return today if today <= here else today - timedelta(days=1)

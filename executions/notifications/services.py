"""What people do with notifications: read them, say how they want to be told, keep endpoints, send again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbound
from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from accounts.vault import cipher
from executions.errors import TooManyEndpointsError
from executions.notifications import messages
from executions.notifications.models import Dispatch, Endpoint, Notification, Preference
from executions.notifications.wants import Want, sum_up, wants_of
from executions.rows.notifications import Event
from executions.webhooks import signing

MOST_ENDPOINTS = 20  # of one user
_BATCH = 1_000


def mark_read(user: User, ids: Collection[UUID] | None = None) -> int:
    """They have seen these, or all; returns how many they had not."""
    rows = Notification.objects.owned_by(user).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=timezone.now())


def preferences_of(user: User) -> dict[Event, Want]:
    """How they want to be told of each event."""
    wants = wants_of([user.pk])
    return {event: wants[user.pk, event] for event in Event}


@transaction.atomic
def change_preferences(user: User, wants: Mapping[Event, Want]) -> None:
    """Be told of these events like this."""
    _hold(user)
    for event, want in wants.items():
        Preference.objects.update_or_create(
            user=user, event=event.value, defaults={"on_page": want.on_page, "mail": want.mail}
        )
    sum_up(user)


@transaction.atomic
def create_endpoint(
    *, user: User, name: str, url: str, events: Sequence[str], secret: str = ""
) -> Endpoint:
    """Have notifications of these events posted there, signed with this secret or a new one.

    Raises `BlockError` for an address that nothing may be sent to, `WebhookSecretError`, `TooManyEndpointsError`.
    """
    _hold(user)
    outbound.http().require_allowed(url)
    if Endpoint.objects.owned_by(user).count() >= MOST_ENDPOINTS:
        raise TooManyEndpointsError(
            _("You have %(most)s endpoints; delete one first") % {"most": MOST_ENDPOINTS}
        )
    endpoint = Endpoint(user=user, name=name, url=url, events=sorted(set(events)))
    _seal(endpoint, secret)
    endpoint.save()
    sum_up(user)
    _audit(endpoint, "create")
    return endpoint


@transaction.atomic
def change_endpoint(endpoint: Endpoint, *, name: str, url: str, events: Sequence[str]) -> Endpoint:
    """Replace what it is; the secret stays. Raises `BlockError` as `create_endpoint` does."""
    endpoint = _locked(endpoint)
    outbound.http().require_allowed(url)
    endpoint.name, endpoint.url, endpoint.events = name, url, sorted(set(events))
    endpoint.save(update_fields=["name", "url", "events"])
    sum_up(endpoint.user)
    _audit(endpoint, "change")
    return endpoint


@transaction.atomic
def renew_endpoint(endpoint: Endpoint, secret: str = "") -> Endpoint:
    """Sign with this secret or a new one from now on. Raises `WebhookSecretError`."""
    endpoint = _locked(endpoint)
    _seal(endpoint, secret)
    endpoint.save(update_fields=["secret"])
    _audit(endpoint, "renew")
    return endpoint


@transaction.atomic
def set_paused(endpoint: Endpoint, is_paused: bool) -> Endpoint:
    """Send nothing there, or go on; what was on its way waits meanwhile."""
    endpoint = _locked(endpoint)
    endpoint.is_paused, endpoint.failing_since = is_paused, None
    endpoint.save(update_fields=["is_paused", "failing_since"])
    sum_up(endpoint.user)
    _audit(endpoint, "pause" if is_paused else "resume")
    return endpoint


@transaction.atomic
def delete_endpoint(endpoint: Endpoint) -> None:
    """Forget it, and what is on its way there."""
    endpoint = _locked(endpoint)
    _audit(endpoint, "delete")
    endpoint.delete()
    sum_up(endpoint.user)


def secret_of(endpoint: Endpoint) -> str:
    """What it is signed with. Raises `UnreadableSecretError`."""
    return str(cipher.decrypt(endpoint.pk, endpoint.secret)["secret"])


def try_out(endpoint: Endpoint) -> Dispatch:
    """Post something to see whether it arrives; it is on its way when this returns."""
    dispatch = messages.trial_of(endpoint)
    dispatch.save()
    return dispatch


def resend(dispatch: Dispatch) -> Dispatch:
    """Send it again from the first attempt on, with the same id. What is on its way is sent at once."""
    Dispatch.objects.filter(pk=dispatch.pk).update(
        status=Dispatch.Status.QUEUED, attempts=0, due_at=Now()
    )
    dispatch.refresh_from_db()
    return dispatch


def forget_old() -> None:
    """Drop notifications and dispatches that are older than `HISTORY_DAYS`, in small pieces."""
    oldest = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    for model in (Dispatch, Notification):
        while True:
            ids = list(
                model.objects.filter(created_at__lt=oldest).values_list("pk", flat=True)[:_BATCH]
            )
            if not ids:
                break
            model.objects.filter(pk__in=ids).delete()


def _seal(endpoint: Endpoint, secret: str) -> None:
    if secret:
        signing.require_usable(secret)
    values = {"secret": secret or signing.new_secret()}
    endpoint.secret = cipher.encrypt(endpoint.pk, values)


def _hold(user: User) -> None:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _locked(endpoint: Endpoint) -> Endpoint:
    """The row as it is now, after that of its user."""
    _hold(endpoint.user)
    rows = Endpoint.objects.select_for_update(of=("self",)).select_related("user")
    return rows.get(pk=endpoint.pk)


def _audit(endpoint: Endpoint, verb: str) -> None:
    target = f"endpoint: {endpoint.name} ({endpoint.pk})"
    record(Action.TRIGGER, actor=endpoint.user, target=target, verb=verb)

"""How long things are kept, and the verb that deletes what is older."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from executions import outbox
from executions.retention import partitions, sweeping
from executions.retention.models import Policy, Sweep

FIELDS = ("run_days", "event_days", "file_days")
SWEEP = "retention.sweep"
_BEGINNING = 20_419  # the advisory lock of whoever begins a sweep


def of_installation() -> dict[str, int | None]:
    """What the settings say; None: for ever."""
    return {name: getattr(settings, f"RETENTION_{name.upper()}") or None for name in FIELDS}


def policy_of(user: User) -> Policy:
    """What they have chosen; nothing if they have chosen nothing."""
    return Policy.objects.filter(user=user).first() or Policy(user=user)


def change_policy(user: User, **days: int | None) -> Policy:
    """Keep things so long from now on; what is older is deleted within the hour."""
    return Policy.objects.update_or_create(user=user, defaults=days)[0]


def ask_to_sweep() -> None:
    """Have a worker sweep now. A wake-up that is lost is made up for within the hour."""
    outbox.send_wake_up(SWEEP, "now")


def sweep(now: datetime) -> Sweep | None:
    """Delete what is too old at `now`: whole weeks of events first, where there are any. None while another process does."""
    done = _begun(now)
    if done is None:
        return None
    partitions.prepare_ahead()
    done.count("weeks", len(partitions.drop_old()))
    sweeping.sweep(now, done.count)
    done.ended_at = timezone.now()
    done.save(update_fields=["ended_at"])
    return done


@transaction.atomic
def _begun(now: datetime) -> Sweep | None:
    """A new one, in place of very old ones, unless another goes on. Who asks at the same moment waits until this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BEGINNING])
    if Sweep.objects.going_on().exists():
        return None
    Sweep.objects.filter(began_at__lt=now - Sweep.KEPT).delete()
    return Sweep.objects.create()

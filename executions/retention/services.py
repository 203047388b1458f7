"""How long somebody keeps things."""

from accounts.models import User
from executions.retention.models import Policy

FIELDS = ("run_days", "event_days", "file_days")


def policy_of(user: User) -> Policy:
    """What they have chosen; nothing if they have chosen nothing."""
    return Policy.objects.filter(user=user).first() or Policy(user=user)


def change_policy(user: User, **days: int | None) -> Policy:
    """Keep things so long from now on; what is older is deleted within the hour."""
    return Policy.objects.update_or_create(user=user, defaults=days)[0]

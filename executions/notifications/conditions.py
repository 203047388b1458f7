"""What is told although no run tells it: low balances, and credentials whose time is over.

It is found from what other transactions have written down, each of which is told once: so neither a kill nor a
scheduler that was away for some hours loses or doubles one.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.audit.models import Action, AuditEntry
from accounts.models import User
from accounts.vault.models import Credential
from blocks.credentials import CredentialType
from database import statements
from executions.rows import notifications
from executions.rows.notifications import Event, Told

_LOOK_BACK = timedelta(days=1)


def tell_of_credits() -> None:
    """Tell those whose balance has passed the limit lately."""
    since = timezone.now() - _LOOK_BACK
    entries = AuditEntry.objects.filter(action=Action.LOW_BALANCE, created_at__gte=since)
    people = User.objects.in_bulk([entry.actor_id for entry in entries if entry.actor_id])
    told = [
        Told(people[entry.actor_id].pk, Event.CREDITS, entry.details, key=f"credits:{entry.pk}")
        for entry in entries
        if entry.actor_id in people
    ]
    _write(told, people.values())


def tell_of_credentials() -> None:
    """Tell the owners of credentials that have expired lately. Access by OAuth is renewed by itself."""
    now = timezone.now()
    expired = Credential.objects.filter(
        ~Q(type=CredentialType.OAUTH2), expires_at__range=(now - _LOOK_BACK, now), revoked_at=None
    ).select_related("user")
    told = []
    for each in expired:
        assert each.expires_at  # the filter says so
        data = {
            "credential_id": each.pk,
            "title": each.title,
            "provider": each.provider,
            "expires_at": each.expires_at,
        }
        key = f"credential:{each.pk}:{each.expires_at:%Y-%m-%dT%H:%M:%S}"
        told.append(Told(each.user_id, Event.CREDENTIAL, data, key=key))
    _write(told, [each.user for each in expired])


def _write(told: Iterable[Told], people: Iterable[User]) -> None:
    told_of = {user.pk: user.told_of for user in people}
    wanted = [each for each in told if notifications.is_wanted(each.event, told_of[each.user_id])]
    statements.run(*notifications.insertion(wanted))

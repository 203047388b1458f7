"""How somebody wants to be told of what. `User.told_of` sums it up for those who write notifications."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from executions.notifications.models import Endpoint, Mail, Preference
from executions.rows.notifications import Event


@dataclass(frozen=True, slots=True)
class Want:
    """How one event is told."""

    on_page: bool = True
    mail: str = Mail.NO

    @property
    def is_any(self) -> bool:
        """Whether it is told at all."""
        return self.on_page or self.mail != Mail.NO


# What counts where somebody has said nothing. `rows.notifications.USUAL` says which of them are told at all.
USUAL: Mapping[Event, Want] = {
    Event.FINISHED: Want(on_page=False),
    Event.FAILED: Want(),
    Event.WAITING: Want(mail=Mail.AT_ONCE),
    Event.SCHEDULE: Want(mail=Mail.AT_ONCE),
    Event.CREDITS: Want(mail=Mail.AT_ONCE),
    Event.CREDENTIAL: Want(mail=Mail.AT_ONCE),
}


def wants_of(user_ids: Collection[UUID]) -> dict[tuple[UUID, Event], Want]:
    """How each of these people wants to hear of each event."""
    wants = {(id_, event): want for id_ in user_ids for event, want in USUAL.items()}
    for row in Preference.objects.filter(user__in=user_ids):
        wants[row.user_id, Event(row.event)] = Want(row.on_page, row.mail)
    return wants


def sum_up(user: User) -> None:
    """Keep in the user's row what they want to hear of in any way, their endpoints counted in.

    The caller holds the user's row, so that two changes at once do not overlook each other.
    """
    wants = wants_of([user.pk])
    told = {event for (_, event), want in wants.items() if want.is_any}
    open_ = Endpoint.objects.owned_by(user).filter(is_paused=False)
    told.update(Event(name) for events in open_.values_list("events", flat=True) for name in events)
    User.objects.filter(pk=user.pk).update(told_of=sorted(told))

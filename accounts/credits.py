"""The one spend path: every credit that moves goes through here, in the transaction of its cause.

A fixed price is known at the claim: it is taken then, which reserves and settles it in one, and given back when the
work fails or is stopped. What is known only afterwards, such as the tokens of a model, is held back at the claim
(`reserve`), and the commit takes what was really used (`settle`).
"""

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import InsufficientCreditsError
from accounts.models import CreditEntry, User

Reason = CreditEntry.Reason
_OPPOSITE = {Reason.USAGE: Reason.REFUND, Reason.RESERVE: Reason.RELEASE}
_LONGEST_HOLD = timedelta(hours=6)  # longer than any attempt at asking a model
_MOVE = (
    "UPDATE accounts_user SET credits = credits + %s WHERE id = %s AND credits + %s >= 0"
    " RETURNING credits"
)


def require_balance(user: User, needed: int, promised: Callable[[], int]) -> None:
    """Raise `InsufficientCreditsError` unless the user could pay `needed` beside what is `promised` already.

    Until the transaction ends nobody else can promise the same credits.
    """
    if not needed:
        return
    free = _balance(user.pk) - promised()
    if free < needed:
        raise InsufficientCreditsError(max(0, free), needed)


def spend(user_id: UUID, amount: int, *, reference: str) -> None:
    """Take `amount` credits for `reference`, once. Raises `InsufficientCreditsError` and takes nothing.

    The reference is what was paid for (a node execution's id): a second spend for it changes nothing, so an
    attempt that follows a crash is not charged again.
    """
    _take(user_id, amount, Reason.USAGE, reference)


def reserve(user_id: UUID, amount: int, *, reference: str) -> None:
    """Hold `amount` credits back for `reference`, once. Raises `InsufficientCreditsError` and holds nothing."""
    _take(user_id, amount, Reason.RESERVE, reference)


@transaction.atomic
def settle(user_id: UUID, amount: int, *, reference: str) -> int:
    """Take what is owed for work that is done, or all that is left, instead of what was held back for it; once.

    Returns the credits taken.
    """
    _return(user_id, [each for each in _open_entries([reference]) if each.reason == Reason.RESERVE])
    return _take(user_id, min(amount, _balance(user_id)), Reason.USAGE, reference)


@transaction.atomic
def give_back(user_id: UUID, references: Collection[str]) -> None:
    """Give back what was spent and held back for these references, once; nothing where there is nothing."""
    _return(user_id, _open_entries(references))


def release_stale() -> int:
    """Give back what was held back for work that its process never ended; returns for how much work."""
    old = CreditEntry.objects.filter(reason=Reason.RESERVE, created_at__lt=now() - _LONGEST_HOLD)
    released = CreditEntry.objects.filter(reason=Reason.RELEASE, reference=OuterRef("reference"))
    stale = list(old.exclude(Exists(released)).order_by("user_id", "pk"))
    for entry in stale:
        give_back(entry.user_id, [entry.reference])
    return len(stale)


def spent_for(references: Collection[str]) -> int:
    """What `give_back` would return of what was spent for these references."""
    return -sum(e.amount for e in _open_entries(references) if e.reason == Reason.USAGE)


@transaction.atomic
def grant(user: User, amount: int, *, reference: str = "") -> None:
    """Add credits, or take them away. Raises `InsufficientCreditsError` rather than go below zero."""
    if _move(user.pk, amount, Reason.GRANT, reference) is None:
        raise InsufficientCreditsError(_balance(user.pk), -amount)


def _open_entries(references: Iterable[str]) -> list[CreditEntry]:
    """What was taken for these references and not given back."""
    entries = list(CreditEntry.objects.filter(reference__in=[*references]).order_by("pk"))
    returned = {(entry.reference, entry.reason) for entry in entries}
    return [
        entry
        for entry in entries
        if entry.reason in _OPPOSITE
        and (entry.reference, _OPPOSITE[Reason(entry.reason)]) not in returned
    ]


def _return(user_id: UUID, entries: Iterable[CreditEntry]) -> None:
    for entry in entries:
        _move(user_id, -entry.amount, _OPPOSITE[Reason(entry.reason)], entry.reference)


@transaction.atomic
def _take(user_id: UUID, amount: int, reason: Reason, reference: str) -> int:
    """Returns what was taken: nothing if it had been before."""
    if not amount or CreditEntry.objects.filter(reference=reference, reason=reason).exists():
        return 0
    balance = _move(user_id, -amount, reason, reference)
    if balance is None:
        raise InsufficientCreditsError(_balance(user_id), amount)
    if balance < settings.LOW_BALANCE <= balance + amount:
        user = User.objects.get(pk=user_id)
        record(Action.LOW_BALANCE, actor=user, target=reference, credits=balance)
    return amount


def _move(user_id: UUID, amount: int, reason: Reason, reference: str) -> int | None:
    """Change balance and ledger; returns the new balance, or None, and changes nothing, if it would be below zero."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [amount, user_id, amount])
        row = cursor.fetchone()
    if row is None:
        return None
    CreditEntry.objects.create(user_id=user_id, amount=amount, reason=reason, reference=reference)
    return int(row[0])


def _balance(user_id: UUID) -> int:
    """The balance, which stays as it is until the transaction ends."""
    users = User.objects.select_for_update().filter(pk=user_id)
    return users.values_list("credits", flat=True).get()

"""The one spend path: every credit that moves goes through here, in the transaction of its cause."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.errors import InsufficientCreditsError
from accounts.models import CreditEntry, User

Reason = CreditEntry.Reason


def require_balance(user: User, needed: int) -> None:
    """Raise `InsufficientCreditsError` unless the user could pay `needed` credits now."""
    if not needed:
        return
    balance = User.objects.values_list("credits", flat=True).get(pk=user.pk)
    if balance < needed:
        raise InsufficientCreditsError(balance, needed)


@transaction.atomic
def spend(user_id: UUID, amount: int, *, reference: str) -> None:
    """Take `amount` credits for `reference`, once. Raises `InsufficientCreditsError` and takes nothing.

    The reference is what was paid for (a node execution's id): a second spend for it changes nothing, so an
    attempt that follows a crash is not charged again.
    """
    if CreditEntry.objects.filter(reference=reference, reason=Reason.USAGE).exists():
        return
    paid = User.objects.filter(pk=user_id, credits__gte=amount).update(
        credits=F("credits") - amount
    )
    if not paid:
        balance = User.objects.values_list("credits", flat=True).get(pk=user_id)
        raise InsufficientCreditsError(balance, amount)
    CreditEntry.objects.create(
        user_id=user_id, amount=-amount, reason=Reason.USAGE, reference=reference
    )


@transaction.atomic
def settle(user_id: UUID, amount: int, *, reference: str) -> int:
    """Take what is owed for work that is done, or all that is left; once for each reference.

    Returns the credits taken.
    """
    balance = User.objects.select_for_update().values_list("credits", flat=True).get(pk=user_id)
    taken = min(amount, balance)
    if taken > 0:
        spend(user_id, taken, reference=reference)
    return taken


@transaction.atomic
def refund(user_id: UUID, *, reference: str) -> None:
    """Give back what was spent for `reference`, once; nothing if nothing was spent."""
    spent = CreditEntry.objects.filter(reference=reference, reason=Reason.USAGE).first()
    if (
        spent is None
        or CreditEntry.objects.filter(reference=reference, reason=Reason.REFUND).exists()
    ):
        return
    _add(user_id, -spent.amount, reason=Reason.REFUND, reference=reference)


@transaction.atomic
def grant(user: User, amount: int, *, reference: str = "") -> None:
    """Add credits; `amount` may be negative as long as the balance stays at zero or above."""
    _add(user.pk, amount, reason=Reason.GRANT, reference=reference)


def _add(user_id: UUID, amount: int, *, reason: Reason, reference: str) -> None:
    CreditEntry.objects.create(user_id=user_id, amount=amount, reason=reason, reference=reference)
    User.objects.filter(pk=user_id).update(credits=F("credits") + amount)

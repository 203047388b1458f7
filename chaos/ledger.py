"""I8: credits. The balance is the sum of the ledger; what succeeded is paid once, what failed is given back."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Left

from accounts.models import CreditEntry
from chaos.rows import StoredRun, name_of
from executions.engine.status import Status

_DRIFT = """
SELECT u.email, u.credits, coalesce(sum(entry.amount), 0)
  FROM accounts_user u LEFT JOIN accounts_creditentry entry ON entry.user_id = u.id
 GROUP BY u.id HAVING u.credits <> coalesce(sum(entry.amount), 0)
"""


_HELD = (CreditEntry.Reason.RESERVE, CreditEntry.Reason.RELEASE)


def drift() -> Iterator[str]:
    """A sentence for each user whose balance is not the sum of their ledger."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        for email, balance, total in cursor.fetchall():
            yield f"{email} has {balance} credits, but the ledger says {total} (I8)"


def violations(run: StoredRun) -> Iterator[str]:
    """A sentence for each node execution that is charged otherwise than it must be."""
    yield from _held_too_long(run)
    paid = [firing for firing in run.firings if firing.cost]
    moved: dict[str, list[int]] = {str(firing.pk): [] for firing in paid}
    tokens = dict.fromkeys(moved, 0)
    entries = _entries([*moved]).exclude(reason__in=_HELD)
    for whose, reference, amount in entries.order_by("pk").values_list(
        "whose", "reference", "amount"
    ):
        if reference == whose:
            moved[whose].append(amount)
        else:  # of one attempt, for the tokens of models; not given back, for the work was done
            tokens[whose] -= amount
    for firing in paid:
        amounts, price = moved[str(firing.pk)], firing.cost - tokens[str(firing.pk)]
        charged = [-price] if price else []
        returned = [-price, price]
        allowed = {
            # One that fell back on what its policy gives has failed for whoever pays.
            Status.COMPLETED: [[], returned] if firing.error else [charged],
            Status.FAILED: [[], returned],
            Status.SKIPPED: [[], returned],
            Status.CANCELLED: [charged] if firing.effect_started_at else [[], returned],
            Status.RUNNING: [charged],
        }.get(Status(firing.status), [[], charged])
        if amounts not in allowed:
            yield f"{name_of(firing)} costs {firing.cost}, and its ledger says {amounts} (I8)"


def _held_too_long(run: StoredRun) -> Iterator[str]:
    """Credits may be held back for an attempt as long as it runs."""
    running = {f"{each.pk}:{each.fence}" for each in run.firings if each.status == Status.RUNNING}
    held: dict[str, int] = {}
    entries = _entries([str(firing.pk) for firing in run.firings]).filter(reason__in=_HELD)
    for reference, amount in entries.values_list("reference", "amount"):
        held[reference] = held.get(reference, 0) - amount
    for reference, amount in held.items():
        if amount and not (amount > 0 and reference in running):
            yield f"{amount} credits are held back for {reference}, which does not run (I8)"


def _entries(ids: Collection[str]) -> QuerySet[Any]:
    """What has moved for these node executions and their attempts."""
    return CreditEntry.objects.annotate(whose=Left("reference", 36)).filter(whose__in=ids)

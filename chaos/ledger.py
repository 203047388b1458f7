"""I8: credits. The balance is the sum of the ledger; what succeeded is paid once, what failed is given back."""

from collections.abc import Iterator

from django.db import connection

from accounts.models import CreditEntry
from chaos.rows import StoredRun, name_of
from executions.engine.status import Status

_DRIFT = """
SELECT u.email, u.credits, coalesce(sum(entry.amount), 0)
  FROM accounts_user u LEFT JOIN accounts_creditentry entry ON entry.user_id = u.id
 GROUP BY u.id HAVING u.credits <> coalesce(sum(entry.amount), 0)
"""


def drift() -> Iterator[str]:
    """A sentence for each user whose balance is not the sum of their ledger."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        for email, balance, total in cursor.fetchall():
            yield f"{email} has {balance} credits, but the ledger says {total} (I8)"


def violations(run: StoredRun) -> Iterator[str]:
    """A sentence for each node execution that is charged otherwise than it must be."""
    paid = [firing for firing in run.firings if firing.cost]
    references = [str(firing.pk) for firing in paid]
    entries = CreditEntry.objects.filter(reference__in=references)
    moved: dict[str, list[int]] = {reference: [] for reference in references}
    for reference, amount in entries.order_by("pk").values_list("reference", "amount"):
        moved[reference].append(amount)
    for firing in paid:
        amounts = moved[str(firing.pk)]
        charged = [-firing.cost]
        returned = [-firing.cost, firing.cost]
        allowed = {
            Status.COMPLETED: [charged],
            Status.FAILED: [[], returned],
            Status.CANCELLED: [[], returned],
            Status.RUNNING: [charged],
        }.get(Status(firing.status), [[], charged])
        if amounts not in allowed:
            yield f"{name_of(firing)} costs {firing.cost}, and its ledger says {amounts} (I8)"

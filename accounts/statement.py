"""The statement of somebody's credits as CSV, line by line, so that its length does not matter."""

import csv
from collections.abc import Iterator

from django.http import StreamingHttpResponse

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User

COLUMNS = ("created_at", "reason", "reference", "credits", "balance")
# A spreadsheet would take what begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """Takes what a CSV writer writes and gives it back."""

    def write(self, text: str) -> str:
        """Returns the text."""
        return text


def statement(user: User) -> StreamingHttpResponse:
    """Every movement, oldest first, with the balance after it, as a file to be saved."""
    record(Action.EXPORT, actor=user, target="statement of credits")
    headers = {"Content-Disposition": 'attachment; filename="credits.csv"'}
    return StreamingHttpResponse(
        _lines(user), content_type="text/csv; charset=utf-8", headers=headers
    )


def _lines(user: User) -> Iterator[str]:
    writer, balance = csv.writer(_Line()), 0
    yield writer.writerow(COLUMNS)
    for entry in user.credit_entries.order_by("pk").iterator():
        balance += entry.amount
        moment = entry.created_at.isoformat(timespec="seconds")
        cells = (moment, entry.reason, as_text(entry.reference), entry.amount, balance)
        yield writer.writerow(cells)


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

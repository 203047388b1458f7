"""Links in mails at which somebody may answer without logging in.

Rule 1: a link names one question and one person, is signed, and ends after a week, with all logins of that person, and
when they may answer no more.
Rule 2: it works once: an answer ends the question, and a question waits once.
Rule 3: opening it changes nothing, because programs that look at mails open links, too.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.models import User
from executions.inbox.models import asked_of
from executions.models import NodeExecution

LIFETIME = timedelta(days=7)
_SALT = "executions.inbox.answer"


def paths_for(user: User, questions: Sequence[UUID]) -> list[str]:
    """The addresses of those that still wait for this person."""
    rows = asked_of(user).filter(pk__in=questions)
    return [
        reverse("inbox:by-link", args=[_token(user, pk)])
        for pk in rows.values_list("pk", flat=True)
    ]


def _token(user: User, pk: UUID) -> str:
    return signing.dumps([str(pk), str(user.pk), user.get_session_auth_hash()], salt=_SALT)


def opened(token: str) -> tuple[NodeExecution, User] | None:
    """The question and the person whom a link names; None for one that opens nothing (any more)."""
    try:
        pk, user_id, login_hash = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(login_hash, user.get_session_auth_hash()):
        return None
    firing = asked_of(user).filter(pk=pk).first()
    return (firing, user) if firing else None

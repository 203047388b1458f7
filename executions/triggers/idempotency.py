"""Requests that may be repeated: the same key gets the same run for 24 hours.

The key is written in the transaction that accepts the run, so a kill in between leaves both or none.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from executions import failpoints
from executions.errors import InvalidKeyError, KeyReusedError
from executions.models import Execution
from executions.triggers.models import IdempotencyKey

REMEMBERED = timedelta(hours=24)
_LONGEST = 255


class _TakenError(Exception):
    """Another request with this key was faster."""


def fingerprint_of(*asked: object) -> str:
    """Equal for requests that ask for the same."""
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def start_once(
    user: User, key: str, fingerprint: str, start: Callable[[], Execution]
) -> tuple[Execution, bool]:
    """The run that `start` makes, or the one that it made for this key before; and whether it is that one.

    Raises `InvalidKeyError`, `KeyReusedError` when the key was used for something else, and what `start` raises.
    """
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= _LONGEST):
        raise InvalidKeyError(
            _(
                "An idempotency key has 1 to %(count)s printable ASCII characters; a UUID is a good one"
            )
            % {"count": _LONGEST}
        )
    known = _find(user, key, fingerprint)
    if known:
        return known, True
    try:
        with transaction.atomic():
            execution = start()
            _remember(user.pk, key, fingerprint, execution.pk)
            failpoints.hit("accept.key_kept")
    except _TakenError:
        known = _find(user, key, fingerprint)
        assert known is not None  # keys stay for a day
        return known, True
    return execution, False


def _find(user: User, key: str, fingerprint: str) -> Execution | None:
    keys = IdempotencyKey.objects.filter(user=user, key=key, created_at__gt=Now() - REMEMBERED)
    row = keys.select_related("execution__version").first()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise KeyReusedError(_("This idempotency key was used for another request; take a new one"))
    return row.execution


_REMEMBER = """
INSERT INTO triggers_idempotencykey AS known (user_id, key, fingerprint, execution_id, created_at)
VALUES (%s, %s, %s, %s, clock_timestamp())
ON CONFLICT (user_id, key) DO UPDATE
   SET fingerprint = EXCLUDED.fingerprint, execution_id = EXCLUDED.execution_id, created_at = EXCLUDED.created_at
 WHERE known.created_at <= clock_timestamp() - make_interval(secs => %s)
"""


def _remember(user_id: UUID, key: str, fingerprint: str, execution_id: UUID) -> None:
    """Waits for another request with this key that is about to commit. Raises `_TakenError`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REMEMBER, [user_id, key, fingerprint, execution_id, REMEMBERED.total_seconds()]
        )
        if not cursor.rowcount:
            raise _TakenError


def forget_old() -> None:
    """Drop the keys that have expired."""
    IdempotencyKey.objects.filter(created_at__lte=Now() - REMEMBERED).delete()

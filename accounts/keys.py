"""API keys: made once, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import KeyRevokedError
from accounts.models import ApiKey, Scope, User
from database import statements
from database.instances import columns_of, instance_of, width_of
from database.statements import Statement

KEY_PREFIX = "aloom_"
_SHOWN = len(KEY_PREFIX) + 6
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue(
    user: User,
    *,
    name: str,
    permissions: Iterable[str],
    expires_at: datetime | None = None,
    rate_limit: int | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; returns its row and its text, which cannot be shown again."""
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=text[:_SHOWN],
        hash=_hash(text),
        permissions=sorted(set(permissions)),
        expires_at=expires_at,
        rate_limit=rate_limit,
    )
    _note(key, "issue", permissions=key.permissions)
    return key, text


_USABLE = f"""
SELECT {columns_of(ApiKey, "key")}, {columns_of(User, "owner")}
  FROM accounts_apikey AS key JOIN accounts_user AS owner ON owner.id = key.user_id
 WHERE key.hash = %s AND key.is_active AND key.revoked_at IS NULL AND owner.is_active
   AND (key.expires_at IS NULL OR key.expires_at > %s)
"""  # nosec B608 # noqa: S608 - names of columns


def verify(text: str) -> ApiKey | None:
    """The usable key with this text and its user, its last use noted, or None."""
    now = timezone.now()
    [found] = statements.run(Statement(_USABLE, [_hash(text), now]))
    if not found:
        return None
    [row] = found
    key = instance_of(ApiKey, row[: width_of(ApiKey)])
    key.user = instance_of(User, row[width_of(ApiKey) :])
    if key.last_used_at is None or now - key.last_used_at > _USE_IS_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


@transaction.atomic
def revoke(key: ApiKey) -> None:
    """Close the key for ever."""
    _note(key, "revoke")
    ApiKey.objects.filter(pk=key.pk).update(is_active=False, revoked_at=timezone.now())


def suspend(key: ApiKey) -> ApiKey:
    """Close the key until it is resumed."""
    return change(key, is_active=False)


def resume(key: ApiKey) -> ApiKey:
    """Open a suspended key again."""
    return change(key, is_active=True)


def change_permissions(key: ApiKey, permissions: Iterable[str]) -> ApiKey:
    """Replace what the key may be used for."""
    return change(key, permissions=sorted(set(permissions)))


@transaction.atomic
def change(key: ApiKey, **values: Any) -> ApiKey:
    """Give the key other values, such as a name, an end or a limit. Raises `KeyRevokedError`."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(**values):
        raise KeyRevokedError(_("This API key is revoked; make a new one"))
    key.refresh_from_db()
    _note(key, "change", **values)
    return key


def _note(key: ApiKey, verb: str, **details: Any) -> None:
    target = f"{key.user.email}: {key.name} ({key.prefix}…)"
    record(Action.API_KEY, actor=key.user, target=target, verb=verb, **details)


def parse_permissions(text: str) -> list[str]:
    """The scopes in a comma-separated list, or all of them for `all`. Raises ValueError."""
    if text == "all":
        return list(Scope.values)
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = set(names) - set(Scope.values)
    if unknown or not names:
        known = ", ".join(Scope.values)
        raise ValueError(
            f"Unknown permissions: {', '.join(sorted(unknown)) or 'none given'}. Known: all, {known}"
        )
    return names


def _hash(text: str) -> str:
    # 256 random bits need no slow hash; there is nothing to guess.
    return hashlib.sha256(text.encode()).hexdigest()

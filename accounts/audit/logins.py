"""Writes down who comes and goes; Django's signals tell of every way in."""

from typing import Any

from django.contrib.auth import signals

from accounts.audit.log import record
from accounts.audit.models import Action


def listen() -> None:
    """From now on logins are written down."""
    signals.user_logged_in.connect(_logged_in, dispatch_uid="audit")
    signals.user_logged_out.connect(_logged_out, dispatch_uid="audit")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit")


def _logged_in(sender: Any, user: Any, **_: Any) -> None:
    record(Action.LOGIN, actor=user)


def _logged_out(sender: Any, user: Any, **_: Any) -> None:
    if user is not None:
        record(Action.LOGOUT, actor=user)


def _failed(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    record(Action.LOGIN_FAILED, name=str(credentials.get("email", "")))

"""Where sessions of browsers are kept: in a table that knows whose they are, so that logins can be listed and ended."""

import hashlib
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import BrowserSession

FACTS = "login"  # where in a session is written what is known of its login


class SessionStore(DatabaseStore):
    """Django's engine with another table."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        """The table."""
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The row of a session; what is known of its login stands in columns, too."""
        row = cast("BrowserSession", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        row.public_id = public_id(row.session_key)
        for name, value in data.get(FACTS, {}).items():
            setattr(row, name, value)
        return row


def public_id(session_key: str) -> UUID:
    """What a session is called where its key must not be seen."""
    return UUID(bytes=hashlib.sha256(session_key.encode()).digest()[:16])

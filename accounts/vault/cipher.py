"""How secrets lie in the database: encrypted and authenticated (Fernet), and bound to their row."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableSecretError(Exception):
    """No key of this installation can decrypt a secret."""


def encrypt(owner: object, values: Mapping[str, Any]) -> str:
    """The text for the row whose key is `owner`. Equal values make different texts."""
    content = json.dumps({"owner": str(owner), "values": values})
    return _fernet().encrypt(content.encode()).decode()


def decrypt(owner: object, text: str) -> dict[str, Any]:
    """The values again. Raises `UnreadableSecretError` when no key fits, or the text is another row's."""
    try:
        content = json.loads(_fernet().decrypt(text.encode()))
    except InvalidToken:
        content = {}
    if content.get("owner") != str(owner):
        raise UnreadableSecretError("No key of CREDENTIAL_KEYS can read this secret")
    values: dict[str, Any] = content["values"]
    return values


def rotated(text: str) -> str:
    """The same secret, encrypted with the newest key. Raises `UnreadableSecretError`."""
    try:
        return _fernet().rotate(text.encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError("No key of CREDENTIAL_KEYS can read this secret") from None


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])

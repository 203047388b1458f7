"""Passkeys (WebAuthn): keys on people's devices, which ask for a finger, a face or a PIN. One is enough to log in.

django-allauth has the table, and keeps in the session what the browser was asked; fido2 does the arithmetic.
"""

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import PasskeyError
from accounts.models import User

MOST = 20  # of one person
SETUP_LIFETIME = 600  # seconds between the password and the new passkey
_SALT = "accounts.passkeys"
# What json and fido2 raise for what no browser sends.
_MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, struct.error)
_KEPT = ("clientDataJSON", "attestationObject")


def passkeys_of(user: User) -> QuerySet[Authenticator]:
    """Theirs, the oldest first."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.WEBAUTHN
    )
    return rows.order_by("pk")


def begin(user: User) -> dict[str, str]:
    """What to ask the browser for, as JSON, and a `setup` to come back with within ten minutes."""
    options = auth.begin_registration(user, passwordless=True)
    return {"options": json.dumps(options), "setup": signing.dumps(str(user.pk), salt=_SALT)}


@transaction.atomic
def add(user: User, *, setup: str, name: str, answer: str) -> None:
    """Keep what the browser has made. Raises `PasskeyError`."""
    _require_begun(user, setup)
    credential = _read(answer)
    with _as_refusal():
        auth.complete_registration(credential)
        kept = {part: credential["response"][part] for part in _KEPT}
        of_browser = {"rawId": credential["rawId"], "type": "public-key", "response": kept}
    User.objects.select_for_update().get(
        pk=user.pk
    )  # of two at once, the second one counts the first
    if passkeys_of(user).count() >= MOST:
        raise PasskeyError(_("These are too many passkeys; remove one first"))
    auth.WebAuthn.add(user, name, of_browser)
    record(Action.PASSKEY, actor=user, target=name, verb="add")


@transaction.atomic
def remove(user: User, pk: int) -> bool:
    """It opens nothing any more; False if they have no such passkey."""
    found = passkeys_of(user).filter(pk=pk).first()
    if found is None:
        return False
    record(Action.PASSKEY, actor=user, target=found.data["name"], verb="remove")
    found.delete()
    return True


def begin_login() -> str:
    """What to ask the browser for, as JSON; whoever it is says so with the answer."""
    return json.dumps(auth.begin_authentication())


def used(answer: str) -> Authenticator:
    """The passkey with which the browser has answered. Raises `PasskeyError`."""
    try:
        credential = _read(answer)
        with _as_refusal():
            user = auth.extract_user_from_response(credential)
            found: Authenticator = auth.complete_authentication(user, credential)
    except PasskeyError:
        record(Action.LOGIN_FAILED, target="passkey")
        raise
    return found


def _require_begun(user: User, setup: str) -> None:
    """Whoever adds a passkey has typed the password before."""
    try:
        owner = signing.loads(setup, salt=_SALT, max_age=SETUP_LIFETIME)
    except signing.BadSignature:
        owner = ""
    if owner != str(user.pk):
        raise PasskeyError(_("Begin again: this is not yours, or is too old"))


def _read(answer: str) -> dict[str, Any]:
    with _as_refusal():
        credential = json.loads(answer)
    if not isinstance(credential, dict):
        raise _refusal()
    return credential


@contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except (ValidationError, *_MALFORMED) as error:
        raise _refusal() from error


def _refusal() -> PasskeyError:
    return PasskeyError(_("This passkey is not known here, or its answer came too late; try again"))

"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for whoever has lost it.

django-allauth has the tables and the arithmetic. Here a code works once also while Redis is away, and pages and API
share the verbs.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import SecondFactorError
from accounts.limits import gate
from accounts.limits.addresses import account_of
from accounts.limits.rates import RouteClass
from accounts.models import User

SETUP_LIFETIME = 600  # seconds between the secret being shown and its first code
_SALT = "accounts.second_factor"
_LAST_STEP = "last_step"  # of the code that was used last; steps are half minutes since 1970


def is_on(user: User) -> bool:
    """Whether a password is not enough to log in as them."""
    return bool(get_adapter().is_mfa_enabled(user))


def begin(user: User) -> dict[str, str]:
    """A secret for their app, its address (as in a QR code), and a `setup` to come back with within ten minutes."""
    _require(not is_on(user), _("Two-factor authentication is on; turn it off first"))
    secret = totp.generate_totp_secret()
    return {
        "secret": secret,
        "url": address_of(user, secret),
        "setup": signing.dumps([str(user.pk), secret], salt=_SALT),
    }


def secret_in(user: User, setup: str) -> str:
    """The secret that `begin` has given to this user. Raises `SecondFactorError`."""
    try:
        owner, secret = signing.loads(setup, salt=_SALT, max_age=SETUP_LIFETIME)
    except signing.BadSignature:
        owner, secret = "", ""
    _require(owner == str(user.pk), _("Begin again: this set-up is not yours, or is too old"))
    return str(secret)


def address_of(user: User, secret: str) -> str:
    """What an authenticator app reads from a QR code."""
    return str(get_adapter().build_totp_url(user, secret))


@transaction.atomic
def turn_on(user: User, setup: str, code: str) -> list[str]:
    """From now on codes are asked for; returns the recovery codes. Raises `SecondFactorError` for a wrong code."""
    secret = secret_in(user, setup)
    _count_try(user)
    User.objects.select_for_update().get(pk=user.pk)  # of two who do this at once, one is told
    _require(not is_on(user), _("Two-factor authentication is on; turn it off first"))
    _require(_step_of(secret, code) is not None, _wrong_code())
    totp.TOTP.activate(user, secret)
    record(Action.SECOND_FACTOR, actor=user, verb="turn on")
    return new_recovery_codes(user)


@transaction.atomic
def turn_off(user: User) -> None:
    """A password is enough again."""
    _require(is_on(user), _("Two-factor authentication is not on"))
    _rows(user).delete()
    record(Action.SECOND_FACTOR, actor=user, verb="turn off")


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten codes that work once each; those from before work no more. Raises `SecondFactorError` where it is off."""
    _require(is_on(user), _("Two-factor authentication is not on"))
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    record(Action.SECOND_FACTOR, actor=user, verb="new recovery codes")
    return codes


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def use(user: User, code: str) -> Authenticator:
    """Use up a code; returns what it is of. Raises `SecondFactorError`, and `RateLimitedError` after many."""
    _count_try(user)
    with transaction.atomic():
        rows = _rows(user).select_for_update().order_by("-type")
        found: Authenticator | None = next((row for row in rows if _takes(row, code)), None)
    if found is None:
        record(Action.LOGIN_FAILED, actor=user, target="second factor")
        raise SecondFactorError(_wrong_code())
    return found


def _rows(user: User) -> QuerySet[Authenticator]:
    """Of their app and of the recovery codes; passkeys are a way in of their own."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return rows.exclude(type=Authenticator.Type.WEBAUTHN)


def _takes(row: Authenticator, code: str) -> bool:
    if row.type == Authenticator.Type.RECOVERY_CODES:
        return bool(RecoveryCodes(row).validate_code(code))
    step = _step_of(get_adapter().decrypt(row.data["secret"]), code)
    if step is None or step <= row.data.get(_LAST_STEP, 0):
        return False
    row.data[_LAST_STEP] = step
    row.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The half minute that the code is for: this one, or one beside it; None for a wrong code."""
    for step in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected):
            return step
    return None


def _count_try(user: User) -> None:
    gate.admit(RouteClass.LOGIN, f"code:{account_of(user.email)}")


def _wrong_code() -> str:
    return _("This code is not right, or was used before")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise SecondFactorError(otherwise)

"""What can go wrong with accounts."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class AccountError(Exception):
    """Base of the errors of this app; the message is a sentence for the user."""


class RunRefusedError(AccountError):
    """Somebody may not have another run as things stand: for want of credits, or of room."""


class TooManyRunsError(RunRefusedError):
    """Somebody has as many runs that have not ended as operators let them have."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            ngettext(
                "You may have %(limit)s run that has not ended: wait for it, or stop it.",
                "You may have %(limit)s runs that have not ended: wait for one of them, or stop one.",
                limit,
            )
            % {"limit": limit}
        )
        self.limit = limit


class InsufficientCreditsError(RunRefusedError):
    """The balance cannot pay for what is asked."""

    def __init__(self, balance: int, needed: int) -> None:
        super().__init__(
            _("Insufficient balance: you have %(balance)s credits and need %(needed)s.")
            % {"balance": balance, "needed": needed}
        )
        self.balance = balance
        self.needed = needed


class InvalidCredentialsError(AccountError):
    """Nobody has this e-mail address and password."""


class InvalidTokenError(AccountError):
    """A refresh token is not ours, has expired, or was used before."""


class SignupClosedError(AccountError):
    """New accounts are made by an operator only."""


class EmailTakenError(AccountError):
    """Somebody has an account with this e-mail address."""


class EmailNotVerifiedError(AccountError):
    """The password is right, and nobody has opened the link in the mail to this address."""


class NoMailError(AccountError):
    """This installation has no mail server."""


class SecondFactorRequiredError(AccountError):
    """The password is right, and a code is needed as well."""


class SecondFactorError(AccountError):
    """A code is wrong, or the second factor is not in the state that this needs."""


class PasskeyError(AccountError):
    """A browser's answer does not fit what it was asked, or no passkey of ours has given it."""


class InsufficientScopeError(AccountError):
    """The API key lacks a permission."""


class RateLimitedError(AccountError):
    """More was asked than the caller's limit allows; `wait` are the seconds until something is free again."""

    def __init__(self, limit: int, wait: int) -> None:
        super().__init__(_("Too many requests; come back in %(seconds)s s") % {"seconds": wait})
        self.limit = limit
        self.wait = wait


class KeyRevokedError(AccountError):
    """A revoked API key stays closed."""


class CredentialUnavailableError(AccountError):
    """A credential does not exist, was revoked, has expired or cannot be read."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class ConnectionFailedError(AccountError):
    """Somebody who comes back from an OAuth provider was not sent there, or was refused."""


class AlreadyMemberError(AccountError):
    """Somebody is in the team already."""


class TeamFullError(AccountError):
    """A team has as many members as it may."""


class NotMemberError(AccountError):
    """Something can be shared only with a team that its owner is in."""


class LastOwnerError(AccountError):
    """A team would be left without an owner."""


class TeamGoneError(AccountError):
    """A team, a membership or an invitation went while something was done with it."""

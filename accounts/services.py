"""What people do with their accounts: make one, change how they are called."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import EmailTakenError, SignupClosedError
from accounts.models import User


def register(*, email: str, password: str, name: str = "") -> User:
    """Make a user. Raises `SignupClosedError`, `EmailTakenError`, and `ValidationError` for a weak password."""
    if not settings.SIGNUP_OPEN:
        raise SignupClosedError("Sign-up is closed here; ask an operator for an account")
    validate_password(password, User(email=email, name=name))
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name)
            record(Action.ACCOUNT, actor=user)
    except IntegrityError as error:
        raise EmailTakenError("There is an account with this e-mail address") from error
    return user


def change_profile(user: User, **changes: str) -> None:
    """Change their name or time zone, and nothing else of the row."""
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=changes)


def log_out_everywhere(user: User) -> None:
    """End every login of a user, in browsers and programs, with the tokens and tickets of these. API keys stay."""
    User.objects.filter(pk=user.pk).update(login_generation=F("login_generation") + 1)

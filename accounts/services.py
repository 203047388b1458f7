"""What people do with their accounts: make one, change how they are called and how they get in."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import logins
from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import EmailTakenError
from accounts.models import User


def make_account(
    *, email: str, password: str | None, name: str = "", is_verified: bool = False
) -> User:
    """Make a user who has signed up, with a password that a form has checked. Raises `EmailTakenError`."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, is_verified=is_verified)
            record(Action.ACCOUNT, actor=user)
    except IntegrityError as error:
        raise EmailTakenError(_("There is an account with this e-mail address")) from error
    return user


def change_profile(user: User, **changes: str) -> None:
    """Change their name, time zone or language, and nothing else of the row."""
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=changes)


@transaction.atomic
def set_password(user: User, password: str | None) -> None:
    """Give them another password, or none, which ends all their logins."""
    user.set_password(password)
    # Not the whole row: it may have got other credits since it was read.
    user.save(update_fields=["password"])
    logins.forget_all(user)
    record(Action.PASSWORD, actor=user)


@transaction.atomic
def set_email(user: User, email: str) -> None:
    """Give them another address, for which whoever does it vouches."""
    user.emailaddress_set.all().delete()
    user.emailaddress_set.create(email=email, primary=True, verified=True)
    user.email = email
    user.save(update_fields=["email"])

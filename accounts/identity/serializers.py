"""Getting in, as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import StrictSerializer


class _Password(serializers.CharField):
    """As it was typed, blanks included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, **kwargs)


class CredentialsSerializer(StrictSerializer):
    """What a person logs in with."""

    email = serializers.CharField(max_length=254)
    password = _Password()
    code = serializers.CharField(
        max_length=20,
        required=False,
        help_text="Of the authenticator app, or a recovery code, where two-factor authentication is on.",
    )


class RegistrationSerializer(StrictSerializer):
    """What a new account needs."""

    email = serializers.EmailField(max_length=254)
    password = _Password()
    name = serializers.CharField(max_length=100, allow_blank=True, default="")


class MailSentSerializer(serializers.Serializer[Any]):
    """The same for every address, so that nobody learns which have an account."""

    message = serializers.CharField()


class VerificationSerializer(StrictSerializer):
    """What the link in the mail ends with."""

    key = serializers.CharField(max_length=500)


class AddressSerializer(StrictSerializer):
    """Whose password is forgotten."""

    email = serializers.EmailField(max_length=254)


class ResetSerializer(StrictSerializer):
    """What the link in the mail ends with, and a new password."""

    key = serializers.CharField(max_length=500)
    password = _Password()


class NewPasswordSerializer(StrictSerializer):
    """A new password, by somebody who knows the old one."""

    current_password = _Password()
    password = _Password()


class NewEmailSerializer(StrictSerializer):
    """Another address."""

    email = serializers.EmailField(max_length=254)
    current_password = _Password()


class PasswordSerializer(StrictSerializer):
    """The password again."""

    current_password = _Password()


class CodeSerializer(PasswordSerializer):
    """The password and a code."""

    code = serializers.CharField(max_length=20)


class SetUpSerializer(serializers.Serializer[Any]):
    """What an authenticator app needs; `setup` is to be sent back with its first code within ten minutes."""

    secret = serializers.CharField()
    url = serializers.CharField(help_text="For a QR code.")
    setup = serializers.CharField()


class TurnOnSerializer(StrictSerializer):
    """The first code of an app."""

    setup = serializers.CharField(max_length=1_000)
    code = serializers.CharField(max_length=20)


class SecondFactorSerializer(serializers.Serializer[Any]):
    """Whether codes are asked for."""

    is_on = serializers.BooleanField()
    recovery_codes_left = serializers.IntegerField()


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """Codes that work once each. They are shown here and never again."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class LoginSerializer(serializers.Serializer[Any]):
    """A login that is open."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["browser", "program"])
    address = serializers.CharField()
    agent = serializers.CharField()
    created_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()


class LoginsSerializer(serializers.Serializer[Any]):
    """All of them, the newest first; there are few."""

    logins = LoginSerializer(many=True)

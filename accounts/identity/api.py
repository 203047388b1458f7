"""The API of getting in: /api/auth …"""

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import logins, second_factor, tickets, tokens
from accounts.callers import Caller
from accounts.http import UserApiRequest
from accounts.identity import services
from accounts.identity.serializers import (
    AddressSerializer,
    CodeSerializer,
    CredentialsSerializer,
    LoginsSerializer,
    MailSentSerializer,
    NewEmailSerializer,
    NewPasswordSerializer,
    PasswordSerializer,
    RecoveryCodesSerializer,
    RegistrationSerializer,
    ResetSerializer,
    SecondFactorSerializer,
    SetUpSerializer,
    TurnOnSerializer,
    VerificationSerializer,
)
from accounts.limits.rates import RouteClass
from accounts.models import Scope
from accounts.serializers import (
    RefreshSerializer,
    TicketSerializer,
    TokenPairSerializer,
    UserSerializer,
)
from accounts.viewsets import ApiViewSet

_CREATED = OpenApiResponse(UserSerializer, "The user, where no mail is sent.")
_SENT = OpenApiResponse(MailSentSerializer, "A mail is on its way, if there is anybody to get it.")


class AuthViewSet(ApiViewSet):
    """Getting in: open to everybody."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    route_class = RouteClass.AUTH

    @extend_schema(request=RegistrationSerializer, responses={201: _CREATED, 202: _SENT})
    def register(self, request: Request) -> Response:
        """Make an account, where sign-up is open. Its address must be verified, where there is a mail server."""
        user = services.register(request._request, **self.read(RegistrationSerializer))
        if user is None:
            return _mail_sent(_("Open the link in the mail that we have sent to this address."))
        return Response(UserSerializer(user).data, status.HTTP_201_CREATED)

    @extend_schema(request=VerificationSerializer, responses={204: None})
    def verify_email(self, request: Request) -> Response:
        """Show that an address is yours: what the link in the mail does."""
        services.verify_email(request._request, **self.read(VerificationSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=CredentialsSerializer, responses=TokenPairSerializer)
    def token(self, request: Request) -> Response:
        """Log in with e-mail and password, and a code where two-factor authentication is on."""
        return Response(tokens.log_in(**self.read(CredentialsSerializer)))

    @extend_schema(request=RefreshSerializer, responses=TokenPairSerializer)
    def refresh(self, request: Request) -> Response:
        """Exchange a refresh token for a new pair. A token that was used before ends its session."""
        return Response(tokens.rotate(**self.read(RefreshSerializer)))

    @extend_schema(request=RefreshSerializer, responses={204: None})
    def logout(self, request: Request) -> Response:
        """Close the session of a refresh token."""
        tokens.log_out(**self.read(RefreshSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=AddressSerializer, responses={202: _SENT})
    def send_reset(self, request: Request) -> Response:
        """Ask for a link that sets a new password. It works once, for an hour."""
        services.send_reset(request._request, **self.read(AddressSerializer))
        return _mail_sent(_("If there is an account with this address, a link is on its way."))

    @extend_schema(request=ResetSerializer, responses={204: None})
    def reset_password(self, request: Request) -> Response:
        """Set a new password with what the link in the mail ends with; ends all logins."""
        services.reset_password(**self.read(ResetSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)


class IdentityViewSet(ApiViewSet):
    """How the caller gets in. What matters is confirmed with the password, also by API keys."""

    scopes: ClassVar = {
        "logins": Scope.IDENTITY,
        "second_factor": Scope.IDENTITY,
        "ws_ticket": Scope.READ_EXECUTIONS,
    } | dict.fromkeys(
        (
            *("change_password", "change_email", "end_login", "log_out_everywhere"),
            *("begin_second_factor", "turn_on", "turn_off", "new_recovery_codes"),
        ),
        Scope.WRITE_IDENTITY,
    )

    @extend_schema(request=NewPasswordSerializer, responses={204: None})
    def change_password(self, request: UserApiRequest) -> Response:
        """Set a new password; ends all logins, also this one."""
        services.change_password(request.user, **self.read(NewPasswordSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=NewEmailSerializer, responses={202: _SENT})
    def change_email(self, request: UserApiRequest) -> Response:
        """Change your address. It counts once the link in the mail to it is opened."""
        given = self.read(NewEmailSerializer)
        services.change_email(request._request, request.user, **given)
        return _mail_sent(_("Open the link in the mail that we have sent to this address."))

    @extend_schema(responses=LoginsSerializer)
    def logins(self, request: UserApiRequest) -> Response:
        """Where you are logged in, with browsers and programs."""
        found = {"logins": logins.open_logins(request.user)}
        return Response(LoginsSerializer(found).data)

    @extend_schema(responses={204: None})
    def end_login(self, request: UserApiRequest, pk: UUID) -> Response:
        """End one of your logins."""
        if not logins.end(request.user, pk):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    def log_out_everywhere(self, request: UserApiRequest) -> Response:
        """End all your logins, in browsers and programs. API keys stay as they are."""
        logins.end_all(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=TicketSerializer)
    def ws_ticket(self, request: UserApiRequest) -> Response:
        """A ticket for `/ws/?token=…`. It opens one connection and expires soon."""
        ticket = tickets.issue(Caller.of(request))
        return Response({"ticket": ticket, "expires_in": tickets.LIFETIME})

    @extend_schema(responses=SecondFactorSerializer)
    def second_factor(self, request: UserApiRequest) -> Response:
        """Whether a code is asked for at your login."""
        user = request.user
        left = second_factor.recovery_codes_left(user)
        return Response({"is_on": second_factor.is_on(user), "recovery_codes_left": left})

    @extend_schema(request=PasswordSerializer, responses=SetUpSerializer)
    def begin_second_factor(self, request: UserApiRequest) -> Response:
        """Get a secret for an authenticator app. Nothing changes until its first code has come."""
        services.confirm(request.user, **self.read(PasswordSerializer))
        return Response(second_factor.begin(request.user))

    @extend_schema(request=TurnOnSerializer, responses=RecoveryCodesSerializer)
    def turn_on(self, request: UserApiRequest) -> Response:
        """Turn two-factor authentication on; the recovery codes are shown this once."""
        codes = second_factor.turn_on(request.user, **self.read(TurnOnSerializer))
        return Response({"recovery_codes": codes})

    @extend_schema(request=CodeSerializer, responses={204: None})
    def turn_off(self, request: UserApiRequest) -> Response:
        """Turn two-factor authentication off."""
        self._confirm(request)
        second_factor.turn_off(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=CodeSerializer, responses=RecoveryCodesSerializer)
    def new_recovery_codes(self, request: UserApiRequest) -> Response:
        """Make new recovery codes; the old ones work no more."""
        self._confirm(request)
        return Response({"recovery_codes": second_factor.new_recovery_codes(request.user)})

    def _confirm(self, request: UserApiRequest) -> None:
        given = self.read(CodeSerializer)
        services.confirm(request.user, given["current_password"])
        second_factor.use(request.user, given["code"])


def _mail_sent(message: str) -> Response:
    return Response({"message": message}, status.HTTP_202_ACCEPTED)

"""Access to other people's servers by OAuth 2: authorization code with PKCE (RFC 6749, RFC 7636)."""

import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbound
from accounts.errors import ConnectionFailedError, CredentialUnavailableError
from accounts.models import User
from accounts.vault import cipher, discovery
from accounts.vault.cipher import UnreadableSecretError
from accounts.vault.models import Credential, PendingConnection
from accounts.vault.oauth_settings import OAuthProvider, providers_in
from blocks.base import BlockError
from blocks.credentials import CredentialType

LIFETIME = timedelta(minutes=10)  # of a connection that is being made
_RENEW_BEFORE = timedelta(seconds=60)
_TIMEOUT = 10.0  # seconds
_LONGEST = 10**9  # seconds; a provider that says more means for ever

Token = Mapping[str, Any]


def begin(
    user: User,
    provider: str,
    redirect_uri: str,
    *,
    title: str = "",
    scopes: Iterable[str] = (),
    server_url: str = "",
) -> str:
    """The address at the provider to send the user to.

    `server_url` is that of an MCP server, which tells how to get access to it. Raises `ConnectionFailedError` for
    a provider that is not set up, and for a server that cannot be connected.
    """
    server = _asked_server(provider, server_url, redirect_uri)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    wanted = list(scopes) or list(server.scopes)
    hashed = _hash(state)
    PendingConnection.objects.create(
        state_hash=hashed,
        user=user,
        provider=provider,
        title=(title or server_url or provider.capitalize())[:100],
        scopes=wanted,
        verifier=cipher.encrypt(hashed, {"verifier": verifier, "server": _found(server)}),
        redirect_uri=redirect_uri,
        expires_at=timezone.now() + LIFETIME,
    )
    query = {
        "response_type": "code",
        "client_id": server.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(wanted),
        "state": state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
        **_resource(server),
    }
    return f"{server.authorize_url}{'&' if '?' in server.authorize_url else '?'}{urlencode(query)}"


def finish(user: User, state: str, code: str, *, issuer: str = "") -> Credential:
    """Exchange the code that the provider gave for tokens, and keep them as a credential.

    Raises `ConnectionFailedError` for a state that is not this user's, has expired or was used before.
    """
    pending = _take_pending(user, state)
    if not code:
        raise ConnectionFailedError(_("The provider did not grant access"))
    kept = _kept_in(pending)
    server = _server_in(kept, pending.provider)
    if issuer and server.issuer and issuer.rstrip("/") != server.issuer.rstrip("/"):
        raise ConnectionFailedError(_("Somebody else has sent you back than was asked"))
    fields = {"grant_type": "authorization_code", "code": code}
    fields |= {"redirect_uri": pending.redirect_uri, "code_verifier": kept["verifier"]}
    token = _ask(server, fields)
    credential = Credential(
        user=user,
        title=pending.title,
        provider=server.name,
        type=CredentialType.OAUTH2,
        hosts=list(server.hosts),
        scopes=pending.scopes,
    )
    _fill(credential, token, {"server": _found(server)})
    credential.save()
    return credential


def access_token(credential: Credential) -> str:
    """A token that still works. Of many who need a new one, one asks for it and the others wait."""
    if not _needs_renewal(credential):
        return str(cipher.decrypt(credential.pk, credential.secret)["access_token"])
    with transaction.atomic():
        found = Credential.objects.select_for_update().filter(pk=credential.pk, revoked_at=None)
        current = found.first()
        if current is None:
            raise CredentialUnavailableError(
                _("The access “%(title)s” was revoked") % {"title": credential.title}
            )
        credential = current
        values = cipher.decrypt(credential.pk, credential.secret)
        if _needs_renewal(credential):
            values = _renew(credential, values)
        return str(values["access_token"])


def forget_pending() -> None:
    """Drop connections that nobody came back from."""
    PendingConnection.objects.filter(expires_at__lte=timezone.now()).delete()


def _asked_server(provider: str, server_url: str, redirect_uri: str) -> OAuthProvider:
    is_mcp = provider == discovery.MCP
    if not server_url and (provider in settings.OAUTH_PROVIDERS or not is_mcp):
        return server_of(provider)
    if not is_mcp:
        raise ConnectionFailedError(_("Only MCP servers can be connected by their address"))
    return discovery.of_server(server_url, redirect_uri)


def _found(server: OAuthProvider) -> dict[str, Any] | None:
    """What is kept of a server that no operator has set up."""
    return asdict(server) if server.resource else None


def _server_in(kept: Mapping[str, Any], provider: str) -> OAuthProvider:
    """The server that was found, else the one that the operator has set up."""
    found = kept.get("server")
    return providers_in({provider: found})[provider] if found else server_of(provider)


def _resource(server: OAuthProvider) -> dict[str, str]:
    return {"resource": server.resource} if server.resource else {}


def server_of(provider: str) -> OAuthProvider:
    """The provider as the operator has set it up. Raises `ConnectionFailedError`."""
    server: OAuthProvider | None = settings.OAUTH_PROVIDERS.get(provider)
    if server is None:
        raise ConnectionFailedError(
            _('OAuth is not set up for "%(provider)s" here') % {"provider": provider[:40]}
        )
    return server


def _take_pending(user: User, state: str) -> PendingConnection:
    with transaction.atomic():
        found = PendingConnection.objects.select_for_update().filter(
            state_hash=_hash(state), user=user, expires_at__gt=timezone.now()
        )
        pending = found.first()
        if pending is None:
            raise ConnectionFailedError(_("This connection was not begun here, or not just now"))
        # Gone before the provider is asked: a state works once.
        PendingConnection.objects.filter(pk=pending.pk).delete()
        return pending


def _kept_in(pending: PendingConnection) -> dict[str, Any]:
    """The verifier, and the server that was found."""
    try:
        return cipher.decrypt(pending.state_hash, pending.verifier)
    except UnreadableSecretError:
        raise ConnectionFailedError(
            _("Begin again: the keys here have changed meanwhile")
        ) from None


def _needs_renewal(credential: Credential) -> bool:
    return credential.is_expired(timezone.now() + _RENEW_BEFORE)


def _renew(credential: Credential, values: dict[str, Any]) -> dict[str, Any]:
    if not values.get("refresh_token"):
        raise CredentialUnavailableError(
            _("The access “%(title)s” has expired; connect it again") % {"title": credential.title}
        )
    fields = {"grant_type": "refresh_token", "refresh_token": values["refresh_token"]}
    try:
        token = _ask(_server_in(values, credential.provider), fields)
    except ConnectionFailedError as error:
        raise CredentialUnavailableError(
            _("The access “%(title)s” cannot be renewed: %(reason)s")
            % {"title": credential.title, "reason": error}
        ) from error
    except BlockError as error:
        raise CredentialUnavailableError(
            _("The access “%(title)s” cannot be renewed now: %(reason)s")
            % {"title": credential.title, "reason": error},
            retryable=True,
        ) from error
    renewed = _fill(credential, token, values)
    credential.save(update_fields=["secret", "expires_at"])
    return renewed


def _fill(credential: Credential, token: Token, before: Mapping[str, Any]) -> dict[str, Any]:
    """Put the tokens into the credential; a provider that sends no new refresh token keeps the old one."""
    values = {
        "access_token": token["access_token"],
        "refresh_token": token.get("refresh_token") or before.get("refresh_token", ""),
        "server": before.get("server"),
    }
    seconds = token.get("expires_in")
    credential.expires_at = None
    if isinstance(seconds, int | float) and 0 < seconds < _LONGEST:
        credential.expires_at = timezone.now() + timedelta(seconds=seconds)
    credential.secret = cipher.encrypt(credential.pk, values)
    return values


def _ask(server: OAuthProvider, fields: Mapping[str, str]) -> Token:
    """A token of the provider. Raises `ConnectionFailedError` when it refuses, `BlockError` when it is away."""
    own = {"client_id": server.client_id, "client_secret": server.client_secret}
    own |= _resource(server)
    reply = outbound.http().request(
        "POST",
        server.token_url,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        content=urlencode({**fields, **{k: v for k, v in own.items() if v}}).encode(),
        timeout=_TIMEOUT,
    )
    if reply.status >= 500:
        raise BlockError(f"The provider answered {reply.status}", retryable=True)
    token: Any = None
    with contextlib.suppress(ValueError):
        token = json.loads(reply.body)
    # Only that it refused is told: the text is the provider's, and could repeat what was sent.
    is_token = isinstance(token, dict) and isinstance(token.get("access_token"), str)
    if reply.status != 200 or not is_token or not token["access_token"]:
        raise ConnectionFailedError(
            _("The provider refused (status %(status)s)") % {"status": reply.status}
        )
    granted: Token = token
    return granted


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()

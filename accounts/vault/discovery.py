"""Finding out how an MCP server lets people in, and registering there as a client.

By the authorization part of MCP: the server names its authorization server (RFC 9728), which describes itself
(RFC 8414) and takes new clients (RFC 7591). Tokens are asked for this one server (RFC 8707).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import re2
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import outbound
from accounts.errors import ConnectionFailedError
from accounts.vault import rules
from accounts.vault.oauth_settings import OAuthProvider
from blocks.adapters.mcp_messages import notification
from blocks.ports import HttpReply

MCP = "mcp"
_CLIENT = "Agentloom"
_TIMEOUT = 10.0  # seconds
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_METADATA = re2.compile(r'resource_metadata="?([^",\s]+)')
_MAX_SCOPES = 50


def of_server(url: str, redirect_uri: str) -> OAuthProvider:
    """How to get a token for the MCP server at this address.

    Raises `ConnectionFailedError` when it does not say or takes no new clients, `BlockError` when it cannot be asked.
    """
    host = _host_of(url)
    resource = _first(_resource_places(url))
    if resource and _origin(str(resource.get("resource"))) != _origin(url):
        raise ConnectionFailedError(_("The server describes another one"))
    issuers = _texts(resource.get("authorization_servers")) or [_origin(url)]
    server = _authorization_server(issuers[0])
    return OAuthProvider(
        name=MCP,
        authorize_url=_address(server, "authorization_endpoint"),
        token_url=_address(server, "token_endpoint"),
        hosts=(host,),
        scopes=tuple(_texts(resource.get("scopes_supported"))[:_MAX_SCOPES]),
        resource=url,
        issuer=issuers[0],
        **_registered(server, redirect_uri),
    )


def _host_of(url: str) -> str:
    try:
        return rules.host_of(url)
    except ValidationError:
        raise ConnectionFailedError(
            _("Give the address of the MCP server, such as https://mcp.example.com/mcp")
        ) from None


def _resource_places(url: str) -> Iterator[str]:
    """Where a server may say who lets people in: what it names when it refuses, else the usual places."""
    refusal = outbound.http().request(
        "POST", url, headers=_JSON, content=notification("ping"), timeout=_TIMEOUT
    )
    named = _METADATA.search(refusal.headers.get("www-authenticate", ""))
    if named:
        yield named[1]
    yield from _well_known(url, "oauth-protected-resource")


def _authorization_server(issuer: str) -> Mapping[str, Any]:
    places = [
        *_well_known(issuer, "oauth-authorization-server"),
        *_well_known(issuer, "openid-configuration"),
        f"{issuer.rstrip('/')}/.well-known/openid-configuration",
    ]
    found = _first(iter(places))
    if not found:
        raise ConnectionFailedError(_("The server does not say how to get access to it"))
    if str(found.get("issuer")).rstrip("/") != issuer.rstrip("/"):
        raise ConnectionFailedError(_("The server describes another one"))
    if "S256" not in _texts(found.get("code_challenge_methods_supported")):
        raise ConnectionFailedError(
            _("The server gives access in a way that is not safe (no PKCE)")
        )
    return found


def _well_known(url: str, name: str) -> Iterator[str]:
    path = _parts(url).path.rstrip("/")
    if path:
        yield f"{_origin(url)}/.well-known/{name}{path}"
    yield f"{_origin(url)}/.well-known/{name}"


def _registered(server: Mapping[str, Any], redirect_uri: str) -> dict[str, str]:
    """What the authorization server gives a new client."""
    if not server.get("registration_endpoint"):
        raise ConnectionFailedError(
            _(
                "The server takes no new clients by itself; an operator can set it up (OAUTH_PROVIDERS)"
            )
        )
    ways = _texts(server.get("token_endpoint_auth_methods_supported"))
    body = {
        "client_name": _CLIENT,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none"
        if "none" in ways or not ways
        else "client_secret_post",
    }
    reply = outbound.http().request(
        "POST",
        _address(server, "registration_endpoint"),
        headers=_JSON,
        content=json.dumps(body).encode(),
        timeout=_TIMEOUT,
    )
    client = _object_in(reply)
    if reply.status not in {200, 201} or not isinstance(client.get("client_id"), str):
        raise ConnectionFailedError(
            _("The server refused to register a client (status %(status)s)")
            % {"status": reply.status}
        )
    return {"client_id": client["client_id"], "client_secret": str(client.get("client_secret", ""))}


def _first(places: Iterator[str]) -> Mapping[str, Any]:
    """The first description that there is; empty if there is none."""
    for place in places:
        reply = outbound.http().request("GET", place, headers=_JSON, timeout=_TIMEOUT)
        if reply.status == 200 and (found := _object_in(reply)):
            return found
    return {}


def _object_in(reply: HttpReply) -> Mapping[str, Any]:
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _address(server: Mapping[str, Any], name: str) -> str:
    """An address of the web: people are led there."""
    address = server.get(name)
    if not isinstance(address, str) or _parts(address).scheme not in {"http", "https"}:
        raise ConnectionFailedError(_("The server does not say how to get access to it"))
    return address


def _parts(url: str) -> SplitResult:
    """Those of an address that a stranger has written."""
    try:
        return urlsplit(url)
    except ValueError:
        raise ConnectionFailedError(_("The server does not say how to get access to it")) from None


def _origin(url: str) -> str:
    parts = _parts(url)
    return f"{parts.scheme}://{parts.netloc}"

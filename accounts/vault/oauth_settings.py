"""How the operator describes a server that gives out access by OAuth 2."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OAuthProvider:
    """One server, with what it has given to this installation."""

    name: str
    authorize_url: str
    token_url: str
    client_id: str
    hosts: tuple[str, ...]  # where its tokens may be sent
    client_secret: str = ""
    scopes: tuple[str, ...] = ()
    check_url: str = ""  # answers 2xx to a good token
    resource: str = ""  # the one server that tokens are asked for, where they are (RFC 8707)
    issuer: str = ""  # who sends people back, if it says so (RFC 9207)


def providers_in(given: Mapping[str, Mapping[str, Any]]) -> dict[str, OAuthProvider]:
    """From the setting, by name. Raises `TypeError` for a field that is missing or not known."""
    return {
        name: OAuthProvider(
            **{
                **fields,
                "name": name,
                "hosts": tuple(fields.get("hosts", ())),
                "scopes": tuple(fields.get("scopes", ())),
            }
        )
        for name, fields in given.items()
    }

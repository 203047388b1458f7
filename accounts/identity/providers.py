"""How the operator describes other sites whose logins count here (OpenID Connect)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_KNOWN = {"name", "server_url", "client_id", "client_secret", "sign_up", "trust_email"}
_NEEDED = {"server_url", "client_id"}


def social_settings(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What django-allauth takes, from the setting. Raises `ValueError` for a field that is missing or not known."""
    apps = [_app(name, fields) for name, fields in given.items()]
    return {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}}


def hosts(social: Mapping[str, Any]) -> list[str]:
    """The hosts of these sites, which may be private: the operator has chosen them."""
    apps = social["openid_connect"]["APPS"]
    return [urlsplit(app["settings"]["server_url"]).netloc for app in apps]


def _app(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    wrong = (set(fields) - _KNOWN) | (_NEEDED - set(fields))
    if wrong:
        raise ValueError(f"LOGIN_PROVIDERS: {name} has wrong fields: {', '.join(sorted(wrong))}")
    return {
        "provider_id": name,
        "name": fields.get("name", name.capitalize()),
        "client_id": fields["client_id"],
        "secret": fields.get("client_secret", ""),
        "settings": {
            "server_url": fields["server_url"],
            "sign_up": bool(fields.get("sign_up", False)),
            "verified_email": bool(fields.get("trust_email", False)),
        },
    }

"""What a credential must consist of. Pure checks; each raises `ValidationError` with the field."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from blocks import providers
from blocks.credentials import CredentialType

SECRET_FIELDS: Mapping[str, tuple[str, ...]] = {
    CredentialType.API_KEY: ("api_key",),
    CredentialType.USER_PASSWORD: ("username", "password"),
    CredentialType.HOST_SCOPED: ("headers",),
}

_MAX_HOSTS = 20
_MAX_HEADERS = 20
_PROVIDER = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_HOST = re.compile(
    rf"(\*\.{_LABEL}\.)?{_LABEL}(\.{_LABEL})*(:\d{{1,5}})?|\[[0-9a-f:.]+\](:\d{{1,5}})?"
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]{0,8000}[\x21-\x7e])?")
# The connection itself decides these.
_OWN_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te"}


def check_provider(name: str, type_: str) -> None:
    """A name that blocks can ask for, and a type that this provider has."""
    if not _PROVIDER.fullmatch(name):
        raise _wrong("provider", _("The name of a provider has small letters, digits and _."))
    known = providers.PROVIDERS.get(name)
    if type_ not in SECRET_FIELDS or (known and type_ not in known.types):
        types = ", ".join(known.types if known else SECRET_FIELDS)
        raise _wrong("type", _("For this provider choose one of: %s.") % types)


def checked_secret(type_: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the secret of this type, and no others."""
    if type_ not in SECRET_FIELDS:
        raise _wrong("type", _("An account that is connected is changed by connecting it again."))
    wanted = SECRET_FIELDS[type_]
    for name, value in given.items():
        if name not in wanted and value:
            raise _wrong(name, _("A credential of this type has no such part."))
    for name in wanted:
        if not given.get(name):
            raise _wrong(name, _("This part of the secret is missing."))
    if type_ == CredentialType.HOST_SCOPED:
        _check_headers(given["headers"])
    elif type_ == CredentialType.API_KEY and not _HEADER_VALUE.fullmatch(given["api_key"]):
        raise _wrong("api_key", _("A key has no line breaks, spaces at its ends or accents."))
    return {name: given[name] for name in wanted}


def _check_headers(headers: Mapping[str, str]) -> None:
    if len(headers) > _MAX_HEADERS:
        raise _wrong("headers", _("These are too many headers."))
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            raise _wrong("headers", _("A header has a name that cannot be used."))
        if not _HEADER_VALUE.fullmatch(value):
            raise _wrong("headers", _("A header has a value that cannot be sent."))


def checked_hosts(provider: str, hosts: Iterable[str], base_url: str) -> list[str]:
    """Where the secret may be sent: the provider's own hosts, else those that are given."""
    known = providers.find(provider)
    if known.hosts:
        return list(known.hosts)
    if known.has_base_url:
        return [host_of(base_url)]
    cleaned = list(dict.fromkeys(host.strip().lower() for host in hosts if host.strip()))
    if not cleaned or len(cleaned) > _MAX_HOSTS:
        raise _wrong("hosts", _("Say to which hosts it may be sent, such as api.example.com."))
    for host in cleaned:
        if not _HOST.fullmatch(host) or len(host) > 260:
            raise _wrong(
                "hosts", _("A host looks like example.com, *.example.com or example.com:8443.")
            )
    return cleaned


def checked_base_url(provider: str, base_url: str) -> str:
    """The address of a provider that can be anywhere; none for others."""
    if not providers.find(provider).has_base_url:
        if base_url:
            raise _wrong("base_url", _("This provider has an address of its own."))
        return ""
    host_of(base_url)
    return base_url.rstrip("/")


def host_of(base_url: str) -> str:
    """Host and, where it is not the usual one, port. Raises `ValidationError`."""
    problem = _wrong("base_url", _("Give an address such as https://llm.example.com/v1."))
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise problem from None
    is_sound = base_url.isascii() and base_url.isprintable() and " " not in base_url
    if not host or not is_sound or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise problem
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _wrong(field: str, message: str) -> ValidationError:
    return ValidationError({field: message})

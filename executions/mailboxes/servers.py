"""Which mail servers can be named."""

from ipaddress import ip_address

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.vault.rules import HOST_NAME


def require_host(server: str) -> None:
    """Raise `ValidationError` for what is neither the name nor the address of a host, such as a URL."""
    if not (_is_name(server) or _is_address(server)):
        raise ValidationError(
            _(
                "Give the name of a host and nothing else, such as imap.example.com; the port has a field of its own."
            )
        )


def _is_name(text: str) -> bool:
    try:
        return bool(HOST_NAME.fullmatch(text.encode("idna").decode().lower()))
    except UnicodeError:
        return False


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

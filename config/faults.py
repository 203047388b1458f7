"""Tells Sentry of faults, where an operator wants it. Nothing that users have written goes there."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def start(dsn: str, version: str) -> None:
    """From now on, what is logged as an error is sent, with its stack and without values."""
    try:
        import sentry_sdk  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN needs Sentry's SDK: install the extra `errors`"
        ) from error
    sentry_sdk.init(
        dsn,
        release=version,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=without_request,
    )


def without_request(event: Any, hint: object) -> Any:
    """The address of a request may name things, and its headers hold keys."""
    for part in ("request", "user", "breadcrumbs"):
        event.pop(part, None)
    return event

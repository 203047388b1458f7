"""Tells Sentry of faults, where an operator wants it. Nothing that users have written goes there."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def start(dsn: str, version: str) -> None:
    """From now on, what is logged as an error is sent, with its stack and without values.

    Of what the SDK could watch only that is chosen: it would tell its trace to every server that a block asks, and to
    the programs of the sandbox.
    """
    try:
        import sentry_sdk  # noqa: PLC0415 - an extra
        from sentry_sdk.integrations import (  # noqa: PLC0415 - as above
            atexit,
            dedupe,
            excepthook,
            logging,
            threading,
        )
    except ImportError as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN needs Sentry's SDK: install the extra `errors`"
        ) from error
    sentry_sdk.init(
        dsn,
        release=version,
        include_local_variables=False,
        max_request_body_size="never",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            logging.LoggingIntegration(),
            excepthook.ExcepthookIntegration(),
            threading.ThreadingIntegration(),
            dedupe.DedupeIntegration(),
            atexit.AtexitIntegration(),
        ],
        before_send=without_words,
    )


def without_words(event: Any, hint: object) -> Any:
    """What went wrong and where. An address may name things, headers hold keys, and errors quote what they are about."""
    for part in ("request", "user", "breadcrumbs", "extra"):
        event.pop(part, None)
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
    if "logentry" in event:
        event["logentry"] = {"message": event["logentry"]["message"]}  # as it stands in the code
    return event

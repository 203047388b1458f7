"""Housekeeping that the scheduler starts."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="accounts.flush_expired_tokens")
def flush_expired_tokens(**_: object) -> None:
    """Forget refresh tokens and sessions that nobody can use any more."""
    call_command("flushexpiredtokens")
    call_command("clearsessions")

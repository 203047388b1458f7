"""Housekeeping that the scheduler starts."""

from celery import shared_task
from django.utils import timezone

from accounts import credits
from accounts.models import LoginSession
from accounts.sessions import SessionStore


@shared_task(name="accounts.flush_expired_tokens")
def flush_expired_tokens(**_: object) -> None:
    """Forget sessions of programs and browsers that nobody can use any more."""
    LoginSession.objects.filter(expires_at__lt=timezone.now()).delete()
    SessionStore.clear_expired()


@shared_task(name="accounts.release_stale_reservations")
def release_stale_reservations(**_: object) -> None:
    """Give back credits that were held back for work that nobody ended, such as that of a web server that died."""
    credits.release_stale()

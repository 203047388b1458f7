"""Housekeeping of the vault."""

from celery import shared_task

from accounts.vault import oauth


@shared_task(name="vault.forget_pending_connections")
def forget_pending_connections(**_: object) -> None:
    """Drop connections to OAuth providers that nobody came back from."""
    oauth.forget_pending()

"""Housekeeping of files."""

from celery import shared_task

from executions.files import services


@shared_task(name="files.sweep")
def sweep(**_: object) -> None:
    """Remove what a crash has left, and what belonged to deleted runs."""
    services.sweep()

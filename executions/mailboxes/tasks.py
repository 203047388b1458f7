"""Housekeeping of mailboxes."""

from celery import shared_task

from executions.mailboxes import receiving


@shared_task(name="mailboxes.forget_old")
def forget_old(**_: object) -> None:
    """Drop what was remembered for long enough."""
    receiving.forget_old()

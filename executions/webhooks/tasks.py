"""Housekeeping of deliveries."""

from celery import shared_task

from executions.webhooks import receiving


@shared_task(name="webhooks.forget_old")
def forget_old(**_: object) -> None:
    """Drop what was remembered for long enough."""
    receiving.forget_old()

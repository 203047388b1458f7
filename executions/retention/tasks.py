"""What is deleted and copied in the background."""

from celery import shared_task
from django.utils import timezone

from executions.retention import erasing, exporting, services


@shared_task(name=services.SWEEP)
def sweep(**_: object) -> None:
    """Delete what is too old."""
    services.sweep(timezone.now())
    exporting.forget_old()


@shared_task(name="retention.look")
def look(**_: object) -> None:
    """Go on with copies and deletions that somebody has asked for."""
    exporting.work_off()
    erasing.work_off()


@shared_task(name=exporting.TASK)
def export(**_: object) -> None:
    """Make the copies that were asked for."""
    exporting.work_off()

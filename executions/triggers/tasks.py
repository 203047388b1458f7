"""Housekeeping of what starts runs."""

from celery import shared_task

from executions.triggers import idempotency, timers


@shared_task(name="triggers.forget_old")
def forget_old(**_: object) -> None:
    """Drop what was remembered for long enough."""
    idempotency.forget_old()
    timers.forget_old()

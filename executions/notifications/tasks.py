"""What is looked for now and then, and housekeeping."""

from celery import shared_task

from executions.notifications import conditions, services, spreading


@shared_task(name="notifications.look")
def look(**_: object) -> None:
    """Tell of what no run tells, and send the digests whose time has come."""
    conditions.tell_of_credits()
    conditions.tell_of_credentials()
    spreading.send_digests()


@shared_task(name="notifications.forget_old")
def forget_old(**_: object) -> None:
    """Drop what is older than `HISTORY_DAYS`."""
    services.forget_old()

"""Sends mail from a thread of its own: whoever could see how long it takes would learn which addresses have accounts."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def post(message: EmailMessage) -> None:
    """Hand a message to the mail server a little later. What it refuses is logged."""
    postman().submit(_send, message)


@cache
def postman() -> ThreadPoolExecutor:
    """The thread that talks to the mail server."""
    return ThreadPoolExecutor(1, "postman")


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError as error:  # smtplib's errors are among them
        logger.error("The mail “%s” could not be sent: %s", message.subject, error)  # noqa: TRY400 - the address is in no log

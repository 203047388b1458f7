"""Sends mail from a thread of its own: whoever could see how long it takes would learn which addresses have accounts."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def post(message: EmailMessage) -> None:
    """Hand a message to the mail server a little later. What it refuses is logged."""
    postman().submit(message.send).add_done_callback(_note)


@cache
def postman() -> ThreadPoolExecutor:
    """The thread that talks to the mail server."""
    return ThreadPoolExecutor(1, "postman")


def _note(sent: Future[int]) -> None:
    # Not the traceback: it would bring the address into the log.
    if error := sent.exception():
        logger.error("A mail could not be sent: %s", type(error).__name__)

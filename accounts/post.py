"""Mails that nobody waits for."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache


@cache
def postman() -> ThreadPoolExecutor:
    """The thread that talks to the mail server: whoever waited for it would learn whether a mail was sent."""
    return ThreadPoolExecutor(1, "postman")

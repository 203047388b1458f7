"""The one way of this process to the outside: the client of the web, and connections of other kinds."""

from functools import cache

from django.conf import settings

from blocks.adapters.http import GuardedHttp
from blocks.adapters.sockets import GuardedSockets


@cache
def http() -> GuardedHttp:
    """Refuses private addresses and this installation, except those that the operator allows."""
    return GuardedHttp(
        allowed_hosts=settings.OUTBOUND_ALLOWED_HOSTS, own_hosts=settings.ALLOWED_HOSTS
    )


@cache
def sockets() -> GuardedSockets:
    """The same for what does not speak HTTP."""
    return GuardedSockets(allowed_hosts=settings.OUTBOUND_ALLOWED_HOSTS)

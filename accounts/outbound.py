"""The one client of this process for requests to the outside."""

from functools import cache

from django.conf import settings

from blocks.adapters.http import GuardedHttp


@cache
def http() -> GuardedHttp:
    """Refuses private addresses, except those that the operator allows."""
    return GuardedHttp(allowed_hosts=settings.OUTBOUND_ALLOWED_HOSTS)

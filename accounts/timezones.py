"""The time zones that people may choose."""

from functools import cache
from zoneinfo import available_timezones

_OF_MACHINES = {"localtime", "posixrules", "Factory"}  # names that say nothing of a place


@cache  # hundreds of files are opened to tell zones from others
def names() -> tuple[str, ...]:
    """By name, such as Europe/Berlin."""
    return tuple(sorted(available_timezones() - _OF_MACHINES))

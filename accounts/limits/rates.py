"""What may be asked how often, as data. Knows nothing of Django."""

import re
from dataclasses import dataclass
from enum import StrEnum

_RATE = re.compile(r"([1-9]\d{0,8})/([1-9]\d{0,4})", re.ASCII)


class RouteClass(StrEnum):
    """What a request is, as far as limits go."""

    AUTH = "auth"  # getting in: login, sign-up, tokens; by address
    LOGIN = "login"  # passwords tried for one account, from wherever
    REFUSED = "refused"  # API keys and tokens that open nothing; by address
    EXECUTE = "execute"
    READ = "read"
    WRITE = "write"
    WEBHOOK = "webhook"
    WEBSOCKET = "websocket"
    VISIT = "visit"  # runs that strangers start on published pages; by address


# What Redis would count is counted in the process while Redis is away; everything else is let through then.
GUARDING = frozenset({RouteClass.AUTH, RouteClass.LOGIN, RouteClass.REFUSED})


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in any so many seconds."""

    limit: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """`600/60` is 600 in a minute. Raises ValueError."""
        found = _RATE.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f'A rate is written as requests/seconds, such as 600/60, not as "{text}"'
            )
        return cls(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class Window:
    """A rate, and by name whose requests it counts."""

    name: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands in the tightest of their windows; `reset` are the seconds until a place gets free."""

    is_admitted: bool
    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of it."""
        return headers(self.limit, self.remaining, self.reset)


def headers(limit: int, remaining: int, reset: int) -> dict[str, str]:
    """How a caller stands, for the head of an answer."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(reset),
    }

"""The request that this thread answers, for logs; workers answer none."""

from contextvars import ContextVar
from dataclasses import dataclass

from structlog.contextvars import bind_contextvars

from accounts.models import User


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What a log says of a request."""

    id: str = ""
    address: str = ""  # of the client
    agent: str = ""  # what the client calls itself, at most 200 characters


def name_user(user: User) -> None:
    """Have the log lines of this request say who it is."""
    bind_contextvars(user_id=str(user.pk))


NO_REQUEST = RequestFacts()
current_request: ContextVar[RequestFacts] = ContextVar("current_request", default=NO_REQUEST)

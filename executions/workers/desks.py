"""Where the outcomes of runs wait for the thread that commits for them."""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from executions.attempts.claims import Attempt
from executions.engine.firing import Outcome

Ended = tuple[Attempt, Outcome]


@dataclass(slots=True)
class Desk:
    """Of one run."""

    ended: list[Ended] = field(default_factory=list)
    has_news: bool = True


class Desks:
    """One thread at a time sits at a run's desk; the others leave what they have there."""

    def __init__(self) -> None:
        self._desks: dict[UUID, Desk] = {}
        self._lock = threading.Lock()

    def bring(self, news: Mapping[UUID, Sequence[Ended]]) -> set[UUID]:
        """Leave the news of each run; returns the runs at whose desks the caller sits from now on."""
        mine = set()
        with self._lock:
            for id_, ended in news.items():
                desk = self._desks.get(id_)
                if desk is None:
                    desk = self._desks[id_] = Desk()
                    mine.add(id_)
                desk.ended += ended
                desk.has_news = True
        return mine

    def take(self, mine: set[UUID]) -> dict[UUID, list[Ended]]:
        """What has come to the caller's desks; those without news are left, and nobody sits there any more."""
        news = {}
        with self._lock:
            for id_ in list(mine):
                desk = self._desks[id_]
                if desk.has_news:
                    news[id_] = desk.ended
                    desk.ended, desk.has_news = [], False
                else:
                    del self._desks[id_]
                    mine.remove(id_)
        return news

    def leave(self, mine: Collection[UUID]) -> list[Ended]:
        """Leave these desks after a failure; returns what is given up."""
        with self._lock:
            return [each for id_ in mine for each in self._desks.pop(id_).ended]

"""When a schedule is due: pure functions of its timing and a moment. Nothing here asks for the time.

Rule 1: a cron expression is read in its time zone, by the rules of Debian's cron: what falls into an hour that the
clocks leave out is due right after it, what falls into an hour that comes twice is due once; jobs for every hour or
minute follow the real time.
Rule 2: an interval counts real seconds from its first moment, and knows of no clocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from accounts import timezones
from executions.errors import TimingError
from graphs.sentences import Sentence

SHORTEST = 60  # seconds of an interval
LONGEST = 366 * 86_400
FIRST_YEAR, LAST_YEAR = 1970, 2999  # so that five times more, in any zone, are moments, too
_CRON_FIELDS = 5


class Kind(StrEnum):
    """How due times are told."""

    CRON = "cron"
    INTERVAL = "interval"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Timing:
    """`starts_at` is the first moment of an interval, and the only one of a one-shot."""

    kind: Kind
    starts_at: datetime
    cron: str = ""
    timezone: str = "UTC"
    seconds: int = 0

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The due times later than this moment, in order, in UTC."""
        match self.kind:
            case Kind.CRON:
                yield from self._by_cron(moment)
            case Kind.INTERVAL:
                yield from self._by_interval(moment)
            case Kind.ONCE:
                if self.starts_at > moment:
                    yield self.starts_at.astimezone(UTC)

    def _by_cron(self, moment: datetime) -> Iterator[datetime]:
        local = moment.astimezone(ZoneInfo(self.timezone))
        for due in CronSim(self.cron, local):
            at = due.astimezone(UTC)
            if at > moment:
                yield at

    def _by_interval(self, moment: datetime) -> Iterator[datetime]:
        step = timedelta(seconds=self.seconds)
        passed = max((moment - self.starts_at) // step, -1)
        due = self.starts_at.astimezone(UTC) + step * (passed + 1)
        while due.year <= LAST_YEAR:
            yield due
            due += step

    def next(self, moment: datetime) -> datetime | None:
        """The first due time after this moment; None when there is none."""
        return next(self.after(moment), None)

    def upcoming(self, moment: datetime, count: int) -> list[datetime]:
        """The next due times."""
        return list(islice(self.after(moment), count))


def check(timing: Timing, now: datetime) -> None:
    """Raise `TimingError` for one that is never due, or too often."""
    check_form(timing)
    if timing.kind is Kind.ONCE and timing.starts_at <= now:
        raise TimingError("starts_at", Sentence("This moment has passed"))
    if timing.next(now) is None:
        raise TimingError("cron", Sentence("This day never comes"))


def check_form(timing: Timing) -> None:
    """Raise `TimingError` for one that cannot be read, or that is due too often."""
    if timing.timezone not in timezones.names():
        raise TimingError(
            "timezone", Sentence('There is no time zone "{name}"', name=timing.timezone)
        )
    if not FIRST_YEAR <= timing.starts_at.year <= LAST_YEAR:
        raise TimingError(
            "starts_at",
            Sentence(
                "The first moment must be in the years {first} to {last}",
                first=FIRST_YEAR,
                last=LAST_YEAR,
            ),
        )
    if timing.kind is Kind.CRON:
        _check_cron(timing.cron)
    if timing.kind is Kind.INTERVAL and not SHORTEST <= timing.seconds <= LONGEST:
        raise TimingError(
            "every_seconds",
            Sentence(
                "An interval has {shortest} to {longest} seconds",
                shortest=SHORTEST,
                longest=f"{LONGEST:,}",
            ),
        )


def _check_cron(text: str) -> None:
    if len(text.split()) != _CRON_FIELDS:
        raise TimingError(
            "cron",
            Sentence(
                "A cron expression has five fields: minute, hour, day, month, day of the week"
            ),
        )
    try:
        CronSim(text, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise TimingError(
            "cron", Sentence("This is not a cron expression: {error}", error=str(error))
        ) from None

"""Calculating with dates: add, subtract, write, take apart, move to another zone."""

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.time import by_pattern, zone_called
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import preview

_DATE_HELP = "A date such as 2026-01-31, with a time if it matters: 2026-01-31T09:30+01:00."
_ZONE_HELP = "The time zone of a date that names none, such as Asia/Shanghai; empty: your own."


class MomentPins(Pins):
    """The pins of all these blocks."""

    date: str = Field(max_length=100, description=_DATE_HELP)
    timezone: str = Field(default="", max_length=60, description=_ZONE_HELP)


def read_moment(text: str, zone: str, ports: Ports, pattern: str = "") -> datetime:
    """The moment that the text names. Raises `BlockError` when it names none."""
    try:
        moment = (
            datetime.strptime(text, pattern)  # noqa: DTZ007 - its zone follows
            if pattern
            else datetime.fromisoformat(text.strip())
        )
    except (ValueError, OverflowError):
        form = f"of the form {preview(pattern)}" if pattern else "such as 2026-01-31T09:30"
        raise BlockError(f"{preview(text)} is not a date {form}") from None
    if moment.tzinfo:
        return moment
    return moment.replace(tzinfo=zone_called(zone) if zone else ports.run.now().tzinfo)


def _written(moment: datetime, like: str) -> str:
    """As precisely as the text that it came from: a date stays a date."""
    is_day = len(like.strip()) <= len("2026-01-31") and moment.time() == time()
    return moment.date().isoformat() if is_day else moment.isoformat()


@register
class AddToDate(Block["AddToDate.Input"]):
    id = "add_to_date_block"
    name = "Add to date"
    description = "Goes some years, months, days or hours forward from a date, or back."
    category = "time"
    icon = "calendar"

    class Input(MomentPins):
        years: int = Field(default=0, description="Years to add; below 0: to go back.")
        months: int = Field(
            default=0,
            description="Months to add; the 31st becomes the last day of a shorter month.",
        )
        weeks: int = Field(default=0, description="Weeks to add.")
        days: int = Field(default=0, description="Days to add.")
        hours: float = Field(default=0, description="Hours to add.")
        minutes: float = Field(default=0, description="Minutes to add.")

    class Output(Pins):
        date: str = Field(description="The other date, written like the first.")

    examples = (
        Example(given={"date": "2026-01-31", "months": 1}, yields=[("date", "2026-02-28")]),
        Example(
            given={"date": "2026-03-01T08:00:00+00:00", "days": -1, "hours": 1.5},
            yields=[("date", "2026-02-28T09:30:00+00:00")],
        ),
        Example(given={"date": "tomorrow"}, error="is not a date"),
        Example(given={"date": "2026-01-31", "years": 9000}, error="no such date"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        moment = read_moment(data.date, data.timezone, ports)
        try:
            moved = _months_later(moment, 12 * data.years + data.months)
            moved += timedelta(weeks=data.weeks, days=data.days)
            elapsed = timedelta(hours=data.hours, minutes=data.minutes)
            # Hours pass the same everywhere; days follow the calendar of the place.
            later = (
                (moved.astimezone(UTC) + elapsed).astimezone(moment.tzinfo) if elapsed else moved
            )
        except (OverflowError, ValueError):
            raise BlockError("There is no such date: it must lie in the years 1 to 9999") from None
        yield "date", _written(later, data.date)


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


@register
class DateDifference(Block["DateDifference.Input"]):
    id = "date_difference_block"
    name = "Time between dates"
    description = "Says how much time lies between two dates."
    category = "time"
    icon = "calendar"

    class Input(Pins):
        start: str = Field(max_length=100, description=_DATE_HELP)
        end: str = Field(max_length=100, description="The other date, written in the same way.")
        timezone: str = Field(default="", max_length=60, description=_ZONE_HELP)

    class Output(Pins):
        days: float = Field(description="The time in days; below 0 if the end is earlier.")
        hours: float = Field(description="The same in hours.")
        seconds: float = Field(description="The same in seconds.")

    examples = (
        Example(
            given={"start": "2026-01-31", "end": "2026-02-01T12:00"},
            yields=[("days", 1.5), ("hours", 36.0), ("seconds", 129600.0)],
        ),
        Example(
            given={"start": "2026-01-31T12:00+08:00", "end": "2026-01-31T03:00Z"},
            yields=[("days", -1 / 24), ("hours", -1.0), ("seconds", -3600.0)],
        ),
        Example(given={"start": "2026-01-31", "end": "?"}, error="is not a date"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        start = read_moment(data.start, data.timezone, ports)
        seconds = (read_moment(data.end, data.timezone, ports) - start).total_seconds()
        yield "days", seconds / 86_400
        yield "hours", seconds / 3_600
        yield "seconds", seconds


@register
class FormatDate(Block["FormatDate.Input"]):
    id = "format_date_block"
    name = "Format date"
    description = "Reads a date in one form and writes it in another, also in another time zone."
    category = "time"
    icon = "calendar"

    class Input(MomentPins):
        read_as: str = Field(
            default="",
            max_length=100,
            description="How the date is written, in the signs of strftime; empty: ISO 8601.",
        )
        format: str = Field(
            default="%Y-%m-%d", max_length=100, description="How to write it; empty: ISO 8601."
        )
        to_timezone: str = Field(
            default="", max_length=60, description="The time zone to write it in; empty: its own."
        )

    class Output(Pins):
        text: str = Field(description="The date as text.")

    examples = (
        Example(
            given={"date": "31.01.2026", "read_as": "%d.%m.%Y"}, yields=[("text", "2026-01-31")]
        ),
        Example(
            given={
                "date": "2026-01-31T09:30Z",
                "format": "%d/%m %H:%M",
                "to_timezone": "Asia/Shanghai",
            },
            yields=[("text", "31/01 17:30")],
        ),
        Example(given={"date": "2026-01-31", "to_timezone": "Mars/Base"}, error="no time zone"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        moment = read_moment(data.date, data.timezone, ports, data.read_as)
        if data.to_timezone:
            moment = _in_zone(moment, data.to_timezone)
        yield "text", by_pattern(moment, data.format) if data.format else moment.isoformat()


def _in_zone(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(zone_called(zone))
    except OverflowError:
        raise BlockError("There is no such date: it must lie in the years 1 to 9999") from None


@register
class ConvertTimeZone(Block["ConvertTimeZone.Input"]):
    id = "convert_time_zone_block"
    name = "Convert time zone"
    description = "Says what time it is elsewhere at a given moment."
    category = "time"
    icon = "world"

    class Input(MomentPins):
        to_timezone: str = Field(max_length=60, description="The time zone, such as Asia/Shanghai.")

    class Output(Pins):
        date: str = Field(description="The same moment there.")
        offset_hours: float = Field(description="How far that zone is ahead of UTC then, in hours.")

    examples = (
        Example(
            given={"date": "2026-07-01T12:00:00", "timezone": "UTC", "to_timezone": "Europe/Paris"},
            yields=[("date", "2026-07-01T14:00:00+02:00"), ("offset_hours", 2.0)],
        ),
        Example(given={"date": "2026-07-01", "to_timezone": "Nowhere"}, error="no time zone"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        there = _in_zone(read_moment(data.date, data.timezone, ports), data.to_timezone)
        offset = there.utcoffset() or timedelta()
        yield "date", there.isoformat()
        yield "offset_hours", offset.total_seconds() / 3_600


class Weekday(StrEnum):
    """The days of the week, from Monday."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


@register
class DateParts(Block["DateParts.Input"]):
    id = "date_parts_block"
    name = "Parts of date"
    description = "Takes a date apart: year, month, day, weekday, week, and the seconds since 1970."
    category = "time"
    icon = "calendar"

    class Input(MomentPins):
        pass

    class Output(Pins):
        year: int = Field(description="The year.")
        month: int = Field(description="The month, from 1.")
        day: int = Field(description="The day of the month.")
        hour: int = Field(description="The hour.")
        minute: int = Field(description="The minute.")
        weekday: str = Field(description="The day of the week in English.")
        week: int = Field(description="The week of the year, as ISO 8601 counts.")
        is_weekend: bool = Field(description="Whether it is a Saturday or Sunday.")
        timestamp: float = Field(description="Seconds since the beginning of 1970 in UTC.")

    examples = (
        Example(
            given={"date": "2026-01-31T09:30Z"},
            yields=[
                ("year", 2026),
                ("month", 1),
                ("day", 31),
                ("hour", 9),
                ("minute", 30),
                ("weekday", "Saturday"),
                ("week", 5),
                ("is_weekend", True),
                ("timestamp", 1769851800.0),
            ],
        ),
        Example(given={"date": "31/01/2026"}, error="is not a date"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        moment = read_moment(data.date, data.timezone, ports)
        for pin in ("year", "month", "day", "hour", "minute"):
            yield pin, getattr(moment, pin)
        yield "weekday", list(Weekday)[moment.weekday()].value
        yield "week", moment.isocalendar().week
        yield "is_weekend", moment.weekday() >= 5
        yield "timestamp", moment.timestamp()

"""What time it is, for the user or anywhere else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register

_ZONE_HELP = "A time zone such as Asia/Shanghai; empty: your own."
_FORMAT_HELP = "How to write it, in the signs of strftime."
_FORMAT_TYPE_HELP = "Written by a pattern (strftime) or as ISO 8601."


class InZone(BaseModel):
    """The part that all formats share."""

    timezone: str = Field(default="", max_length=60, description=_ZONE_HELP)


class TimePattern(InZone):
    """A time of day by a pattern."""

    discriminator: Literal["strftime"] = "strftime"
    format: str = Field(default="%H:%M:%S", max_length=100, description=_FORMAT_HELP)


class DatePattern(InZone):
    """A date by a pattern."""

    discriminator: Literal["strftime"] = "strftime"
    format: str = Field(default="%Y-%m-%d", max_length=100, description=_FORMAT_HELP)


class MomentPattern(InZone):
    """Date and time by a pattern."""

    discriminator: Literal["strftime"] = "strftime"
    format: str = Field(default="%Y-%m-%d %H:%M:%S", max_length=100, description=_FORMAT_HELP)


class Iso8601(InZone):
    """The international standard."""

    discriminator: Literal["iso8601"] = "iso8601"


TimeFormat = Annotated[TimePattern | Iso8601, Field(discriminator="discriminator")]
DateFormat = Annotated[DatePattern | Iso8601, Field(discriminator="discriminator")]
MomentFormat = Annotated[MomentPattern | Iso8601, Field(discriminator="discriminator")]


def zone_called(name: str) -> ZoneInfo:
    """The time zone of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BlockError(f'There is no time zone "{name}"') from None


def by_pattern(moment: datetime, pattern: str) -> str:
    """The moment as text, in the signs of strftime."""
    try:
        return moment.strftime(pattern)
    except (ValueError, UnicodeError):
        raise BlockError(f'The format "{pattern}" cannot be used') from None


def _now_in(zone: str, ports: Ports) -> datetime:
    now = ports.run.now()
    return now.astimezone(zone_called(zone)) if zone else now


class TriggerPins(Pins):
    """The pin that starts these blocks."""

    trigger: str = Field(default="", description="Any value; only starts the block.")


@register
class GetCurrentTime(Block["GetCurrentTime.Input"]):
    id = "get_current_time_block"
    aliases = ("a892b8d9-3e4e-4e9c-9c1e-75f8efcf1bfa",)
    name = "Get current time"
    description = "Tells the time of day."
    category = "time"

    class Input(TriggerPins):
        format_type: TimeFormat = Field(default=TimePattern(), description=_FORMAT_TYPE_HELP)

    class Output(Pins):
        time: str = Field(description="The time as text.")

    examples = (
        Example(given={"trigger": "go"}, yields=[("time", str)]),
        Example(
            given={"format_type": {"discriminator": "strftime", "format": "%H h"}},
            yields=[("time", str)],
        ),
        Example(
            given={"format_type": {"discriminator": "iso8601", "timezone": "Mars/Base"}},
            error='no time zone "Mars/Base"',
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        now = _now_in(data.format_type.timezone, ports)
        if isinstance(data.format_type, Iso8601):
            yield "time", now.isoformat(timespec="seconds").partition("T")[2]
        else:
            yield "time", by_pattern(now, data.format_type.format)


@register
class GetCurrentDate(Block["GetCurrentDate.Input"]):
    id = "get_current_date_block"
    aliases = ("b29c1b50-5d0e-4d9f-8f9d-1b0e6fcbf0b1",)
    name = "Get current date"
    description = "Tells the date of today or of some days ago."
    category = "time"
    icon = "calendar"

    class Input(TriggerPins):
        offset: int = Field(default=0, description="How many days ago; -1 is tomorrow.")
        format_type: DateFormat = Field(default=DatePattern(), description=_FORMAT_TYPE_HELP)

    class Output(Pins):
        date: str = Field(description="The date as text.")

    examples = (
        Example(given={"trigger": "go"}, yields=[("date", str)]),
        Example(
            given={"offset": "1", "format_type": {"discriminator": "iso8601", "timezone": "UTC"}},
            yields=[("date", str)],
        ),
        Example(given={"offset": "yesterday"}, error="a whole number is needed"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        now = _now_in(data.format_type.timezone, ports)
        try:
            day = now - timedelta(days=data.offset)
        except OverflowError:
            raise BlockError(f"There is no date {data.offset} days ago") from None
        if isinstance(data.format_type, Iso8601):
            yield "date", day.date().isoformat()
        else:
            yield "date", by_pattern(day, data.format_type.format)


@register
class GetCurrentDateAndTime(Block["GetCurrentDateAndTime.Input"]):
    id = "get_current_date_and_time_block"
    aliases = ("716a67b3-6760-42e7-86dc-18645c6e00fc",)
    name = "Get current date and time"
    description = "Tells the date and the time of day."
    category = "time"
    icon = "calendar"

    class Input(TriggerPins):
        format_type: MomentFormat = Field(default=MomentPattern(), description=_FORMAT_TYPE_HELP)

    class Output(Pins):
        date_time: str = Field(description="Date and time as text.")

    examples = (
        Example(given={"trigger": "go"}, yields=[("date_time", str)]),
        Example(
            given={"format_type": {"discriminator": "iso8601", "timezone": "UTC"}},
            yields=[("date_time", str)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        now = _now_in(data.format_type.timezone, ports)
        if isinstance(data.format_type, Iso8601):
            yield "date_time", now.isoformat(timespec="seconds")
        else:
            yield "date_time", by_pattern(now, data.format_type.format)

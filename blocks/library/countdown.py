"""A message after some time."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue, Suspend, WaitsFor
from blocks.ports import Ports
from blocks.registry import register

MAX_SECONDS = 366 * 86_400
MAX_REPEAT = 1_000


@register
class CountdownTimer(Block["CountdownTimer.Input"]):
    id = "countdown_timer_block"
    aliases = ("d67a9c52-5e4e-11e2-bcfd-0800200c9a71",)
    name = "Countdown timer"
    description = "Waits for some days, hours, minutes and seconds, and sends a message then."
    category = "time"
    icon = "hourglass"
    limits = "At most a year in all, and 1,000 messages."

    class Input(Pins):
        input_message: Any = Field(default="timer finished", description="The message.")
        seconds: int = Field(default=0, ge=0, description="Seconds to wait.")
        minutes: int = Field(default=0, ge=0, description="Minutes to wait.")
        hours: int = Field(default=0, ge=0, description="Hours to wait.")
        days: int = Field(default=0, ge=0, description="Days to wait.")
        repeat: int = Field(
            default=1,
            ge=1,
            le=MAX_REPEAT,
            description="How many times to wait so long, and how many messages to send at the end.",
        )

    class Output(Pins):
        output_message: Any = Field(description="The message, once the time is over.")

    examples = (
        Example(
            given={"input_message": "tea is ready", "minutes": 3},
            goes_on={"by": "timer", "data": {}},
            yields=[("output_message", "tea is ready")],
        ),
        Example(
            given={"repeat": 2},
            yields=[("output_message", "timer finished"), ("output_message", "timer finished")],
        ),
        Example(given={"days": 400}, error="more than a year"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        hours = data.hours + 24 * data.days
        seconds = data.repeat * (data.seconds + 60 * (data.minutes + 60 * hours))
        if seconds > MAX_SECONDS:
            raise BlockError("That is more than a year")
        if seconds and ports.run.answer is None:
            raise Suspend(WaitsFor.TIMER, seconds=float(seconds))
        for _ in range(data.repeat):
            yield "output_message", data.input_message

"""Numbers: round them, write them for people, read them from text, take them by chance."""

import math
import random
import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from pydantic import Field, FiniteFloat

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import preview

_MOST_DIGITS = 300
Numeral = int | FiniteFloat


class Rounding(StrEnum):
    """Which way to go."""

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"
    EVEN = "half to even"


_MODES = {
    Rounding.NEAREST: ROUND_HALF_UP,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
    Rounding.EVEN: ROUND_HALF_EVEN,
}


def _rounded(number: Numeral, digits: int, rounding: Rounding) -> Decimal:
    # By way of its text: 2.675 shall become 2.68, as on paper.
    decimal = Decimal(str(number))
    if decimal.adjusted() + digits > _MOST_DIGITS:
        raise BlockError(f"The number {preview(number)} has too many digits")
    step = Decimal(1).scaleb(-digits)
    places = decimal.adjusted() + digits + 2
    context = Context(prec=max(places, 2) + 1)
    return decimal.quantize(step, rounding=_MODES[rounding], context=context)


@register
class RoundNumber(Block["RoundNumber.Input"]):
    id = "round_number_block"
    name = "Round number"
    description = "Rounds a number to some digits behind the point, up, down or to the nearest."
    category = "math"

    class Input(Pins):
        number: Numeral = Field(description="The number.")
        digits: int = Field(
            default=0, ge=-15, le=15, description="Digits behind the point; -2 rounds to hundreds."
        )
        rounding: Rounding = Field(default=Rounding.NEAREST, description="Which way to go.")

    class Output(Pins):
        result: int | float = Field(description="The rounded number.")

    examples = (
        Example(given={"number": 2.675, "digits": 2}, yields=[("result", 2.68)]),
        Example(given={"number": "2.1", "rounding": "up"}, yields=[("result", 3)]),
        Example(given={"number": 1250, "digits": -2}, yields=[("result", 1300)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        rounded = _rounded(data.number, data.digits, data.rounding)
        yield "result", int(rounded) if data.digits <= 0 else float(rounded)


@register
class FormatNumber(Block["FormatNumber.Input"]):
    id = "format_number_block"
    name = "Format number"
    description = "Writes a number for people: 1,234.50, 1.234,50 € or 12 %."
    category = "math"

    class Input(Pins):
        number: Numeral = Field(description="The number.")
        digits: int = Field(default=2, ge=0, le=15, description="Digits behind the point.")
        thousands: str = Field(
            default=",", max_length=3, description="What stands between groups of three digits."
        )
        point: str = Field(default=".", max_length=3, description="What stands before the digits.")
        prefix: str = Field(default="", max_length=20, description="What to write in front.")
        suffix: str = Field(default="", max_length=20, description="What to write behind.")
        percent: bool = Field(default=False, description="Write 0.12 as 12 %.")

    class Output(Pins):
        text: str = Field(description="The number as text.")

    examples = (
        Example(given={"number": 1234.5}, yields=[("text", "1,234.50")]),
        Example(
            given={
                "number": -1234567,
                "digits": 0,
                "thousands": ".",
                "point": ",",
                "suffix": " €",
            },
            yields=[("text", "-1.234.567 €")],
        ),
        Example(given={"number": 0.125, "digits": 1, "percent": True}, yields=[("text", "12.5 %")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        moved = 2 if data.percent else 0
        rounded = _rounded(data.number, data.digits + moved, Rounding.NEAREST).scaleb(
            moved, context=Context(prec=_MOST_DIGITS + 20)
        )
        whole, _, rest = f"{abs(rounded):,f}".partition(".")
        sign = "-" if rounded < 0 else ""
        text = sign + data.prefix + whole.replace(",", data.thousands)
        text += f"{data.point}{rest[: data.digits]}" if data.digits else ""
        yield "text", text + (" %" if data.percent else "") + data.suffix


_NUMERAL = re.compile(r"[+-]?[\d.,' \u00a0\u202f]*\d")


@register
class ParseNumber(Block["ParseNumber.Input"]):
    id = "parse_number_block"
    name = "Number from text"
    description = "Finds the first number in a text, such as a price with a currency: € 1.234,50."
    category = "math"

    class Input(Pins):
        text: str = Field(max_length=10_000, description="The text.")
        point: str = Field(
            default=".",
            min_length=1,
            max_length=1,
            description="What stands before the digits behind the point: a dot or a comma.",
        )

    class Output(Pins):
        number: int | float = Field(description="The number.")

    examples = (
        Example(given={"text": "Price: 1,234.50 USD"}, yields=[("number", 1234.5)]),
        Example(given={"text": "1.234 €", "point": ","}, yields=[("number", 1234)]),
        Example(given={"text": "none"}, error="no number"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = _NUMERAL.search(data.text)
        if found is None:
            raise BlockError(f"There is no number in {preview(data.text)}")
        kept = "".join(
            sign for sign in found[0] if sign.isdigit() or sign in {"+", "-", data.point}
        )
        text = kept.replace(data.point, ".")
        try:
            number = float(text)
        except ValueError:
            raise BlockError(f"{preview(found[0])} is not one number") from None
        if not math.isfinite(number):
            raise BlockError("The number is too large")
        yield "number", int(number) if "." not in text and abs(number) <= 2**53 else number


@register
class RandomNumber(Block["RandomNumber.Input"]):
    id = "random_number_block"
    name = "Random number"
    description = "Takes a number by chance between two others."
    category = "math"
    icon = "dice-5"

    class Input(Pins):
        min: Numeral = Field(default=0, description="The least number.")
        max: Numeral = Field(default=100, description="The largest number.")
        whole: bool = Field(default=True, description="Only whole numbers.")
        random_seed: int | None = Field(
            default=None, description="The same number gives the same result again."
        )

    class Output(Pins):
        number: int | float = Field(description="The number.")

    examples = (
        Example(given={}, yields=[("number", int)]),
        Example(given={"min": 5, "max": 5}, yields=[("number", 5)]),
        Example(given={"min": 0, "max": 1, "whole": False}, yields=[("number", float)]),
        Example(given={"min": 2, "max": 1}, error="not above the largest"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        least, largest = data.min, data.max
        if data.whole:
            least, largest = math.ceil(least), math.floor(largest)
        if least > largest:
            raise BlockError("The least number must be not above the largest")
        chance = random.Random(data.random_seed)  # noqa: S311 - no secret depends on it
        if data.whole:
            yield "number", chance.randint(int(least), int(largest))
            return
        number = chance.uniform(float(least), float(largest))
        if not math.isfinite(number):
            raise BlockError("The two numbers are too far apart")
        yield "number", number

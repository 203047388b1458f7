"""One value, several ways to go on."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from blocks.base import ERROR_PIN, Block, BlockError, Example, Pins, PinValue
from blocks.library.comparison import Comparison, holds
from blocks.library.identity import identity
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import kind_of

DEFAULT = "default"


class Case(Pins):
    """When to send the value, and on which pin."""

    output: str = Field(min_length=1, max_length=100)
    operator: Comparison | Literal["contains"] = Comparison.EQUAL
    value: Any = None

    @field_validator("output")
    @classmethod
    def _is_free(cls, output: str) -> str:
        if output in {DEFAULT, ERROR_PIN}:
            raise ValueError(f'A case cannot be called "{output}"; that pin is taken')
        return output


@register
class Switch(Block["Switch.Input"]):
    id = "switch_block"
    name = "Switch"
    description = "Sends a value on the pin of the first case that fits, else on the default pin."
    category = "logic"
    icon = "route"

    class Input(Pins):
        value: Any = Field(description="The value to look at.")
        cases: list[Case] = Field(
            max_length=100,
            description='The cases, in order: {"output": a pin of your own, "operator": ==, !=, >, <, >=, <= or'
            ' contains, "value": what to compare with}.',
        )
        data: Any = Field(default=None, description="What to send; the value itself if empty.")
        all_that_fit: bool = Field(
            default=False, description="Send on the pins of all cases that fit, not only the first."
        )

    class Output(Pins):
        model_config = ConfigDict(extra="allow")

        default: Any = Field(description="Sent when no case fits.")

    examples = (
        Example(
            given={
                "value": "5",
                "cases": [
                    {"output": "big", "operator": ">", "value": 9},
                    {"output": "small", "operator": ">", "value": 0},
                ],
            },
            yields=[("small", "5")],
        ),
        Example(
            given={"value": "tea", "cases": [{"output": "hot", "value": "coffee"}], "data": 1},
            yields=[("default", 1)],
        ),
        Example(
            given={
                "value": "hot tea",
                "cases": [
                    {"output": "hot", "operator": "contains", "value": "hot"},
                    {"output": "tea", "operator": "contains", "value": "tea"},
                ],
                "all_that_fit": True,
            },
            yields=[("hot", "hot tea"), ("tea", "hot tea")],
        ),
        Example(
            given={"value": 1, "cases": [{"output": "x", "operator": "contains", "value": 1}]},
            error="A number contains nothing",
        ),
        Example(
            given={"value": 1, "cases": [{"output": "default", "value": 1}]},
            error='cannot be called "default"',
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        sent = data.value if data.data is None else data.data
        fitting = (case.output for case in data.cases if _fits(data.value, case))
        found = list(fitting) if data.all_that_fit else [next(fitting, DEFAULT)]
        for pin in dict.fromkeys(found or [DEFAULT]):
            yield pin, sent


def _fits(value: Any, case: Case) -> bool:
    if case.operator != "contains":
        return holds(value, Comparison(case.operator), case.value)
    if isinstance(value, str):
        return str(case.value) in value
    if not isinstance(value, list | dict):
        raise BlockError(f"A {kind_of(value)} contains nothing")
    return identity(case.value) in set(map(identity, value))

"""Inputs for numbers, dates, times, yes or no, and choices."""

import datetime
from typing import Any

from pydantic import AliasChoices, Field, FiniteFloat

from blocks.base import BlockError, Example, Pins
from blocks.library.inputs import GraphInput, InputPins
from blocks.registry import register
from blocks.values import preview


@register
class NumberInput(GraphInput["NumberInput.Input"]):
    id = "number_input_block"
    aliases = ("96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98",)
    name = "Number input"
    description = "Takes a number when the agent is run."
    icon = "number"

    class Input(InputPins):
        value: int | FiniteFloat | None = Field(
            default=None, description="The number when a run gives none."
        )

    class Output(Pins):
        result: int | float = Field(description="The number that the run was given.")

    examples = (
        Example(given={"name": "age", "value": 42}, yields=[("result", 42)]),
        Example(given={"name": "price", "value": "9.5"}, yields=[("result", 9.5)]),
        Example(given={"name": "age", "value": "old"}, error="a number is needed"),
    )


@register
class DateInput(GraphInput["DateInput.Input"]):
    id = "date_input_block"
    aliases = ("7e198b09-4994-47db-8b4d-952d98241817",)
    name = "Date input"
    description = "Takes a date when the agent is run."
    icon = "calendar"

    class Input(InputPins):
        value: datetime.date | None = Field(
            default=None, description="The date when a run gives none, such as 2026-01-31."
        )

    class Output(Pins):
        result: str = Field(
            description="The date as text, such as 2026-01-31.",
            json_schema_extra={"format": "date"},
        )

    examples = (
        Example(given={"name": "day", "value": "2026-01-31"}, yields=[("result", "2026-01-31")]),
        Example(given={"name": "day", "value": "soon"}, error="a date such as"),
    )

    def deliver(self, data: Input) -> Any:
        return data.value and data.value.isoformat()


@register
class TimeInput(GraphInput["TimeInput.Input"]):
    id = "time_input_block"
    aliases = ("2a1c757e-86cf-4c7e-aacf-060dc382e434",)
    name = "Time input"
    description = "Takes a time of day when the agent is run."
    icon = "clock"

    class Input(InputPins):
        value: datetime.time | None = Field(
            default=None, description="The time when a run gives none, such as 09:30."
        )

    class Output(Pins):
        result: str = Field(
            description="The time as text, such as 09:30:00.",
            json_schema_extra={"format": "time"},
        )

    examples = (
        Example(given={"name": "at", "value": "09:30"}, yields=[("result", "09:30:00")]),
        Example(given={"name": "at", "value": "noonish"}, error="a time such as"),
    )

    def deliver(self, data: Input) -> Any:
        return data.value and data.value.isoformat()


@register
class ToggleInput(GraphInput["ToggleInput.Input"]):
    id = "toggle_input_block"
    aliases = ("cbf36ab5-df4a-43b6-8a7f-f7ed8652116e",)
    name = "Toggle input"
    description = "Takes a yes or a no when the agent is run."
    icon = "toggle-left"

    class Input(InputPins):
        value: bool = Field(default=False, description="The answer when a run gives none.")

    class Output(Pins):
        result: bool = Field(description="True for yes, false for no.")

    examples = (
        Example(given={"name": "urgent", "value": True}, yields=[("result", True)]),
        Example(given={"name": "urgent"}, yields=[("result", False)]),
    )


@register
class DropdownInput(GraphInput["DropdownInput.Input"]):
    id = "dropdown_input_block"
    aliases = ("655d6fdf-a334-421c-b733-520549c07cd1",)
    name = "Dropdown input"
    description = "Takes one of several choices when the agent is run."
    icon = "select"

    class Input(InputPins):
        value: str | None = Field(default=None, description="The choice when a run gives none.")
        options: list[str] = Field(
            default=[],
            validation_alias=AliasChoices("options", "placeholder_values"),
            description="The choices; with none of them any text is taken.",
        )

    class Output(Pins):
        result: str = Field(description="The choice that the run was given.")

    examples = (
        Example(
            given={"name": "size", "value": "M", "options": ["S", "M", "L"]},
            yields=[("result", "M")],
        ),
        Example(given={"name": "size", "value": 7, "options": [7, 8]}, yields=[("result", "7")]),
        Example(
            given={"name": "size", "value": "XL", "placeholder_values": ["S", "M"]},
            error='"XL" is not one of the choices: ["S", "M"]',
        ),
    )

    def deliver(self, data: Input) -> Any:
        if data.options and data.value not in data.options:
            raise BlockError(
                f"{preview(data.value)} is not one of the choices: {preview(data.options)}"
            )
        return data.value

"""Lists and numbers that runs keep together, and forgetting what was kept."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Effect, Example, Pins, PinValue
from blocks.library.memory import LIMITS, KeyPins, ScopePin
from blocks.ports import MAX_KEPT_KEY, Ports
from blocks.registry import register

MAX_ITEMS = 10_000
MAX_LISTED = 1_000
_LARGEST = 1e15


@register
class AppendKept(Block["AppendKept.Input"]):
    id = "append_kept_value_block"
    name = "Append to remembered list"
    description = (
        "Puts a value at the end of a list that outlives the run. Runs that do so at once do not lose"
        " each other's values."
    )
    category = "basic"
    icon = "stack-2"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(KeyPins):
        value: Any = Field(description="What to append.")
        most: int = Field(
            default=1_000, ge=1, le=MAX_ITEMS, description="How many of the last values stay."
        )

    class Output(Pins):
        values: list[Any] = Field(description="The list as it is now.")
        count: int = Field(description="How many values it has.")

    examples = (
        Example(
            given={"key": "names", "value": "Ada"},
            yields=[("values", ["Ada"]), ("count", 1)],
        ),
        Example(
            given={"key": "rows", "value": {"n": 1}, "scope": "across_agents"},
            yields=[("values", [{"n": 1}]), ("count", 1)],
        ),
        Example(given={"key": "names", "value": 1, "most": 0}, error="1 or more"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = ports.storage.append(data.key, data.value, most=data.most, is_shared=data.is_shared)
        yield "values", [*found]
        yield "count", len(found)


@register
class CountKept(Block["CountKept.Input"]):
    id = "count_kept_value_block"
    name = "Count remembered number"
    description = (
        "Adds to a number that outlives the run and gives the sum: runs that count at once get"
        " different ones."
    )
    category = "basic"
    icon = "number"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(KeyPins):
        amount: int | float = Field(
            default=1, ge=-_LARGEST, le=_LARGEST, description="How much to add; may be below 0."
        )
        trigger: Any = Field(default=None, description="Not used; a link to it says when to count.")

    class Output(Pins):
        count: int | float = Field(description="The number as it is now.")

    examples = (
        Example(given={"key": "visits"}, yields=[("count", 1)]),
        Example(given={"key": "stock", "amount": -2.5}, yields=[("count", -2.5)]),
        Example(given={"key": "visits", "amount": "many"}, error="amount"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "count", ports.storage.add(data.key, data.amount, is_shared=data.is_shared)


@register
class ForgetKept(Block["ForgetKept.Input"]):
    id = "forget_kept_value_block"
    name = "Forget value"
    description = "Deletes a value that a run has remembered under a key."
    category = "basic"
    icon = "trash"
    effect = Effect.IDEMPOTENT

    class Input(KeyPins):
        trigger: Any = Field(
            default=None, description="Not used; a link to it says when to forget."
        )

    class Output(Pins):
        was_there: bool = Field(description="Whether something was kept under this key.")

    examples = (
        Example(given={"key": "unknown"}, yields=[("was_there", False)]),
        Example(given={"key": ""}, error="1 or more characters"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "was_there", ports.storage.delete(data.key, is_shared=data.is_shared)


@register
class ListKept(Block["ListKept.Input"]):
    id = "list_kept_values_block"
    name = "List remembered values"
    description = "Gives the values that runs have remembered, by their keys."
    category = "basic"
    icon = "list-search"
    effect = Effect.IDEMPOTENT
    limits = f"At most {MAX_LISTED:,} values of 10 MB together."

    class Input(ScopePin):
        prefix: str = Field(
            default="", max_length=MAX_KEPT_KEY, description="How the keys begin; empty: all."
        )
        limit: int = Field(
            default=100, ge=1, le=MAX_LISTED, description="The most values to give, by key."
        )
        trigger: Any = Field(default=None, description="Not used; a link to it says when to look.")

    class Output(Pins):
        values: dict[str, Any] = Field(description="The values by their keys.")
        keys: list[str] = Field(description="The keys, in order.")

    examples = (
        Example(given={}, yields=[("values", {}), ("keys", [])]),
        Example(given={"prefix": "visits/", "limit": 0}, error="1 or more"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = ports.storage.list(data.prefix, data.limit, is_shared=data.is_shared)
        yield "values", {each.key: each.value for each in found}
        yield "keys", [each.key for each in found]

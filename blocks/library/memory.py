"""Values that outlive a run: kept under a key, found again by a later run."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, Effect, Example, Pins, PinValue
from blocks.ports import MAX_KEPT_BYTES, MAX_KEPT_KEY, Ports
from blocks.registry import register

LIMITS = f"A value of at most {MAX_KEPT_BYTES // 1_000_000} MB; at most 10,000 values of one user."


class StorageScope(StrEnum):
    """Who finds the value."""

    WITHIN_AGENT = "within_agent"
    ACROSS_AGENTS = "across_agents"


class ScopePin(Pins):
    """Whose values are meant."""

    scope: StorageScope = Field(
        default=StorageScope.WITHIN_AGENT,
        description="within_agent: for runs of this graph; across_agents: for all your graphs.",
    )

    @property
    def is_shared(self) -> bool:
        """Whether all graphs of the user are meant."""
        return self.scope is StorageScope.ACROSS_AGENTS


class KeyPins(ScopePin):
    """The pins of blocks that deal with one value."""

    key: str = Field(min_length=1, max_length=MAX_KEPT_KEY, description="The name of the value.")


@register
class PersistInformation(Block["PersistInformation.Input"]):
    id = "persist_information_block"
    aliases = ("1d055e55-a2b9-4547-8311-907d05b0304d",)
    name = "Remember value"
    description = (
        "Keeps a value for later runs, under a key; an older value of this key is replaced."
    )
    category = "basic"
    icon = "device-floppy"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(KeyPins):
        value: Any = Field(description="The value to remember.")

    class Output(Pins):
        value: Any = Field(description="The value, once it is kept.")

    examples = (
        Example(given={"key": "last", "value": 7}, yields=[("value", 7)]),
        Example(
            given={"key": "names", "value": ["Ada"], "scope": "across_agents"},
            yields=[("value", ["Ada"])],
        ),
        Example(given={"key": "", "value": 1}, error="1 or more characters"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        ports.storage.keep(data.key, data.value, is_shared=data.is_shared)
        yield "value", data.value


@register
class RetrieveInformation(Block["RetrieveInformation.Input"]):
    id = "retrieve_information_block"
    aliases = ("d8710fc9-6e29-481e-a7d5-165eb16f8471",)
    name = "Recall value"
    description = "Finds the value again that a run has remembered under a key."
    category = "basic"
    icon = "history"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(KeyPins):
        default_value: Any = Field(
            default=None, description="What to send when nothing is kept under this key."
        )

    class Output(Pins):
        value: Any = Field(description="The value, or the default.")

    examples = (
        Example(given={"key": "unknown", "default_value": 0}, yields=[("value", 0)]),
        Example(given={"key": "unknown", "scope": "across_agents"}, yields=[("value", None)]),
        Example(given={"key": "a", "scope": "everywhere"}, error="one of"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        kept = ports.storage.find(data.key, is_shared=data.is_shared)
        yield "value", data.default_value if kept is None else kept.value

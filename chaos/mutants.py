"""Engines that are broken on purpose, one thing each, to show that the tests can fail. Never part of the product."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """How the engine is broken in this process, and which tests must see it."""

    break_it: Callable[[], None]
    layer: str


MUTANTS: dict[str, Mutant] = {}

"""The run that a block is part of, and other runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from blocks.credentials import Reference, Secret


@dataclass(frozen=True)
class Answer:
    """Why a suspended block goes on: its time has come, or somebody answered with `data`."""

    by: str  # a `WaitsFor`
    data: Mapping[str, Any] = field(default_factory=dict)


class RunContext(Protocol):
    """Where a block runs."""

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of one node execution."""
        ...

    @property
    def node_id(self) -> str:
        """The node whose block this is."""
        ...

    @property
    def answer(self) -> Answer | None:
        """None at first; once a suspended block goes on, why it does."""
        ...

    @property
    def memory(self) -> Mapping[str, Any] | None:
        """What the block left when it suspended itself; None at first."""
        ...

    def now(self) -> datetime:
        """The time, aware, in the user's time zone."""
        ...

    def is_cancelled(self) -> bool:
        """True once the run was stopped; long-running blocks ask now and then."""
        ...

    def stream(self, text: str) -> None:
        """Show a piece of unfinished output to whoever watches the run."""
        ...


@dataclass(frozen=True)
class GraphFacts:
    """What is known of a graph; `inputs` is the JSON Schema of what a run takes."""

    id: str
    name: str
    description: str
    inputs: Mapping[str, Any]


class Graphs(Protocol):
    """Other graphs, and runs of them."""

    def search(self, text: str, limit: int) -> Sequence[GraphFacts]:
        """Those that the user may run and that have this in their name or description, newest first."""
        ...

    def start(
        self,
        graph_id: str,
        version: int | None,
        inputs: Mapping[str, Any],
        masks: Mapping[str, Mapping[str, Any]],
        *,
        max_depth: int | None = None,
    ) -> None:
        """Start a child run, once; its end is the answer that the block gets.

        `masks` are values of its nodes that count more than all others: {node id: {pin: value}}.

        Raises `BlockError` when there is no such graph, its inputs are wrong, or graphs are nested too deeply.
        """
        ...


class BlockRules(Protocol):
    """What operators have decided of blocks."""

    def require_free(self, block_id: str) -> None:
        """Raises `BlockError` when the block is switched off, or costs credits."""
        ...


class Credentials(Protocol):
    """The credentials that the block's pins ask for, unlocked for this attempt."""

    def read(self, reference: Reference) -> Secret:
        """What the value of a credentials pin stands for. Raises `BlockError` (`credential_unavailable`)."""
        ...

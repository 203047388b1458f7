"""What blocks get of the world while they run here: the network, a model, templates, the time."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from blocks.adapters.http import GuardedHttp
from blocks.adapters.llm import ProviderLlm, operator_client
from blocks.adapters.templates import SandboxedTemplates
from blocks.base import BlockError
from blocks.ports import Answer, Graphs, Ports
from executions import events

_STREAM_EVERY = 0.05  # seconds


@dataclass
class NodeContext:
    """Where one attempt runs."""

    id: UUID
    node_id: str
    execution_id: UUID
    timezone: str
    cancelled: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    is_watched: bool = True  # somebody may see what it streams
    _unsent: str = ""
    _sent_at: float = 0.0

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of a node execution."""
        return str(self.id)

    def now(self) -> datetime:
        """The time in the user's zone."""
        return datetime.now(UTC).astimezone(ZoneInfo(self.timezone))

    def is_cancelled(self) -> bool:
        """True once the result is no longer wanted."""
        return self.cancelled.is_set()

    def stream(self, text: str) -> None:
        """Show watchers a piece of unfinished output; many small pieces go together."""
        self._unsent += text
        if time.monotonic() - self._sent_at >= _STREAM_EVERY:
            self.flush()

    def flush(self) -> None:
        """Show what has not been shown yet."""
        if self._unsent and self.is_watched:
            events.stream(self.execution_id, self.id, self.node_id, self._unsent)
        self._unsent, self._sent_at = "", time.monotonic()


@cache
def http() -> GuardedHttp:
    """The one client of this process."""
    return GuardedHttp(allowed_hosts=settings.OUTBOUND_ALLOWED_HOSTS)


@cache
def templates() -> SandboxedTemplates:
    """The one template sandbox of this process."""
    return SandboxedTemplates()


def prepare() -> None:
    """Make what is shared by all nodes of this process, before many threads ask for it at once."""
    http().open()
    operator_client(settings.LLM.base_url).open()
    templates()


def answer_of(stored: Mapping[str, Any] | None) -> Answer | None:
    """Why a node execution goes on, from how it is stored."""
    return Answer(stored["by"], stored["data"]) if stored else None


class NoGraphs:
    """For blocks that run outside of an attempt of their own."""

    def start(self, graph_id: str, version: int | None, inputs: Mapping[str, Any]) -> None:
        """Refuse."""
        raise BlockError("Graphs can be started by nodes of a run only")


_NO_GRAPHS = NoGraphs()


def ports_for(context: NodeContext, graphs: Graphs = _NO_GRAPHS) -> Ports:
    """Everything that a block's `run` gets."""
    return Ports(
        run=context,
        http=http(),
        llm=ProviderLlm(settings.LLM, operator_client(settings.LLM.base_url), context),
        templates=templates(),
        graphs=graphs,
    )

"""What blocks get of the world while they run here: the network, a model, templates, the time."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts import outbound
from accounts.prices import price_of
from accounts.switches import CODE, switched_off
from blocks import registry
from blocks.adapters.endpoints import operator_client
from blocks.adapters.llm import ProviderLlm
from blocks.adapters.mail import MailClient
from blocks.adapters.mcp import McpClient
from blocks.adapters.sql import PostgresClient
from blocks.adapters.templates import SandboxedTemplates
from blocks.base import BlockError, WaitsFor
from blocks.masking import Mask
from blocks.ports import (
    Answer,
    Credentials,
    DocumentFacts,
    FileContent,
    FileFacts,
    Files,
    FoundPassage,
    GraphFacts,
    Graphs,
    Kept,
    KeptUnder,
    NodeTool,
    Ports,
    Storage,
    Tools,
    Usage,
)
from blocks.sandbox.pool import ProcessSandbox
from executions import events
from executions.attempts.connections import freed
from executions.attempts.credentials import NOTHING
from executions.attempts.measured import MeasuredLlm

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
    memory: Mapping[str, Any] | None = None
    is_watched: bool = True  # somebody may see what it streams
    mask: Mask = field(default_factory=Mask)
    used: list[Usage] = field(default_factory=list)  # of language models
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
        self._unsent = self.mask.text(self._unsent + text)
        if time.monotonic() - self._sent_at >= _STREAM_EVERY:
            # The end may be the beginning of a secret.
            self._show(max(0, len(self._unsent) - self.mask.reach))

    def flush(self) -> None:
        """Show what has not been shown yet."""
        if self._unsent:
            self._show(len(self._unsent))

    def _show(self, length: int) -> None:
        text, self._unsent = self._unsent[:length], self._unsent[length:]
        if text and self.is_watched:
            events.stream(self.execution_id, self.id, self.node_id, text)
        self._sent_at = time.monotonic()


@cache
def sandbox() -> ProcessSandbox:
    """Where this process has untrusted work done."""
    return ProcessSandbox()


@cache
def templates() -> SandboxedTemplates:
    """The templates of this process, with children of their own: they must not wait for large files."""
    return SandboxedTemplates(ProcessSandbox(loads=("blocks.sandbox.jobs.templates",)))


def prepare() -> None:
    """Make what is shared by all nodes of this process, before many threads ask for it at once."""
    outbound.http().open()
    operator_client(settings.LLM.base_url).open()
    templates()


def answer_of(stored: Mapping[str, Any] | None) -> Answer | None:
    """Why a node execution goes on, from how it is stored."""
    if not stored or stored["by"] == WaitsFor.APPROVAL:  # that it may start is no answer to it
        return None
    return Answer(stored["by"], stored["data"])


class NoGraphs:
    """For blocks that run outside of an attempt of their own."""

    def search(self, text: str, limit: int) -> Sequence[GraphFacts]:
        """None."""
        return ()

    def start(
        self,
        graph_id: str,
        version: int | None,
        inputs: Mapping[str, Any],
        masks: Mapping[str, Mapping[str, Any]],
        **_: object,
    ) -> None:
        """Refuse."""
        raise BlockError("Graphs can be started by nodes of a run only")


class InstalledRules:
    """The `block_rules` port."""

    def require_free(self, block_id: str) -> None:
        """Ask the database."""
        block = registry.find(block_id)
        with freed():
            if switched_off({block_id}):
                raise BlockError("An operator has switched off this block", code=CODE)
            if block and price_of(block):
                raise BlockError("A block that costs credits must be a node of the graph")


class NoFiles:
    """For blocks that run in a burst, which must not wait for a disk."""

    def read(self, id_: str) -> FileContent:
        """Refuse."""
        raise BlockError("Files can be used by blocks that run as attempts only")

    def write(
        self, name: str, content: bytes, *, content_type: str = "", lasting: bool = False
    ) -> str:
        """Refuse."""
        raise BlockError("Files can be used by blocks that run as attempts only")

    def list(self, search: str, limit: int) -> list[FileFacts]:
        """Refuse."""
        raise BlockError("Files can be used by blocks that run as attempts only")


class NoKnowledge:
    """For blocks that run in a burst, which must not wait for a model."""

    def add(self, collection: str, name: str, text: str, **_: object) -> DocumentFacts:
        """Refuse."""
        raise self._refusal()

    def search(self, collection: str, query: str, **_: object) -> list[FoundPassage]:
        """Refuse."""
        raise self._refusal()

    def list(self, collection: str, limit: int) -> list[DocumentFacts]:
        """Refuse."""
        raise self._refusal()

    def delete(self, collection: str, name: str) -> bool:
        """Refuse."""
        raise self._refusal()

    @staticmethod
    def _refusal() -> BlockError:
        return BlockError("Knowledge can be used by blocks that run as attempts only")


class NoTools:
    """For blocks that run outside of an attempt of their own."""

    def available(self) -> Sequence[NodeTool]:
        """None."""
        return ()


class NoStorage:
    """For blocks that run outside of an attempt of their own."""

    def keep(self, key: str, value: Any, *, is_shared: bool) -> None:
        """Refuse."""
        raise self._refusal()

    def find(self, key: str, *, is_shared: bool) -> Kept | None:
        """Refuse."""
        raise self._refusal()

    def append(self, key: str, value: Any, *, most: int, is_shared: bool) -> Sequence[Any]:
        """Refuse."""
        raise self._refusal()

    def add(self, key: str, amount: float, *, is_shared: bool) -> float:
        """Refuse."""
        raise self._refusal()

    def delete(self, key: str, *, is_shared: bool) -> bool:
        """Refuse."""
        raise self._refusal()

    def list(self, prefix: str, limit: int, *, is_shared: bool) -> Sequence[KeptUnder]:
        """Refuse."""
        raise self._refusal()

    @staticmethod
    def _refusal() -> BlockError:
        return BlockError("Values are kept for nodes of a run only")


_NO_GRAPHS = NoGraphs()
_NO_FILES = NoFiles()
_NO_KNOWLEDGE = NoKnowledge()  # `knowledge.port` brings the real one
_NO_TOOLS = NoTools()
_NO_STORAGE = NoStorage()


def ports_for(
    context: NodeContext,
    graphs: Graphs = _NO_GRAPHS,
    credentials: Credentials = NOTHING,
    files: Files = _NO_FILES,
    tools: Tools = _NO_TOOLS,
    storage: Storage = _NO_STORAGE,
) -> Ports:
    """Everything that a block's `run` gets."""
    return Ports(
        run=context,
        http=outbound.http(),
        llm=MeasuredLlm(
            ProviderLlm(
                settings.LLM,
                operator_client(settings.LLM.base_url),
                context,
                public=outbound.http(),
                meter=context.used.append,
            ),
            settings.LLM.provider,
        ),
        templates=templates(),
        sandbox=sandbox(),
        storage=storage,
        graphs=graphs,
        block_rules=InstalledRules(),
        credentials=credentials,
        files=files,
        knowledge=_NO_KNOWLEDGE,
        mail=MailClient(outbound.sockets(), context.is_cancelled),
        sql=PostgresClient(outbound.sockets(), context.is_cancelled),
        tools=tools,
        mcp=McpClient(outbound.http(), settings.MCP_STDIO_SERVERS, context.is_cancelled),
    )


def ports_of_pure(context: NodeContext) -> Ports:
    """What a pure block gets: it uses nothing of the world, so all but its context is made once a process."""
    return _shared_ports()._replace(run=context)


@cache
def _shared_ports() -> Ports:
    nobody = UUID(int=0)
    return ports_for(NodeContext(nobody, "", nobody, "UTC", is_watched=False))

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from blocks.adapters.http import GuardedHttp
from tests.blocks.adapters.site import Site, running_site


@dataclass
class Run:
    """Where a block runs, as far as an adapter cares; `stops_after` pieces it counts as stopped."""

    pieces: list[str] = field(default_factory=list)
    stops_after: int | None = None
    idempotency_key: str = "key"

    def now(self) -> datetime:
        return datetime(2026, 1, 2, tzinfo=UTC)

    def is_cancelled(self) -> bool:
        return self.stops_after is not None and len(self.pieces) >= self.stops_after

    def stream(self, text: str) -> None:
        self.pieces.append(text)


@pytest.fixture
def run() -> Run:
    return Run()


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture
def other_site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture
def http(site: Site) -> Iterator[GuardedHttp]:
    """A client that may talk to `site` and, of the places that are not public, to nothing else."""
    client = GuardedHttp([site.host])
    yield client
    client.close()


@pytest.fixture
def strict_http() -> Iterator[GuardedHttp]:
    """A client without any exemptions."""
    client = GuardedHttp()
    yield client
    client.close()

"""The event log of a run in words, for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from executions import plans
from executions.insight import overview
from executions.models import Event, Execution, label_of

EVENTS_PER_PAGE = 100
MAX_CHANGES = 20  # of one event; a burst may have hundreds


@dataclass(frozen=True, slots=True)
class Change:
    """That the run (without a title) or a node of it came to a status."""

    title: str
    status: str
    label: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event: what was committed at one moment."""

    seq: int
    at: datetime
    changes: Sequence[Change]
    more: int


def log_of(execution: Execution, page: str | None) -> tuple[Page[Event], list[Entry]]:
    """One page of the log, the oldest entry first."""
    events = Paginator(execution.events.order_by("seq"), EVENTS_PER_PAGE).get_page(page)
    titles = overview.titles_of(plans.graph_of_version(execution.version_id))
    return events, [_entry(event, titles) for event in events]


def _entry(event: Event, titles: dict[str, str]) -> Entry:
    if event.kind == Event.Kind.EXECUTION:
        return Entry(event.seq, event.created_at, [_change("", event.data)], 0)
    nodes = event.data["nodes"]
    changes = [
        _change(titles.get(each["node_id"], each["node_id"]), each) for each in nodes[:MAX_CHANGES]
    ]
    return Entry(event.seq, event.created_at, changes, max(0, len(nodes) - MAX_CHANGES))


def _change(title: str, data: dict[str, Any]) -> Change:
    label = label_of(data["status"])
    return Change(title, data["status"], label, data.get("attempts", 0), data.get("error") or "")

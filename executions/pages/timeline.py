"""When the nodes of a run were at work: one row a node, drawn on a scale of 1,000."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

SCALE = 1_000
MIN_WIDTH = 3.0
MAX_ROWS = 80


@dataclass(frozen=True, slots=True)
class Span:
    """One firing, or several drawn as one."""

    node_id: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A span on the scale."""

    x: float
    width: float
    status: str
    count: int


@dataclass(slots=True)
class Row:
    """The bars of one node."""

    node_id: str
    title: str
    bars: list[Bar] = field(default_factory=list)
    seconds: float = 0.0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the template draws."""

    rows: Sequence[Row]
    hidden_rows: int
    seconds: float
    most_at_once: int

    @property
    def ticks(self) -> list[float]:
        """The seconds at the quarters of the scale."""
        return [self.seconds * quarter / 4 for quarter in range(5)]


def build(spans: Sequence[Span], now: datetime, titles: Mapping[str, str]) -> Timeline:
    """Put the spans on a scale from the first start to the last end, or to now."""
    if not spans:
        return Timeline((), 0, 0.0, 0)
    start = min(span.started_at for span in spans)
    end = max((span.ended_at or now) for span in spans)
    seconds = max((end - start).total_seconds(), 1e-6)
    rows: dict[str, Row] = {}
    for span in sorted(spans, key=lambda each: each.started_at):
        row = rows.setdefault(
            span.node_id, Row(span.node_id, titles.get(span.node_id, span.node_id))
        )
        length = max(((span.ended_at or now) - span.started_at).total_seconds(), 0.0)
        row.bars.append(
            _bar(span, (span.started_at - start).total_seconds() / seconds, length / seconds)
        )
        row.seconds += length
        row.count += span.count
    shown = list(rows.values())[:MAX_ROWS]
    return Timeline(shown, len(rows) - len(shown), seconds, _most_at_once(spans, now))


def _bar(span: Span, start: float, length: float) -> Bar:
    width = max(length * SCALE, MIN_WIDTH)
    x = min(start * SCALE, SCALE - width)
    return Bar(round(max(x, 0.0), 1), round(min(width, SCALE), 1), span.status, span.count)


def _most_at_once(spans: Iterable[Span], now: datetime) -> int:
    """The largest number of firings at work at the same moment."""
    changes = []
    for span in spans:
        changes.append((span.started_at, 1))
        changes.append((span.ended_at or now, -1))
    # Ends come first: work that begins the moment other work ends was not beside it.
    running = most = 0
    for _moment, change in sorted(changes):
        running += change
        most = max(most, running)
    return most

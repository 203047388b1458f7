"""When the nodes of a run were at work: one row a node, drawn on a scale of 1,000."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from executions.insight.critical import Stretch, critical_path

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
    is_critical: bool = False


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
    critical_titles: Sequence[str] = ()
    critical_seconds: float = 0.0

    @property
    def ticks(self) -> list[float]:
        """The seconds at the quarters of the scale."""
        return [self.seconds * quarter / 4 for quarter in range(5)]


def build(
    spans: Sequence[Span],
    now: datetime,
    titles: Mapping[str, str],
    before: Mapping[str, Collection[str]] | None = None,
) -> Timeline:
    """Put the spans on a scale from the first start to the last end, or to now.

    With `before`, which names the nodes that lead to a node, the critical path is marked.
    """
    if not spans:
        return Timeline((), 0, 0.0, 0)
    start = min(span.started_at for span in spans)
    end = max((span.ended_at or now) for span in spans)
    seconds = max((end - start).total_seconds(), 1e-6)
    path = critical_path([_stretch(span, now) for span in spans], before or {}) if before else []
    rows = _rows(
        spans, now, titles, (start, seconds), {(each.node_id, each.started_at) for each in path}
    )
    shown = list(rows.values())[:MAX_ROWS]
    return Timeline(
        shown,
        len(rows) - len(shown),
        seconds,
        _most_at_once(spans, now),
        tuple(dict.fromkeys(titles.get(each.node_id, each.node_id) for each in path)),
        sum(each.seconds for each in path),
    )


def _stretch(span: Span, now: datetime) -> Stretch:
    return Stretch(span.node_id, span.started_at, max(span.ended_at or now, span.started_at))


def _rows(
    spans: Iterable[Span],
    now: datetime,
    titles: Mapping[str, str],
    scale: tuple[datetime, float],
    critical: Collection[tuple[str, datetime]],
) -> dict[str, Row]:
    start, seconds = scale
    rows: dict[str, Row] = {}
    for span in sorted(spans, key=lambda each: each.started_at):
        row = rows.setdefault(
            span.node_id, Row(span.node_id, titles.get(span.node_id, span.node_id))
        )
        length = _stretch(span, now).seconds
        x, width = _place((span.started_at - start).total_seconds() / seconds, length / seconds)
        is_critical = (span.node_id, span.started_at) in critical
        row.bars.append(Bar(x, width, span.status, span.count, is_critical))
        row.seconds += length
        row.count += span.count
    return rows


def _place(start: float, length: float) -> tuple[float, float]:
    """Where a bar begins and how wide it is, from parts of the whole."""
    width = max(length * SCALE, MIN_WIDTH)
    x = min(start * SCALE, SCALE - width)
    return round(max(x, 0.0), 1), round(min(width, SCALE), 1)


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

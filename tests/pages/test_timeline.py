"""The bars of a timeline."""

from datetime import UTC, datetime, timedelta

from executions.insight import timeline
from executions.insight.timeline import Bar, Span

START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def span(node_id, start, end, status="COMPLETED"):
    ended_at = None if end is None else START + timedelta(seconds=end)
    return Span(node_id, status, START + timedelta(seconds=start), ended_at)


def build(*spans, now=100):
    return timeline.build(spans, START + timedelta(seconds=now), {"a": "First"})


def test_no_firing_makes_an_empty_timeline():
    assert (build().rows, build().seconds, build().most_at_once) == ((), 0.0, 0)


def test_bars_lie_on_a_scale_from_the_first_start_to_the_last_end():
    found = build(span("a", 0, 1), span("b", 1, 4))
    assert found.seconds == 4
    assert [(row.node_id, row.title, row.bars) for row in found.rows] == [
        ("a", "First", [Bar(0.0, 250.0, "COMPLETED", 1)]),
        ("b", "b", [Bar(250.0, 750.0, "COMPLETED", 1)]),
    ]


def test_what_goes_on_reaches_to_now():
    found = build(span("a", 0, None, "RUNNING"), now=10)
    assert found.seconds == 10
    assert found.rows[0].bars == [Bar(0.0, 1000.0, "RUNNING", 1)]


def test_a_very_short_firing_can_be_seen():
    bars = build(span("a", 0, 0), span("b", 0, 100), span("a", 100, 100)).rows[0].bars
    assert [(bar.x, bar.width) for bar in bars] == [(0.0, 3.0), (997.0, 3.0)]


def test_all_firings_in_one_instant_are_drawn():
    assert build(span("a", 0, 0)).rows[0].bars[0].width == 3.0


def test_firings_at_the_same_time_are_counted_and_neighbours_are_not():
    assert build(span("a", 0, 2), span("b", 1, 3), span("c", 1, 2)).most_at_once == 3
    assert build(span("a", 0, 1), span("b", 1, 2)).most_at_once == 1


def test_a_node_sums_up_its_firings():
    row = build(span("a", 0, 1), span("a", 2, 4)).rows[0]
    assert (row.count, row.seconds) == (2, 3.0)


def test_rows_beyond_what_fits_are_counted():
    found = build(*(span(f"n{n}", n, n + 1) for n in range(timeline.MAX_ROWS + 5)))
    assert (len(found.rows), found.hidden_rows) == (timeline.MAX_ROWS, 5)

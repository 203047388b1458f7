"""Timers while workers are killed and the database restarts: each fires once, and none before its time."""

import time
from datetime import datetime

from chaos import drawing, history, invariants
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Line, Table

TIMERS = 300
SOONEST, LATEST = 2.0, 30.0  # seconds
KILLS_EVERY = 5.0
RESTART_AT = 12.0

# When a node execution that waited for its time went on, and what its time was.
_FIRED = """
SELECT id, at, (before ->> 'due_at')::timestamptz FROM chaos_history
 WHERE before ->> 'status' = 'WAITING' AND after ->> 'status' = 'QUEUED'
"""


def measure(stage: Stage) -> Table:
    """One run with all timers in parallel; workers are killed one after the other, the database once."""
    history.install()
    pen = drawing.Pen(stage.random, stage.sink.url)
    first = pen.begin()
    for _ in range(TIMERS):
        pen.node("wait_block", "value", first, seconds=stage.random.uniform(SOONEST, LATEST))
    version = acting.save(stage, pen)
    runs = acting.start(stage, version, 1)
    _break(stage)
    stage.heal()
    acting.wait_for_end(runs)
    fired = stage.ask(_FIRED)
    return Table(_lines(fired), invariants.check(sink_log=stage.sink.entries()))


def _break(stage: Stage) -> None:
    began, has_restarted = time.monotonic(), False
    while (passed := time.monotonic() - began) < LATEST:
        victim = stage.random.choice(stage.workers)
        victim.kill()
        victim.start()
        if passed > RESTART_AT and not has_restarted:
            stage.kill_database()
            stage.start_database()
            has_restarted = True
        time.sleep(KILLS_EVERY)


def _lines(fired: list[tuple[object, datetime, datetime]]) -> list[Line]:
    late = [(at - due).total_seconds() for _, at, due in fired]
    return [
        Line("timers", TIMERS),
        Line("timers: not fired", TIMERS - len({id_ for id_, _, _ in fired}), limit=0),
        Line(
            "timers: fired more than once", len(fired) - len({id_ for id_, _, _ in fired}), limit=0
        ),
        Line("timers: fired before their time", sum(seconds < 0 for seconds in late), limit=0),
        Line("timers: late, half of them at most", sorted(late)[len(late) // 2], "s"),
        Line("timers: late, the latest", max(late), "s"),
    ]

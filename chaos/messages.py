"""Wake-ups that come again, late, and in the wrong order: of node executions and runs in any state."""

from collections.abc import Callable, Sequence
from typing import Any

from executions import outbox, queue

TIMES = 3
_SOME_NODES = "SELECT id FROM executions_nodeexecution ORDER BY random() LIMIT 40"
_SOME_RUNS = "SELECT id FROM executions_execution ORDER BY random() LIMIT 20"

Ask = Callable[[str], Sequence[tuple[Any, ...]]]


def repeat_wake_ups(ask: Ask) -> None:
    """Send some of the messages that there have ever been once more, several times each."""
    for _ in range(TIMES):
        for (id_,) in ask(_SOME_NODES):
            outbox.send_wake_up(queue.RUN_NODES, str(id_))
        for (id_,) in ask(_SOME_RUNS):
            outbox.send_wake_up(queue.ADVANCE, str(id_))

"""The states of runs and node executions, and every legal step between them.

Rule 1: whatever changes a status obeys TRANSITIONS; there is no second place that knows better.
Rule 2: a final status never changes.
The diagram in ARCHITECTURE.md is generated from the table.
"""

from enum import StrEnum


class Status(StrEnum):
    """Where a run or a node execution stands."""

    INCOMPLETE = "INCOMPLETE"  # node only: has some of its inputs and waits for the others
    QUEUED = "QUEUED"  # can start
    RUNNING = "RUNNING"  # a worker has it
    WAITING = "WAITING"  # for a person, a timer or a child run; holds no worker
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"  # node only: may be left out, and had nothing to run with

    @property
    def is_final(self) -> bool:
        """True when it never changes again."""
        return not TRANSITIONS[self]

    @property
    def is_open(self) -> bool:
        """True while there is something to do or to wait for, so that the run cannot end."""
        return self in OPEN


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.INCOMPLETE: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELLED}),
    Status.RUNNING: frozenset(
        {
            Status.QUEUED,  # its worker was lost
            Status.WAITING,
            Status.COMPLETED,
            Status.FAILED,
            Status.CANCELLED,
            Status.SKIPPED,
        }
    ),
    Status.WAITING: frozenset(
        {Status.QUEUED, Status.RUNNING, Status.COMPLETED, Status.FAILED, Status.CANCELLED}
    ),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.SKIPPED: frozenset(),
}

OPEN = frozenset({Status.QUEUED, Status.RUNNING, Status.WAITING})
NODE_ONLY = frozenset({Status.INCOMPLETE, Status.SKIPPED})
RUN_STATUSES = tuple(status for status in Status if status not in NODE_ONLY)


def sources_of(target: Status) -> list[Status]:
    """The statuses from which `target` can be reached in one step."""
    return [source for source, targets in TRANSITIONS.items() if target in targets]


def diagram() -> str:
    """The table as Mermaid text."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> INCOMPLETE", "    [*] --> QUEUED"]
    for source, targets in TRANSITIONS.items():
        lines += [f"    {source} --> {target}" for target in Status if target in targets]
        if source.is_final:
            lines.append(f"    {source} --> [*]")
    return "\n".join([*lines, "```"])

"""Deletes what is older than it shall be, in small pieces.

Rule 1: a run is deleted only when it has ended, its parent too; its row is locked, and rows that somebody holds are
left for the next time.
Rule 2: each piece is a transaction of its own, so a kill loses nothing, and nobody waits for long. How large it is follows from
the node executions in it: a run of ten thousand is a piece of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from executions import failpoints
from executions.files import services as files
from executions.files.models import StoredFile
from executions.inbox.models import Delegation
from executions.models import Event, Execution
from executions.retention import due

# In one piece: some tenths of a second.
_NODES, _RUNS, _EVENTS, _FILES = 5_000, 200, 5_000, 100
_LOOKED_UP = 10_000  # runs that are found at a time

Told = Callable[[str, int], None]


def sweep(now: datetime, told: Told) -> None:
    """Delete everything whose time is over at `now`, and tell after each piece how much of what is gone."""
    for runs in due.runs(now):
        _repeat(partial(_delete_runs, runs), partial(told, "runs"))
    for events in due.events(now):
        _repeat(partial(_delete_events, events), partial(told, "events"))
    for old in due.files(now):
        _repeat(partial(_delete_files, old), partial(told, "files"))


def delete_runs(runs: QuerySet[Execution]) -> None:
    """Delete those of them that have ended, but for rows that somebody holds."""
    _repeat(partial(_delete_runs, runs.order_by("pk")), lambda count: None)


def _repeat(delete_some: Callable[[], Iterator[int]], told: Callable[[int], None]) -> None:
    """Until nothing goes any more."""
    count = 1
    while count:
        count = 0
        for gone in delete_some():
            told(gone)
            count += gone


def _delete_runs(runs: QuerySet[Execution]) -> Iterator[int]:
    for ids in _pieces(runs.values_list("pk", "node_count")[:_LOOKED_UP]):
        with transaction.atomic():
            rows = due.ended().filter(pk__in=ids).select_for_update(skip_locked=True, of=("self",))
            free = list(rows.values_list("pk", flat=True))
            for file in StoredFile.objects.filter(execution__in=free):
                files.delete(file)
            _delete_node_executions(free)
            Execution.objects.filter(pk__in=free).delete()
            failpoints.hit("sweep.before_commit")
        failpoints.hit("sweep.after_commit")
        yield len(free)


def _pieces(runs: QuerySet[Execution, tuple[UUID, int]]) -> Iterator[list[UUID]]:
    """Ids of runs that have about as many node executions together as one transaction deletes."""
    piece: list[UUID] = []
    size = 0
    for id_, node_count in runs:
        if piece and (size + node_count > _NODES or len(piece) == _RUNS):
            yield piece
            piece, size = [], 0
        piece.append(id_)
        size += node_count
    if piece:
        yield piece


def _delete_node_executions(run_ids: Sequence[UUID]) -> None:
    """In one statement, where the ORM would read each of them first; what leads to them comes before."""
    Execution.objects.filter(parent__execution__in=run_ids).update(parent=None)
    Delegation.objects.filter(node_execution__execution__in=run_ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM executions_nodeexecution WHERE execution_id = ANY(%s)", [list(run_ids)]
        )


def _delete_events(events: QuerySet[Event]) -> Iterator[int]:
    """A piece; the ids of its runs say in which partition it is."""
    found = list(events.values_list("pk", "execution_id")[:_EVENTS])
    if found:
        runs = sorted({run_id for _, run_id in found})
        within = Event.objects.filter(execution_id__gte=runs[0], execution_id__lte=runs[-1])
        yield within.filter(pk__in=[id_ for id_, _ in found]).delete()[0]


def _delete_files(old: QuerySet[StoredFile]) -> Iterator[int]:
    with transaction.atomic():
        rows = list(old.select_for_update(skip_locked=True, of=("self",))[:_FILES])
        for row in rows:
            files.delete(row)
    yield len(rows)

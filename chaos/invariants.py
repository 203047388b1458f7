"""I1 to I14 of the durability contract: what must be true of every run, whatever broke, and at every moment.

One script for tests, the crash matrix, campaigns and operators. It reads the tables, the event log, the log of the
effect sink where there is one, and the history of changes where one is kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from chaos import effects, history, ledger, rows, states, successors, ticks
from chaos.sink import Entry
from executions.models import Execution


def check(
    execution_ids: Iterable[UUID] | None = None,
    *,
    sink_log: Sequence[Entry] | None = None,
    patience: timedelta | None = None,
) -> list[str]:
    """What is not as it must be: a sentence each, empty when all is well. Without ids, all runs are looked at.

    With `patience`, runs that are older than that and have not ended count as stuck. Without the log of the sink,
    nothing is said about effects.
    """
    if execution_ids is None:
        execution_ids = list(Execution.objects.order_by("pk").values_list("pk", flat=True))
    found = [*ledger.drift(), *ticks.violations()]
    for id_ in execution_ids:
        found += [f"Run {id_}: {sentence}" for sentence in _of_run(id_, sink_log, patience)]
    return found


def _of_run(
    id_: UUID, sink_log: Sequence[Entry] | None, patience: timedelta | None
) -> Iterator[str]:
    with rows.snapshot():
        run = rows.read(id_)
        if run is None:
            return
        yield from states.violations(run)
        yield from (f"{sentence} (I7)" for sentence in successors.violations(run))
        yield from ledger.violations(run)
        yield from history.violations(id_)
        if sink_log is not None:
            yield from effects.violations(run, sink_log)
        if patience is not None:
            now = Execution.objects.values_list(Now(), flat=True).get(pk=id_)
            yield from states.stuck(run, now, patience)

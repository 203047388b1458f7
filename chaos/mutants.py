"""Engines that are broken on purpose, one thing each, to show that the tests can fail. Never part of the product."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from accounts import credits
from database.statements import Statement
from executions import outbox, queue
from executions.attempts import claims, world
from executions.rows import loading, runs, saving
from executions.workers import recovery

Set = Callable[[Any, str, Any], None]


@dataclass(frozen=True)
class Mutant:
    """What is put in the place of what in the engine."""

    where: Any
    name: str
    instead: Any

    def break_with(self, replace: Set) -> None:
        """Break the engine by a function such as `setattr`."""
        replace(self.where, self.name, self.instead)


def _edited(sql: str, old: str, new: str) -> str:
    assert old in sql, f"{old!r} is not in the statement any more"
    return sql.replace(old, new)


def _write_new_ones_later(changed: Iterable[Any], worker: Any) -> list[Statement]:
    everything = [(run, plan, list(firings)) for run, plan, firings in changed]
    new = [
        (run, plan, [f for f in firings if not f.is_stored]) for run, plan, firings in everything
    ]
    transaction.on_commit(lambda: _write(new, worker) and None)
    stored = [(run, plan, [f for f in firings if f.is_stored]) for run, plan, firings in everything]
    return _write(stored, worker)


def _wake_at_once(task: str, id_: Any) -> None:
    outbox.send_wake_up(task, str(id_))


def _cancel_what_runs(run_id: Any) -> list[runs.CancelledRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET status = 'CANCELLED' WHERE execution_id = %s"
            " AND status IN ('RUNNING', 'WAITING')",
            [run_id],
        )
    return []


def _load_without_waiting(*read: Any) -> loading.Loaded:
    loaded = _load(*read)
    loaded.state.waiting = {}
    return loaded


def _give_back_later(user_id: Any, references: Collection[str]) -> None:
    transaction.on_commit(lambda: _give_back(user_id, references))


def _extend_without_end(worker: Any, fences: Iterable[tuple[Any, int]]) -> set[Any]:
    held = set(fences)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET lease_until = NULL WHERE id = ANY(%s)",
            [[id_ for id_, _fence in held]],
        )
    return held


_write, _load, _give_back = saving.write_firings, loading.load_work, credits.give_back
_LEASE = "lease_until = clock_timestamp()"
_COUNTS = "fence = fence + 1, attempts = attempts + 1, "

MUTANTS: Mapping[str, Mutant] = {
    "no fence in the commit": Mutant(
        claims, "_SETTLE", claims._SETTLE.replace("USING (id, fence)", "USING (id)")
    ),
    "successors outside of the transaction": Mutant(saving, "write_firings", _write_new_ones_later),
    "wake-ups before the commit": Mutant(queue, "_after_commit", _wake_at_once),
    "a reaper that does not look at leases": Mutant(
        recovery,
        "_FIND_LOST",
        _edited(recovery._FIND_LOST, "node.lease_until < clock_timestamp()", "true"),
    ),
    "what is queued survives a cancel": Mutant(runs, "cancel_open", _cancel_what_runs),
    "joins counted in memory": Mutant(loading, "load_work", _load_without_waiting),
    "attempts counted after the run": Mutant(claims, "_CLAIM", _edited(claims._CLAIM, _COUNTS, "")),
    "timers that are not due": Mutant(
        recovery, "_FIND_DUE", _edited(recovery._FIND_DUE, "AND due_at <= clock_timestamp()", "")
    ),
    "an idempotency key for each attempt": Mutant(
        world.NodeContext, "idempotency_key", property(lambda _self: str(uuid4()))
    ),
    "credits outside of the transaction": Mutant(credits, "give_back", _give_back_later),
    "leases by the clock of a worker": Mutant(
        claims, "_CLAIM", _edited(claims._CLAIM, _LEASE, f"{_LEASE} - interval '2 hours'")
    ),
    "a heartbeat that writes NULL": Mutant(claims, "extend", _extend_without_end),
}

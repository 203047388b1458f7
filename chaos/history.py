"""A history of every change of runs and node executions, kept by triggers: only tests and campaigns install it.

What is rolled back leaves no trace, so the history tells of commits alone. Changes of one row are in the order in
which they were committed, because whoever changes a row holds its lock.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from executions.engine.status import TRANSITIONS, Status
from executions.engine.values import load

State = dict[str, Any]
_SLACK = timedelta(seconds=2)  # a burst reads the clock when it begins and writes when it ends

_INSTALL = """
CREATE TABLE chaos_history (
    n bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    id uuid NOT NULL, execution_id uuid NOT NULL, before jsonb, after jsonb NOT NULL
);
CREATE INDEX ON chaos_history (execution_id);
CREATE FUNCTION chaos_state(stored jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT stored - 'inputs' || jsonb_build_object('outputs', md5(stored ->> 'outputs'))
$$;
CREATE FUNCTION chaos_remember() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE new_row jsonb := to_jsonb(NEW);
BEGIN
    INSERT INTO chaos_history (id, execution_id, before, after) VALUES (
        NEW.id, coalesce(new_row ->> 'execution_id', new_row ->> 'id')::uuid,
        CASE WHEN TG_OP = 'UPDATE' THEN chaos_state(to_jsonb(OLD)) END, chaos_state(new_row));
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_remember AFTER INSERT OR UPDATE ON executions_nodeexecution
    FOR EACH ROW EXECUTE FUNCTION chaos_remember();
CREATE TRIGGER chaos_remember AFTER INSERT OR UPDATE ON executions_execution
    FOR EACH ROW EXECUTE FUNCTION chaos_remember();
"""
_REMOVE = (
    "DROP FUNCTION IF EXISTS chaos_remember CASCADE;"
    " DROP FUNCTION IF EXISTS chaos_state; DROP TABLE IF EXISTS chaos_history;"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One committed change of one row."""

    at: datetime
    id: UUID
    before: State | None
    after: State

    def has(self, status: Status) -> bool:
        """Whether this change led to the status."""
        before = self.before["status"] if self.before else None
        return before != status and bool(self.after["status"] == status)


def install() -> None:
    """Begin to keep the history."""
    remove()
    with connection.cursor() as cursor:
        cursor.execute(_INSTALL)


def remove() -> None:
    """Leave the tables as they were."""
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE)


def violations(execution_id: UUID) -> Iterator[str]:
    """A sentence for each change of the run that must not be; nothing where no history is kept."""
    for changes in _by_row(execution_id).values():
        fence = 0
        for change in changes:
            yield from (f"{_name(change)} {sentence}" for sentence in _wrong(change, fence))
            fence = max(fence, change.after.get("fence", 0))


def _by_row(execution_id: UUID) -> dict[UUID, list[Change]]:
    found: defaultdict[UUID, list[Change]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('chaos_history')")
        if cursor.fetchone()[0] is None:
            return found
        cursor.execute(
            "SELECT at, id, before::text, after::text FROM chaos_history"
            " WHERE execution_id = %s ORDER BY n",
            [execution_id],
        )
        for at, id_, before, after in cursor.fetchall():
            found[id_].append(Change(at, id_, before and load(before), load(after)))
    return found


def _wrong(change: Change, fence: int) -> Iterator[str]:
    """What is wrong with one change of a row whose highest fence was `fence` before."""
    if change.before is not None:
        yield from _wrong_step(change, change.before)
    if "fence" in change.after:
        yield from _wrong_claim(change, fence)
        yield from _wrong_timer(change)


def _wrong_step(change: Change, before: State) -> Iterator[str]:
    was, now = Status(before["status"]), Status(change.after["status"])
    if was is not now and now not in _reachable(was):
        yield f"went from {was} to {now} (I2)"
    if was.is_final and before["outputs"] != change.after["outputs"]:
        yield "got other outputs after its end (I9)"
    if was is now is Status.RUNNING and before.get("worker") != change.after.get("worker"):
        yield "changed hands while it ran (I3)"
    is_back = was is Status.RUNNING and now is Status.QUEUED
    if is_back and change.after["losses"] != before["losses"] + 1:
        yield "was queued again without having lost a worker (I3)"


def _wrong_claim(change: Change, fence: int) -> Iterator[str]:
    if not change.has(Status.RUNNING):
        return
    after = change.after
    if after["fence"] <= fence:
        yield f"was claimed with fence {after['fence']} after {fence} (I3)"
    lease = after["lease_until"] and datetime.fromisoformat(after["lease_until"])
    longest = change.at + timedelta(seconds=settings.LEASE_SECONDS)
    if not lease or not change.at - _SLACK < lease <= longest + _SLACK:
        yield f"was leased at {change.at} until {lease} (P11)"


def _wrong_timer(change: Change) -> Iterator[str]:
    before = change.before or {}
    if before.get("status") != Status.WAITING or not change.has(Status.QUEUED):
        return
    by = (change.after["answer"] or {}).get("by")
    if before["waits_for"] != "retry" and by == before["waits_for"] != "timer":
        return  # somebody answered
    if before["due_at"] is None or datetime.fromisoformat(before["due_at"]) > change.at:
        yield f"went on at {change.at}, before {before['due_at']} (I11)"


def _reachable(status: Status) -> set[Status]:
    """By legal steps, of which one commit can make several."""
    reached: set[Status] = set()
    todo = [status]
    while todo:
        new = TRANSITIONS[todo.pop()] - reached
        reached |= new
        todo += new
    return reached


def _name(change: Change) -> str:
    return (
        f'"{change.after["node_id"]}" #{change.after["position"]}'
        if "fence" in change.after
        else "The run"
    )

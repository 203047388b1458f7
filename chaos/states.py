"""I1, I6, I12 to I14: how runs, node executions and their event logs stand to each other."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chaos.rows import StoredRun, name_of
from executions.engine.retry import MAX_LOSSES, NodePolicy
from executions.engine.status import Status
from executions.models import Event


def violations(run: StoredRun) -> Iterator[str]:
    """A sentence for each contradiction in the rows of one run."""
    yield from _wrong_counts(run)
    yield from _wrong_attempts(run)
    yield from _wrong_log(run)
    yield from _wrong_tellings(run)
    if run.status.is_final:
        yield from _wrong_end(run)


def stuck(run: StoredRun, now: datetime, patience: timedelta) -> Iterator[str]:
    """A sentence when the run should have ended long ago; node executions that wait for a person are patient."""
    if run.status.is_final or now - run.execution.created_at < patience:
        return
    if any(each.status == Status.WAITING and each.waits_for == "person" for each in run.firings):
        return
    open_ones = [name_of(each) for each in run.firings if Status(each.status).is_open]
    yield f"is still {run.status} after {now - run.execution.created_at}: {', '.join(open_ones)} (I6)"


def _wrong_counts(run: StoredRun) -> Iterator[str]:
    positions = [firing.position for firing in run.firings]
    if positions != list(range(run.execution.node_count)):
        yield f"counts {run.execution.node_count} node executions, but has {len(positions)} (I7)"
    failed = sum(firing.status == Status.FAILED for firing in run.firings)
    if run.execution.error_count != failed:
        yield f"counts {run.execution.error_count} errors, but has {failed} (I7)"


def _wrong_attempts(run: StoredRun) -> Iterator[str]:
    for firing in run.firings:
        node = run.graph.nodes[firing.node_id]
        retries = NodePolicy.from_metadata(node.metadata).retries
        has_worker = firing.status == Status.RUNNING and not firing.for_advance
        if has_worker and firing.lease_until is None:
            yield f"{name_of(firing)} would be lost with its worker: it has no lease (I6)"
        if firing.losses > MAX_LOSSES:
            yield f"{name_of(firing)} lost {firing.losses} workers (I14)"
        if firing.failures > retries + 1:
            yield f"{name_of(firing)} failed {firing.failures} times with {retries} retries (I14)"
        if firing.status == Status.COMPLETED and not firing.attempts:
            yield f"{name_of(firing)} has ended without an attempt (I14)"


def _wrong_end(run: StoredRun) -> Iterator[str]:
    ended_at = run.execution.ended_at
    if ended_at is None:
        yield "is over, but has no end (I1)"
        return
    for firing in run.firings:
        if Status(firing.status).is_open:
            yield f"is {run.status}, but {name_of(firing)} is open (I1)"
        if firing.started_at and firing.started_at > ended_at:
            yield f"had ended when {name_of(firing)} was started (I13)"


def _wrong_log(run: StoredRun) -> Iterator[str]:
    numbers = [event.seq for event in run.events]
    if numbers != list(range(1, run.execution.event_seq + 1)):
        yield f"has {len(numbers)} events with gaps, numbered up to {run.execution.event_seq} (I12)"
    told = [event.data["status"] for event in run.events if event.kind == Event.Kind.EXECUTION]
    over = [status for status in told if Status(status).is_final]
    if over != [run.status] * run.status.is_final:
        yield f"is {run.status}, but the log tells {told} (I12)"
    if over and run.events[-1].data.get("status") not in over:
        yield "went on after its end was told (I13)"


def _wrong_tellings(run: StoredRun) -> Iterator[str]:
    """The log tells one end of each node execution, and the one that it has."""
    ends: dict[str, set[str]] = {str(firing.pk): set() for firing in run.firings}
    for event in run.events:
        for change in event.data.get("nodes", ()):
            if change["id"] not in ends:
                yield f"the log tells of {change['id']}, which is not there (I12)"
            elif Status(change["status"]).is_final:
                ends[change["id"]].add(change["status"])
            elif ends[change["id"]]:
                yield f"the log tells of {change['node_id']} after its end (I2)"
    for firing in run.firings:
        expected = {firing.status} if Status(firing.status).is_final else set()
        if ends[str(firing.pk)] != expected:
            yield f"{name_of(firing)}, but the log tells {sorted(ends[str(firing.pk)])} (I1)"

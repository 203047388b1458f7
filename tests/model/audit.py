"""What must be true of the tables after every step, read with plain queries."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Sum
from django.db.models.functions import Now

from accounts.models import CreditEntry, User
from executions.engine.retry import MAX_LOSSES
from executions.engine.status import OPEN, TRANSITIONS, Status
from executions.models import Event, Execution, NodeExecution

WAIT_ONCE = {"wait_block", "human_in_the_loop_block", "agent_executor_block"}
FINAL = [status for status in Status if status.is_final]


def check_events() -> None:
    """Numbers without gaps, one final word, and no step that the table of statuses forbids."""
    logs = Execution.objects.annotate(count=Count("events"), last=Max("events__seq"))
    for id_, seq, count, last in logs.values_list("pk", "event_seq", "count", "last"):
        assert seq == count == last, f"the log of {id_} has gaps"
    told: dict[str, Status] = {}
    said: dict[UUID, Status] = {}
    for run_id, kind, data in Event.objects.order_by("execution", "seq").values_list(
        "execution", "kind", "data"
    ):
        if kind == Event.Kind.EXECUTION:
            before = said.get(run_id)
            assert before is None or not before.is_final, "a run ended twice"
            said[run_id] = Status(data["status"])
            continue
        for change in data["nodes"]:
            check_step(told.get(change["id"]), Status(change["status"]))
            told[change["id"]] = Status(change["status"])
    for id_, status in Execution.objects.filter(status__in=FINAL).values_list("pk", "status"):
        assert said[id_] == status, "the log does not tell how the run ended"


def check_step(before: Status | None, after: Status) -> None:
    """Legal steps only; several may lie between two events. One that ended before its turn is told of twice."""
    if before is None or before is after:
        return
    reached: set[Status] = set()
    todo = [before]
    while todo:
        new = TRANSITIONS[todo.pop()] - reached
        reached |= new
        todo += new
    assert after in reached, f"{before} became {after}"


def check_credits() -> None:
    """Every balance is the sum of its ledger, nothing is negative, a run costs what its nodes were charged for good."""
    sums = User.objects.annotate(total=Sum("credit_entries__amount"))
    for balance, total in sums.values_list("credits", "total"):
        assert balance == (total or 0) >= 0, "the balance is not the sum of the ledger"
    charged: Counter[UUID] = Counter()
    run_of = {
        str(id_): run_id for id_, run_id in NodeExecution.objects.values_list("pk", "execution")
    }
    for reference, amount in CreditEntry.objects.filter(
        reason__in=[CreditEntry.Reason.USAGE, CreditEntry.Reason.REFUND]
    ).values_list("reference", "amount"):
        charged[run_of[reference]] -= amount
    for id_, cost in Execution.objects.values_list("pk", "cost"):
        assert cost == charged[id_], f"the run's cost is {cost}, it was charged {charged[id_]}"


def check_runs() -> None:
    """A run is open as long as one of its nodes is, and says RUNNING where one runs."""
    found: dict[UUID, set[str]] = {}
    for run_id, status in NodeExecution.objects.values_list("execution", "status"):
        found.setdefault(run_id, set()).add(status)
    for id_, status in Execution.objects.values_list("pk", "status"):
        is_open = bool(found[id_] & OPEN)
        assert is_open is (status in OPEN), f"the run is {status}, its nodes are {found[id_]}"
        if Status.RUNNING in found[id_]:
            assert status == Status.RUNNING, f"a node runs, the run is {status}"


def check_attempts(retries: int, waits: Counter[UUID]) -> None:
    """Claims are counted, and so are losses and failures; nothing is tried, or waited for, for ever."""
    running = NodeExecution.objects.filter(status=Status.RUNNING, for_advance=False)
    assert not running.filter(lease_until=None).exists(), "nobody would notice that a worker hangs"
    for id_, block_id, attempts, losses, failures in NodeExecution.objects.values_list(
        "pk", "block_id", "attempts", "losses", "failures"
    ):
        assert losses <= MAX_LOSSES
        assert failures <= retries
        waited = waits[id_] + (block_id in WAIT_ONCE)
        assert attempts <= 1 + losses + failures + waited, "it was tried too often"


def safe_attempts(workers: Collection[UUID]) -> set[tuple[UUID, int]]:
    """(node execution, fence) of what these workers, which all live, run under a lease that has not run out."""
    running = NodeExecution.objects.filter(status=Status.RUNNING, for_advance=False)
    safe = running.filter(worker__in=workers, lease_until__gt=Now())
    return set(safe.values_list("pk", "fence"))


def ended() -> dict[UUID, tuple[Any, ...]]:
    """What has ended, and how: it must not change any more."""
    runs = Execution.objects.filter(status__in=FINAL)
    nodes = NodeExecution.objects.filter(status__in=FINAL)
    return {
        row[0]: row[1:]
        for row in (
            *runs.values_list("pk", "status", "outputs", "error", "ended_at", "event_seq"),
            *nodes.values_list("pk", "status", "outputs", "error", "ended_at", "attempts"),
        )
    }

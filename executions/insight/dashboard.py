"""What somebody sees first: how their runs went lately, and what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, FloatField, Q, Sum
from django.db.models.functions import Extract, TruncDate
from django.utils import timezone

from accounts.models import User
from executions.engine.status import Status
from executions.models import Execution, ExecutionQuerySet, NodeExecution
from executions.triggers.models import Tick

DAYS = 30
RECENT = 6
MOST = 5  # of each thing that needs somebody
HEIGHT = 100.0  # of the chart


class Median(Aggregate):
    """The value in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Day:
    """The runs of one day; the parts are heights in the chart."""

    date: date
    completed: int
    failed: int
    completed_height: float
    failed_height: float

    @property
    def failed_top(self) -> float:
        """Where the upper part begins."""
        return HEIGHT - self.completed_height - self.failed_height

    @property
    def completed_top(self) -> float:
        """Where the lower part begins."""
        return HEIGHT - self.completed_height


@dataclass(frozen=True, slots=True)
class Attention:
    """What somebody should look at."""

    questions: Sequence[NodeExecution]
    failures: Sequence[Execution]
    refusals: Sequence[Tick]

    @property
    def is_needed(self) -> bool:
        """Whether there is anything."""
        return bool(self.questions or self.failures or self.refusals)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The whole page."""

    days: Sequence[Day]
    runs: int
    completed: int
    failed: int
    seconds: float | None  # the median of those that have completed
    credits: int
    attention: Attention
    recent: Sequence[Execution]

    @property
    def success_rate(self) -> int | None:
        """Hundredths of the runs that have ended by themselves."""
        ended = self.completed + self.failed
        return 100 * self.completed // ended if ended else None


def dashboard_of(user: User) -> Dashboard:
    """Read it all (six queries)."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    runs = Execution.objects.owned_by(user).filter(parent=None)
    lately = runs.filter(created_at__gte=since)
    return Dashboard(
        days=_days(lately, first),
        attention=_attention(user, runs),
        recent=list(runs.for_lists().newest_first()[:RECENT]),
        **_totals(lately),
    )


def _totals(runs: ExecutionQuerySet) -> dict[str, Any]:
    took = Extract(F("ended_at") - F("started_at"), "epoch")
    done = Q(status=Status.COMPLETED)
    return runs.order_by().aggregate(
        runs=Count("pk"),
        completed=Count("pk", filter=done),
        failed=Count("pk", filter=Q(status=Status.FAILED)),
        credits=Sum("cost", default=0),
        seconds=Median(took, filter=done),
    )


def _days(runs: ExecutionQuerySet, first: date) -> list[Day]:
    ended = runs.filter(status__in=[Status.COMPLETED, Status.FAILED]).order_by()
    rows = (
        ended.annotate(day=TruncDate("created_at"))
        .values_list("day", "status")
        .annotate(n=Count("pk"))
    )
    counts = {(day, status): n for day, status, n in rows}
    dates = [first + timedelta(days=n) for n in range(DAYS)]
    pairs = [(counts.get((day, "COMPLETED"), 0), counts.get((day, "FAILED"), 0)) for day in dates]
    scale = HEIGHT / max(*(sum(pair) for pair in pairs), 1)
    return [
        Day(day, completed, failed, round(completed * scale, 1), round(failed * scale, 1))
        for day, (completed, failed) in zip(dates, pairs, strict=True)
    ]


def _attention(user: User, runs: ExecutionQuerySet) -> Attention:
    asked = NodeExecution.objects.owned_by(user).asking()
    yesterday = timezone.now() - timedelta(days=1)
    failed = runs.filter(status=Status.FAILED, created_at__gte=yesterday)
    refused = Tick.objects.filter(
        schedule__user=user, result=Tick.Result.REFUSED, taken_at__gte=yesterday
    )
    return Attention(
        questions=list(asked.select_related("execution__graph").order_by("-queued_at")[:MOST]),
        failures=list(failed.for_lists().newest_first()[:MOST]),
        refusals=list(refused.select_related("schedule").newest_first()[:MOST]),
    )

"""Schedules that fire: once for each due time, whoever looks and whatever breaks."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import InsufficientCreditsError
from accounts.models import User
from chaos import failures, invariants
from executions import failpoints, services
from executions.models import Execution, Source
from executions.triggers import schedules, timers
from executions.triggers.models import Schedule, Tick
from executions.triggers.tasks import forget_old
from graphs import services as graph_services
from tests.factories import VersionFactory, echo_drawing

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def make(user, version):
    """A schedule that has been due for so long, with intervals."""

    def make(overdue=timedelta(seconds=1), seconds=3600, **values):
        fields = {
            "name": "Hourly",
            "kind": "interval",
            "every_seconds": seconds,
            "inputs": {"text": "x"},
            **values,
        }
        schedule = schedules.create_schedule(
            user=user, version=version, is_pinned=False, values=fields
        )
        due = schedules.now() - overdue
        Schedule.objects.filter(pk=schedule.pk).update(next_due_at=due, starts_at=due)
        schedule.refresh_from_db()
        return schedule

    return make


def history(schedule):
    """The results, oldest first."""
    return [tick.result for tick in schedule.ticks.order_by("due_at")]


def test_what_is_due_starts_one_run(make, user):
    schedule = make()
    due = schedule.next_due_at
    assert (timers.fire_due(), timers.fire_due()) == (1, 0)
    [execution] = Execution.objects.all()
    tick = schedule.ticks.get()
    assert (execution.source, execution.inputs) == (Source.SCHEDULE, {"text": "x"})
    assert (tick.due_at, tick.execution, tick.result) == (due, execution, "started")
    schedule.refresh_from_db()
    assert schedule.next_due_at == due + HOUR


def test_what_is_not_due_yet_starts_nothing(make):
    make(overdue=-timedelta(seconds=30))
    assert timers.fire_due() == 0
    assert Execution.objects.count() == 0


@pytest.mark.parametrize("skew", [-2 * HOUR, 2 * HOUR])
def test_the_clock_of_this_machine_says_nothing(make, monkeypatch, skew):
    moved = timezone.now() + skew
    monkeypatch.setattr(timezone, "now", lambda: moved)
    monkeypatch.setattr(time, "time", moved.timestamp)
    early, late = make(overdue=-timedelta(seconds=30)), make()
    timers.fire_due()
    assert (history(early), history(late)) == ([], ["started"])


def test_a_clock_that_was_put_back_makes_nothing_due_twice(make):
    schedule = make()
    timers.fire_due()
    due = schedule.ticks.get().due_at
    Schedule.objects.update(next_due_at=due)  # as if somebody had lost the commit
    with pytest.raises(IntegrityError), transaction.atomic():
        timers.fire_due()
    assert Execution.objects.count() == 1


def test_the_database_refuses_what_comes_before_its_time(make):
    now = schedules.now()
    with pytest.raises(IntegrityError):
        Tick.objects.create(schedule=make(), due_at=now + HOUR, taken_at=now, result="started")


def test_many_schedulers_at_once_take_each_due_time_once(make):
    made = [make(overdue=timedelta(seconds=number)) for number in range(1, 13)]
    ready = threading.Barrier(5)

    def take():
        try:
            ready.wait()
            for _ in range(4):
                timers.fire_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [history(each) for each in made] == [["started"]] * 12
    assert Execution.objects.count() == 12
    assert invariants.check() == []


@pytest.mark.parametrize("moment", ["schedule.taken", "schedule.before_commit", "accept.before"])
def test_what_breaks_on_the_way_leaves_the_due_time_to_the_next(
    make, moment, monkeypatch, tmp_path
):
    schedule = make()
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "hit", failures.Armed(f"{moment}=raise", tmp_path / "report"))
        with pytest.raises(failures.BrokenOnPurposeError):
            timers.fire_due()
    assert (Execution.objects.count(), history(schedule)) == (0, [])
    assert timers.fire_due() == 1
    assert (Execution.objects.count(), history(schedule)) == (1, ["started"])


def test_a_schedule_with_a_fault_keeps_no_other_waiting(make, monkeypatch):
    faulty, later = make(overdue=timedelta(seconds=9)), make()
    start = timers._start

    def broken(schedule, *rest):
        if schedule.pk == faulty.pk:
            raise ZeroDivisionError
        start(schedule, *rest)

    monkeypatch.setattr(timers, "_start", broken)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            timers.fire_due()
        newest = make()  # what becomes due meanwhile does not wait either
        with pytest.raises(ZeroDivisionError):
            timers.fire_due()
        assert history(newest) == ["started"]
    assert (history(faulty), history(later)) == ([], ["started"])
    monkeypatch.setattr(timers, "_start", start)
    timers.fire_due()
    assert history(faulty) == ["started"]


def test_old_history_is_forgotten_and_the_rest_stays(make, settings):
    schedule = make()
    timers.fire_due()
    old = schedules.now() - timedelta(days=settings.HISTORY_DAYS, minutes=1)
    Tick.objects.create(schedule=schedule, due_at=old, taken_at=old, result="missed")
    forget_old()
    assert history(schedule) == ["started"]


@pytest.mark.parametrize(
    ("catch_up", "results"),
    [
        ("none", ["missed", "missed", "missed"]),
        ("latest", ["missed", "missed", "started"]),
        ("all", ["started", "started", "started"]),
    ],
)
def test_what_nobody_was_there_for_is_caught_up_as_the_policy_says(make, catch_up, results):
    schedule = make(overdue=2 * HOUR + timedelta(minutes=5), catch_up=catch_up)
    timers.fire_due()
    assert history(schedule) == results
    assert Execution.objects.count() == results.count("started")
    schedule.refresh_from_db()
    assert schedule.next_due_at > schedules.now()


def test_without_catching_up_what_is_on_time_still_starts(make):
    schedule = make(overdue=HOUR + timedelta(seconds=5), catch_up="none")
    timers.fire_due()
    assert history(schedule) == ["missed", "started"]


@pytest.mark.parametrize(("catch_up", "started"), [("none", 0), ("latest", 1), ("all", 99)])
def test_after_a_long_absence_the_history_stays_small(make, catch_up, started):
    schedule = make(overdue=300 * HOUR + timedelta(minutes=5), catch_up=catch_up)
    timers.fire_due()
    results = history(schedule)
    assert (len(results), results.count("started")) == (100, started)
    assert sum(schedule.ticks.values_list("count", flat=True)) == 301


def test_an_absence_of_years_is_worked_off_in_steps(make, monkeypatch):
    monkeypatch.setattr(timers, "_STEPS", 250)
    schedule = make(overdue=600 * HOUR + timedelta(minutes=5))
    assert timers.fire_due() == 3
    assert history(schedule).count("started") == 1
    assert sum(schedule.ticks.values_list("count", flat=True)) == 601


def test_a_due_time_is_left_out_while_the_last_run_goes_on(make):
    schedule = make(overlap="skip", overdue=HOUR + timedelta(seconds=1), catch_up="all")
    timers.fire_due()
    assert history(schedule) == ["started", "overlapped"]
    services.stop(Execution.objects.get())
    Schedule.objects.update(next_due_at=F("next_due_at") - HOUR + timedelta(seconds=1))
    timers.fire_due()
    assert history(schedule) == ["started", "overlapped", "started"]


def test_a_single_moment_is_over_afterwards(make):
    schedule = make(kind="once", starts_at=schedules.now() + HOUR, every_seconds=0)
    timers.fire_due()
    schedule.refresh_from_db()
    assert (history(schedule), schedule.next_due_at) == (["started"], None)


def test_a_schedule_outlives_runs_that_cannot_start(make, version):
    schedule = make()
    drawing = echo_drawing()
    drawing.nodes["ask"].input_default["name"] = "other"
    graph_services.save_version(graph=version.graph, name="Echo", description="", drawing=drawing)
    timers.fire_due()
    tick = schedule.ticks.get()
    assert (tick.result, tick.execution) == ("refused", None)
    assert 'The input "other" is required' in tick.error
    schedule.refresh_from_db()
    assert schedule.next_due_at > schedules.now()


def test_a_schedule_outlives_an_empty_purse(make, monkeypatch):
    schedule = make()
    User.objects.update(credits=0)
    monkeypatch.setattr("accounts.credits.require_balance", _too_poor)
    timers.fire_due()
    assert history(schedule) == ["refused"]


def _too_poor(user, amount, promised):
    raise InsufficientCreditsError(0, 1)


@pytest.mark.parametrize("change", ["user", "graph", "pause"])
def test_nothing_is_due_for_closed_users_deleted_graphs_and_paused_schedules(
    make, user, version, change
):
    schedule = make()
    if change == "user":
        User.objects.update(is_active=False)
    elif change == "graph":
        graph_services.delete_graph(version.graph, by=version.graph.owner)
    else:
        schedules.set_paused(schedule, True)
    assert (timers.fire_due(), Execution.objects.count()) == (0, 0)


def test_who_resumes_does_not_catch_up(make):
    schedule = make(overdue=5 * HOUR)
    schedules.set_paused(schedule, True)
    resumed = schedules.set_paused(schedule, False)
    assert resumed.next_due_at > schedules.now()
    assert timers.fire_due() == 0


def test_a_pinned_schedule_runs_its_version_and_others_the_active_one(make, user, version):
    schedule = make()
    second = VersionFactory(owner=user).version
    graph_services.save_version(
        graph=version.graph, name="Echo", description="", drawing=echo_drawing()
    )
    pinned = make()
    Schedule.objects.filter(pk=pinned.pk).update(version=1)
    timers.fire_due()
    numbers = {tick.schedule_id: tick.execution.version.version for tick in Tick.objects.all()}
    assert numbers == {schedule.pk: 2, pinned.pk: 1}
    assert second == 1


def test_the_invariants_see_a_due_time_that_came_twice(make):
    schedule = make()
    timers.fire_due()
    tick = schedule.ticks.get()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE triggers_tick DROP CONSTRAINT one_tick_per_due_time")
        cursor.execute("ALTER TABLE triggers_tick DROP CONSTRAINT no_tick_before_its_time")
    try:
        early = tick.due_at + HOUR
        Tick.objects.create(
            schedule=schedule, due_at=tick.due_at, taken_at=tick.taken_at, result="missed"
        )
        Tick.objects.create(
            schedule=schedule, due_at=early, taken_at=tick.taken_at, result="missed"
        )
        found = invariants.check()
    finally:
        Tick.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE triggers_tick ADD CONSTRAINT one_tick_per_due_time UNIQUE (schedule_id, due_at)"
            )
            cursor.execute(
                "ALTER TABLE triggers_tick ADD CONSTRAINT no_tick_before_its_time CHECK (taken_at >= due_at)"
            )
    assert [sentence.partition(": ")[2][:12] for sentence in found] == [
        "took 2 times",
        "took a due t",
    ]

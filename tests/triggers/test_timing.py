"""When schedules are due, through changes of clocks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executions.errors import TimingError
from executions.triggers.timing import Kind, Timing, check

START = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def cron(text, zone="UTC"):
    return Timing(Kind.CRON, START, text, zone)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(timing, start, count):
    return [f"{each:%m-%d %H:%M}" for each in timing.upcoming(utc(start), count)]


def test_what_falls_into_the_lost_hour_is_due_right_after_it():
    assert due(cron("30 2 * * *", BERLIN), "2026-03-28T12:00", 2) == ["03-29 01:00", "03-30 00:30"]


def test_what_falls_into_the_hour_that_comes_twice_is_due_once():
    assert due(cron("30 2 * * *", BERLIN), "2026-10-24T12:00", 2) == ["10-25 00:30", "10-26 01:30"]


@pytest.mark.parametrize("moment", ["2026-10-25T00:30", "2026-10-25T01:10", "2026-10-25T01:29"])
def test_in_the_second_of_the_two_hours_it_is_not_due_again(moment):
    assert due(cron("30 2 * * *", BERLIN), moment, 1) == ["10-26 01:30"]


@pytest.mark.parametrize(
    ("zone", "text", "start", "times"),
    [
        # Half an hour is left out, and comes twice.
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00", ["10-03 15:30", "10-04 15:15"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00", ["04-04 14:45", "04-05 15:15"]),
        # The hour after midnight is left out, and that before it comes twice.
        ("America/Santiago", "30 0 * * *", "2026-09-05T12:00", ["09-06 04:00", "09-07 03:30"]),
        ("America/Santiago", "30 23 * * *", "2026-04-04T12:00", ["04-05 02:30", "04-06 03:30"]),
        # On Sunday 29 March the clocks go ahead from one to two.
        ("Europe/London", "30 1 * * *", "2026-03-28T12:00", ["03-29 01:00", "03-30 00:30"]),
    ],
)
def test_clocks_change_by_other_rules_elsewhere(zone, text, start, times):
    assert due(cron(text, zone), start, 2) == times


@pytest.mark.parametrize("moment", ["2026-03-29T00:00", "2026-10-24T23:30"])
def test_what_is_due_every_half_hour_follows_the_real_time(moment):
    times = cron("*/30 * * * *", BERLIN).upcoming(utc(moment), 8)
    gaps = {after - before for before, after in pairwise(times)}
    assert gaps == {timedelta(minutes=30)}


def test_a_day_at_another_offset_is_counted_in_its_zone():
    timing = cron("0 9 * * 1-5", "America/New_York")
    assert due(timing, "2026-03-06T12:00", 2) == ["03-06 14:00", "03-09 13:00"]


def test_an_interval_knows_no_clocks():
    timing = Timing(Kind.INTERVAL, START, timezone=BERLIN, seconds=86_400)
    assert due(timing, "2026-03-28T12:00", 2) == ["03-29 00:00", "03-30 00:00"]
    assert due(timing, "2025-12-01T12:00", 1) == ["01-01 00:00"]


def test_a_single_moment_comes_once():
    timing = Timing(Kind.ONCE, utc("2026-05-05T05:05"))
    assert due(timing, "2026-01-01T00:00", 5) == ["05-05 05:05"]
    assert due(timing, "2026-05-05T05:05", 5) == []


ZONES = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
CRONS = st.sampled_from(["30 2 * * *", "*/7 * * * *", "0 0 1 * *", "15 1-3 * * 0", "59 23 * * *"])
MOMENTS = st.integers(0, 700 * 86_400).map(lambda passed: START + timedelta(seconds=passed))


@given(ZONES, CRONS, MOMENTS)
def test_due_times_grow_and_are_the_same_from_wherever_one_looks(zone, text, moment):
    timing = cron(text, zone)
    times = timing.upcoming(moment, 4)
    assert times == sorted(set(times))
    assert all(each > moment for each in times)
    assert timing.next(times[0]) == times[1]
    assert timing.next(times[1] - timedelta(microseconds=1)) == times[1]


@pytest.mark.parametrize(
    "text",
    [
        "*/0 * * * *",
        "* * * * * *",
        "@reboot",
        "0 0 31 2 *",
        "* * * *",
        "",
        "60 * * * *",
        "a b c d e",
    ],
)
def test_a_cron_expression_that_cannot_be_is_refused(text):
    with pytest.raises(TimingError) as error:
        check(cron(text), START)
    assert error.value.field == "cron"


@pytest.mark.parametrize(
    ("timing", "field"),
    [
        (cron("0 0 * * *", "Moon/Crater"), "timezone"),
        (cron("0 0 * * *", "../etc/passwd"), "timezone"),
        (Timing(Kind.INTERVAL, START, seconds=59), "every_seconds"),
        (Timing(Kind.INTERVAL, START, seconds=2**31), "every_seconds"),
        (Timing(Kind.ONCE, START), "starts_at"),
        (Timing(Kind.ONCE, datetime.max.replace(tzinfo=UTC)), "starts_at"),
        (Timing(Kind.INTERVAL, datetime.max.replace(tzinfo=UTC), seconds=60), "starts_at"),
        (Timing(Kind.INTERVAL, datetime.min.replace(tzinfo=UTC), seconds=60), "starts_at"),
    ],
)
def test_other_timings_that_cannot_be_are_refused(timing, field):
    with pytest.raises(TimingError) as error:
        check(timing, START)
    assert error.value.field == field

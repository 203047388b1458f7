"""The pages of schedules and presets."""

import pytest
from django.test import Client

from executions.models import Execution
from executions.triggers.models import Preset, Schedule
from tests.factories import PresetFactory, ScheduleFactory
from tests.pages.reading import text_of


@pytest.fixture
def page(user):
    client = Client()
    client.force_login(user)
    return client


FORM = {
    "name": "Every morning",
    "kind": "cron",
    "cron": "30 7 * * *",
    "timezone": "Europe/Berlin",
    "catch_up": "none",
    "overlap": "skip",
    "input-0": "hello",
}


def test_a_schedule_is_made_on_the_page_of_its_graph(page, version):
    answer = page.post(f"/graphs/{version.graph_id}/schedule/", FORM)
    schedule = Schedule.objects.get()
    assert answer.url == f"/schedules/{schedule.pk}/"
    assert (schedule.inputs, schedule.catch_up, schedule.overlap) == (
        {"text": "hello"},
        "none",
        "skip",
    )
    assert "Every morning" in page.get("/schedules/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cron": "*/0 * * * *"}, "This is not a cron expression"),
        ({"kind": "interval", "every_seconds": "5"}, "An interval has 60"),
        ({"kind": "once", "starts_at": "2020-01-01T00:00"}, "This moment has passed"),
        ({"input-0": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(page, version, change, sentence):
    answer = page.post(f"/graphs/{version.graph_id}/schedule/", {**FORM, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Schedule.objects.count() == 0


def test_a_schedule_is_changed_paused_resumed_run_and_deleted(page, user, version):
    schedule = ScheduleFactory(user=user, graph=version.graph)
    address = f"/schedules/{schedule.pk}/"
    page.post(address, {**FORM, "name": "Later"})
    page.post(f"{address}pause/")
    schedule.refresh_from_db()
    assert (schedule.name, schedule.is_paused, schedule.next_due_at) == ("Later", True, None)
    page.post(f"{address}resume/")
    schedule.refresh_from_db()
    assert schedule.next_due_at is not None
    run = page.post(f"{address}run/")
    assert run.url == f"/executions/{Execution.objects.get().pk}/"
    assert "by hand" in page.get(address).content.decode()
    page.post(f"{address}delete/")
    assert Schedule.objects.count() == 0


def test_the_next_times_are_told_in_the_zone_of_the_schedule_too(page, user):
    schedule = ScheduleFactory(user=user, timezone="Asia/Kathmandu")
    told = text_of(page.get(f"/schedules/{schedule.pk}/"))
    assert told.count("1:15 a.m.") == told.count("7 a.m. Asia/Kathmandu") == 5
    Schedule.objects.update(timezone="UTC")
    assert "a.m. UTC" not in text_of(page.get(f"/schedules/{schedule.pk}/"))


def test_a_schedule_that_cannot_run_says_why(page, user, version):
    schedule = ScheduleFactory(user=user, graph=version.graph, inputs={})
    answer = page.post(f"/schedules/{schedule.pk}/run/", follow=True)
    assert "is required" in answer.content.decode()
    assert Execution.objects.count() == 0


def test_the_run_form_begins_with_a_preset_and_can_keep_one(page, user, version):
    preset = PresetFactory(user=user, graph=version.graph, inputs={"text": "from before"})
    address = f"/graphs/{version.graph_id}/run/"
    assert "from before" in page.get(f"{address}?preset={preset.pk}").content.decode()
    assert "from before" not in page.get(f"{address}?preset=x").content.decode()
    page.post(address, {"input-0": "new", "preset_name": " Mine "})
    kept = Preset.objects.get(name="Mine")
    assert (kept.inputs, Execution.objects.get().inputs) == ({"text": "new"}, {"text": "new"})
    page.post(f"/presets/{kept.pk}/delete/")
    assert list(Preset.objects.all()) == [preset]

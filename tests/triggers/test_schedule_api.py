"""/api/schedules: make them, see what is next and what has been, pause them, run them by hand."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Scope
from executions.models import Execution
from executions.triggers import schedules, timers
from executions.triggers.models import Schedule
from tests.factories import CredentialFactory, ScheduleFactory, VersionFactory

SCHEDULES = "/api/schedules"


@pytest.fixture
def create(api, version):
    def create(client=api, **body):
        fields = {
            "graph_id": str(version.graph_id),
            "name": "Every morning",
            "inputs": {"text": "x"},
            "kind": "cron",
            "cron": "30 7 * * *",
            "timezone": "Europe/Berlin",
        }
        return client.post(SCHEDULES, {**fields, **body})

    return create


def test_a_schedule_tells_its_next_five_due_times(create, api):
    made = create()
    schedule = made.json()
    times = [datetime.fromisoformat(each) for each in schedule["next_times"]]
    assert made.status_code == 201
    assert (len(times), schedule["next_due_at"]) == (5, schedule["next_times"][0])
    assert times == sorted(times)
    assert api.get(f"{SCHEDULES}/{schedule['id']}").json() == schedule
    assert api.get(SCHEDULES).json()["results"] == [schedule]


def test_the_time_zone_is_that_of_the_user_when_none_is_given(api, version, user):
    user.timezone = "Asia/Kolkata"
    user.save()
    body = {"graph_id": str(version.graph_id), "name": "x", "inputs": {"text": "x"}}
    answer = api.post(SCHEDULES, {**body, "kind": "cron", "cron": "0 0 * * *"})
    assert answer.json()["timezone"] == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"cron": "*/0 * * * *"}, "invalid_timing"),
        ({"cron": "* * * * * *"}, "invalid_timing"),
        ({"cron": "@reboot"}, "invalid_timing"),
        ({"cron": "0 0 31 2 *"}, "invalid_timing"),
        ({"timezone": "Moon"}, "invalid_timing"),
        ({"kind": "interval", "every_seconds": 1}, "invalid_timing"),
        ({"kind": "once", "starts_at": "2020-01-01T00:00:00Z"}, "invalid_timing"),
        ({"kind": "sometimes"}, "validation_error"),
        ({"catch_up": "x"}, "validation_error"),
        ({"inputs": {}}, "invalid_graph"),
        ({"inputs": {"text": "x", "colour": "red"}}, "invalid_graph"),
        ({"crom": "x"}, "validation_error"),
    ],
)
def test_what_cannot_be_is_refused(create, body, code):
    answer = create(**body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, code)
    assert Schedule.objects.count() == 0


def test_foreign_graphs_versions_and_credentials_are_refused(create, stranger):
    theirs = VersionFactory(owner=stranger)
    credential = CredentialFactory(user=stranger)
    assert create(graph_id=str(theirs.graph_id)).status_code == 404
    assert create(graph_version=7).status_code == 404
    assert create(credentials_inputs={"http": {"id": str(credential.pk)}}).status_code == 400
    assert Schedule.objects.count() == 0


def test_a_change_counts_from_now_on(create, api):
    id_ = create().json()["id"]
    body = {"name": "Hourly", "inputs": {"text": "y"}, "kind": "interval", "every_seconds": 3600}
    changed = api.put(f"{SCHEDULES}/{id_}", body).json()
    assert (changed["name"], changed["kind"], changed["inputs"]) == (
        "Hourly",
        "interval",
        {"text": "y"},
    )
    due = datetime.fromisoformat(changed["next_due_at"])
    assert timedelta(0) < due - schedules.now() <= timedelta(hours=1)


def test_a_paused_schedule_has_no_next_time_until_it_is_resumed(create, api):
    address = f"{SCHEDULES}/{create().json()['id']}"
    paused = api.post(f"{address}/pause").json()
    assert (paused["is_paused"], paused["next_due_at"], paused["next_times"]) == (True, None, [])
    resumed = api.post(f"{address}/resume").json()
    assert (resumed["is_paused"], len(resumed["next_times"])) == (False, 5)


def test_runs_by_hand_stand_in_the_history_and_move_nothing(create, api):
    schedule = create().json()
    address = f"{SCHEDULES}/{schedule['id']}"
    run = api.post(f"{address}/run").json()
    [tick] = api.get(f"{address}/history").json()["results"]
    assert (tick["execution_id"], tick["is_by_hand"], tick["result"]) == (
        run["id"],
        True,
        "started",
    )
    assert run["source"] == "schedule"
    assert api.get(address).json()["next_due_at"] == schedule["next_due_at"]


def test_the_history_tells_missed_ones(user, version, api):
    due = schedules.now() - timedelta(days=2)
    schedule = ScheduleFactory(user=user, graph=version.graph, next_due_at=due, starts_at=due)
    timers.fire_due()
    found = api.get(f"{SCHEDULES}/{schedule.pk}/history").json()["results"]
    assert [tick["result"] for tick in found][:2] == ["started", "missed"]


def test_deleting_keeps_the_runs(create, api):
    address = f"{SCHEDULES}/{create().json()['id']}"
    api.post(f"{address}/run")
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert Execution.objects.count() == 1


def test_who_may_not_run_graphs_makes_no_schedule(create, key_api):
    writer = key_api(Scope.WRITE_TRIGGERS)
    assert create(writer).status_code == 403
    id_ = create().json()["id"]
    assert writer.post(f"{SCHEDULES}/{id_}/resume").status_code == 403
    assert writer.post(f"{SCHEDULES}/{id_}/run").status_code == 403
    assert writer.post(f"{SCHEDULES}/{id_}/pause").status_code == 200
    assert create(key_api(Scope.WRITE_TRIGGERS, Scope.RUN_GRAPHS)).status_code == 201

"""What is told, to whom, and that it is told once."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import credits
from accounts.models import User
from chaos import failures
from executions import failpoints, services
from executions.bursts import burst, stopping
from executions.engine.status import Status
from executions.models import Execution
from executions.notifications import conditions, spreading
from executions.notifications import services as told
from executions.notifications.models import Dispatch, Mail, Notification
from executions.notifications.wants import Want
from executions.rows.notifications import Event
from executions.triggers import schedules, timers
from executions.triggers.models import Schedule, Tick
from executions.workers import work
from graphs.models import Graph
from tests.executions.scene import drawing, run, save, start
from tests.factories import CredentialFactory, ExecutionFactory, ScheduleFactory

pytestmark = pytest.mark.django_db(transaction=True)

FAILING = drawing({"a": ("test_pure", {"does": "fail"})})
ENDING = drawing({"a": ("test_pure", {})})
ASKING = drawing({"a": ("human_in_the_loop_block", {"name": "Pay?", "data": {"amount": 5}})})


def events():
    return [each.event for each in Notification.objects.order_by("pk")]


def want(user, event, **how):
    told.change_preferences(user, {event: Want(**how)})
    user.refresh_from_db()


def test_a_run_that_fails_is_told_with_its_error(user):
    execution = run(user, FAILING)
    notification = Notification.objects.get()
    assert (notification.event, notification.execution) == ("run.failed", execution)
    assert notification.data == {"error": execution.error}
    assert notification.user == user


def test_a_run_that_ends_well_is_told_to_whoever_asks_for_it(user):
    run(user, ENDING)
    assert events() == []
    want(user, Event.FINISHED)
    run(user, ENDING)
    assert events() == ["run.finished"]


def test_a_run_whose_end_nobody_wants_to_hear_of_costs_no_statement(user):
    execution = start(user, ENDING)
    with CaptureQueriesContext(connection) as queries:
        work.advance(execution.pk)
    assert Execution.objects.get().status == "COMPLETED"
    assert [query for query in queries if "notifications_" in query["sql"]] == []


def test_nothing_is_written_down_for_who_wants_to_hear_nothing(user):
    for event in Event:
        want(user, event, on_page=False)
    for graph in (FAILING, ENDING, ASKING):
        run(user, graph)
    assert events() == []


def test_a_run_that_waits_for_a_person_is_told_with_what_it_asks(user):
    execution = run(user, ASKING)
    [node] = execution.node_executions.all()
    notification = Notification.objects.get()
    assert notification.event == "run.waiting"
    assert notification.data == {"questions": [str(node.pk)], "count": 1}


def test_a_run_that_is_stopped_is_not_told_and_one_that_passes_a_limit_is(user):
    services.stop(run(user, ASKING))
    assert events() == ["run.waiting"]
    stopping.end_now(run(user, ASKING).pk, Status.FAILED, "It took too long")
    assert events() == ["run.waiting", "run.waiting", "run.failed"]


def test_how_a_child_run_ends_is_its_parents_business_and_what_it_asks_is_not(user):
    for graph, expected in ((FAILING, ["run.failed"]), (ASKING, ["run.waiting"])):
        Notification.objects.all().delete()
        child = save(user, graph)
        inputs = {"graph_id": str(child.graph_id)}
        execution = run(user, drawing({"call": ("agent_executor_block", inputs)}))
        work.advance(Execution.objects.get(parent__execution=execution).pk)
        work.fill_slots()
        told_of = Notification.objects.get()
        assert [told_of.event] == expected
        assert (told_of.execution == execution) == (graph is FAILING)


def test_what_is_told_is_rolled_back_with_what_it_tells(user, monkeypatch):
    def kill(name):
        if name == "burst.before_commit":
            raise RuntimeError("killed")

    monkeypatch.setattr(burst.failpoints, "hit", kill)
    with pytest.raises(RuntimeError):
        run(user, FAILING)
    assert events() == []
    monkeypatch.undo()
    work.advance(Execution.objects.get().pk)
    assert events() == ["run.failed"]


def test_a_low_balance_is_told_once(user):
    credits.grant(user, 150 - user.credits)
    credits.spend(user.pk, 60, reference="a")
    credits.spend(user.pk, 10, reference="b")
    conditions.tell_of_credits()
    conditions.tell_of_credits()
    assert [each.data["credits"] for each in Notification.objects.all()] == [90]


def test_a_credential_that_has_expired_is_told_once_for_each_end(user):
    now = timezone.now()
    credential = CredentialFactory(user=user, expires_at=now - timedelta(minutes=1))
    CredentialFactory(user=user, expires_at=now + timedelta(minutes=1), is_default=False)
    CredentialFactory(user=user, expires_at=now, type="oauth2")
    conditions.tell_of_credentials()
    conditions.tell_of_credentials()
    assert [each.data["credential_id"] for each in Notification.objects.all()] == [
        str(credential.pk)
    ]
    credential.expires_at = timezone.now()
    credential.save()
    conditions.tell_of_credentials()
    assert len(events()) == 2


@pytest.fixture
def fire(user, version):
    """Fire a schedule of theirs, after that many failed runs of it."""
    schedule = ScheduleFactory(user=user, graph=version.graph)

    def fire(failed=0, **changes):
        for _ in range(failed):
            moment = schedules.now()
            failure = ExecutionFactory(user=user, version=version, status="FAILED", error="No")
            Tick.objects.create(
                schedule=schedule,
                due_at=moment,
                taken_at=moment,
                result="started",
                execution=failure,
            )
        due = schedules.now()
        Schedule.objects.filter(pk=schedule.pk).update(next_due_at=due, **changes)
        timers.fire_due()
        return events()

    return fire


def test_a_schedule_that_cannot_start_is_told_once(fire):
    assert fire(version=99) == ["schedule.failing"]
    assert fire(version=99) == ["schedule.failing"]
    assert fire(version=None) == ["schedule.failing"]


def test_a_schedule_whose_runs_fail_one_after_the_other_is_told_until_one_ends_well(fire):
    assert fire(failed=2) == []
    assert fire(failed=1) == ["schedule.failing"]
    assert fire(failed=5) == ["schedule.failing"]
    Execution.objects.filter(status="QUEUED").update(status="COMPLETED")
    assert fire() == ["schedule.failing"]
    assert fire(failed=3) == ["schedule.failing"] * 2


def test_where_it_goes_is_what_was_chosen(user, endpoint):
    want(user, Event.FAILED, on_page=True, mail=Mail.AT_ONCE)
    run(user, FAILING)
    assert spreading.spread() == 1
    assert spreading.spread() == 0
    notification = Notification.objects.get()
    assert notification.on_page
    assert {each.endpoint for each in Dispatch.objects.all()} == {endpoint, None}


def test_what_nobody_wants_to_see_any_more_is_forgotten(user):
    run(user, FAILING)
    want(user, Event.FAILED, on_page=False)
    spreading.spread()
    assert events() == []


def test_a_closed_account_is_told_nothing(user, endpoint):
    run(user, FAILING)
    User.objects.filter(pk=user.pk).update(is_active=False)
    spreading.spread()
    assert (events(), Dispatch.objects.count()) == ([], 0)


def test_a_run_of_a_part_of_a_graph_is_not_told(user):
    execution = run(user, FAILING)
    Graph.objects.filter(pk=execution.graph_id).update(trial_of=save(user, ENDING).graph_id)
    spreading.spread()
    assert events() == []


def test_a_digest_tells_in_one_mail_what_came_before_it(user, deliver):
    want(user, Event.FAILED, on_page=False, mail=Mail.DIGEST)
    run(user, FAILING)
    run(user, FAILING)
    spreading.spread()
    spreading.send_digests()
    assert Dispatch.objects.count() == 0
    Notification.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert (spreading.send_digests(), spreading.send_digests()) == (1, 0)
    deliver()
    [message] = mail.outbox
    assert message.subject == "2 notifications of Agentloom"
    assert message.body.count("“Scene” has failed") == 2


def test_a_digest_that_breaks_is_sent_once(user, monkeypatch, tmp_path):
    want(user, Event.FAILED, mail=Mail.DIGEST)
    run(user, FAILING)
    spreading.spread()
    Notification.objects.update(created_at=timezone.now() - timedelta(days=2))
    with monkeypatch.context() as patch:
        armed = failures.Armed("digest.before_commit=raise", tmp_path / "report")
        patch.setattr(failpoints, "hit", armed)
        with pytest.raises(failures.BrokenOnPurposeError):
            spreading.send_digests()
    assert (spreading.send_digests(), spreading.send_digests()) == (1, 0)
    assert Dispatch.objects.count() == 1


def test_a_mail_speaks_the_language_of_its_reader(user, deliver):
    User.objects.filter(pk=user.pk).update(language="zh-hans")
    want(user, Event.FAILED, mail=Mail.AT_ONCE)
    execution = run(user, FAILING)
    deliver()
    [message] = mail.outbox
    assert message.to == [user.email]
    assert message.subject == "“Scene”运行失败"
    assert f"/executions/{execution.pk}/" in message.body


def test_two_who_spread_at_once_send_nothing_twice(user, endpoint):
    for _ in range(5):
        run(user, FAILING)

    def spread():
        spreading.spread()
        connection.close()

    threads = [threading.Thread(target=spread) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spreading.spread()
    assert Dispatch.objects.filter(endpoint=endpoint).count() == 5

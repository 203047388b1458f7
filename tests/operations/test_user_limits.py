"""Operators allow somebody less than others: runs at once, and requests a minute."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.audit.models import Action, AuditEntry
from accounts.errors import TooManyRunsError
from accounts.limits import windows
from accounts.models import User
from blocks.base import Suspend
from executions import services
from executions.models import Execution
from executions.triggers import timers
from executions.triggers.models import Tick
from executions.workers import work
from tests.executions import scene
from tests.executions.scene import drawing, run, save, start
from tests.factories import ScheduleFactory
from tests.operations.test_actions import act

pytestmark = pytest.mark.django_db(transaction=True)

STEP = drawing({"a": ("test_pure", {})})


@pytest.fixture
def limited(user):
    """The user may have one run at once."""
    user.run_limit = 1
    user.save(update_fields=["run_limit"])
    return user


def suspended(value, ports):
    if ports.run.answer is None:
        raise Suspend("timer", seconds=3_600)
    yield "value", value


def test_a_run_more_than_allowed_is_refused_until_another_has_ended(limited, api):
    first = start(limited, STEP)
    path = f"/api/graphs/{first.graph_id}/execute"

    answer = api.post(path, {}, format="json")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (429, "too_many_runs")
    assert "1 run that has not ended" in answer.json()["error"]["message"]

    work.advance(first.pk)
    assert api.post(path, {}, format="json").status_code < 300


def test_a_run_that_waits_counts(limited):
    scene.behaviours["suspended"] = suspended
    run(limited, drawing({"a": ("test_idempotent", {"does": "suspended"})}))

    with pytest.raises(TooManyRunsError):
        start(limited, STEP)


def test_parts_of_a_run_need_no_room_of_their_own(limited):
    child = save(limited, drawing({"out": ("output_block", {"name": "x", "value": 1})}))
    parent = drawing({"call": ("agent_executor_block", {"graph_id": str(child.graph_id)})})
    execution = run(limited, parent)
    work.fill_slots()
    for part in Execution.objects.filter(parent__execution=execution):
        work.advance(part.pk)
    work.fill_slots()

    execution.refresh_from_db()
    assert (execution.status, Execution.objects.count()) == ("COMPLETED", 2)


def test_a_schedule_without_room_says_so_in_its_history(limited):
    start(limited, STEP)
    version = save(limited, STEP)
    due = {"next_due_at": "2026-01-01T00:00Z", "inputs": {}}
    ScheduleFactory(user=limited, graph=version.graph, **due)
    timers.fire_due()

    [tick] = Tick.objects.filter(result=Tick.Result.REFUSED)
    assert "1 run that has not ended" in tick.error


def test_two_at_once_do_not_pass_a_limit_together(limited):
    version = save(limited, STEP)

    def start_another(_):
        try:
            services.start_execution(version=version, user=limited, inputs={})
        except TooManyRunsError:
            return "refused"
        finally:
            connection.close()
        return "started"

    with ThreadPoolExecutor(4) as pool:
        taken = sorted(pool.map(start_another, range(4)))

    assert taken == ["refused"] * 3 + ["started"]


def test_requests_of_all_kinds_count_together(user, api, monkeypatch):
    monkeypatch.setattr(windows, "_PATIENCE", 30)
    User.objects.filter(pk=user.pk).update(rate_limit=3)
    asked = ["/api/graphs", "/api/executions", "/api/blocks", "/api/graphs"]

    assert [api.get(path).status_code for path in asked] == [200, 200, 200, 429]


def test_operators_set_limits_and_the_audit_log_says_which(browser, operator, user):
    act_page = browser.post(
        "/admin/accounts/user/", {"action": "limit", "_selected_action": [str(user.pk)]}
    )
    assert 'name="run_limit"' in act_page.content.decode()

    given = {"action": "limit", "_selected_action": [str(user.pk)]}
    browser.post("/admin/accounts/user/", given | {"run_limit": "5", "rate_limit": ""})

    user.refresh_from_db()
    assert (user.run_limit, user.rate_limit) == (5, None)
    [entry] = AuditEntry.objects.filter(action=Action.ADMIN, details__verb="limit", target=user)
    assert (entry.actor_id, entry.details["limits"]["run_limit"]) == (operator.pk, 5)


def test_a_limit_of_nothing_is_refused(browser, user):
    given = {"action": "limit", "_selected_action": [str(user.pk)], "rate_limit": ""}
    answer = browser.post("/admin/accounts/user/", given | {"run_limit": "0"})

    assert "greater than or equal to 1" in answer.content.decode()
    assert act(browser, "accounts_user", "suspend", user)
    user.refresh_from_db()
    assert user.run_limit is None

"""What operators see and set of how long things are kept."""

import pytest
from django.urls import reverse

from accounts.audit.models import AuditEntry
from executions import outbox
from executions.retention import services, tasks
from executions.retention.models import Policy, Sweep
from tests.factories import UserFactory
from tests.pages.conftest import logged_in

pytestmark = pytest.mark.django_db
SWEEPS = reverse("admin:retention_sweep_changelist")
BEGIN = reverse("admin:retention_sweep_begin")


@pytest.fixture
def operator():
    return UserFactory(role="operator")


def deeds(operator):
    entries = AuditEntry.objects.filter(actor_id=operator.pk, action="admin").order_by("pk")
    return [(entry.details["verb"], str(entry.target).split()[0]) for entry in entries]


def test_operators_set_for_how_long_things_of_somebody_are_kept(operator, user):
    page = logged_in(operator)
    days = {"run_days": "30", "event_days": "", "file_days": ""}

    page.post(reverse("admin:retention_policy_add"), {"user": str(user.pk), **days})
    place = reverse("admin:retention_policy_change", args=[user.pk])
    page.post(place, days | {"event_days": "7"})

    policy = Policy.objects.get()
    assert (policy.user, policy.run_days, policy.event_days) == (user, 30, 7)
    page.post(reverse("admin:retention_policy_delete", args=[user.pk]), {"post": "yes"})
    assert not Policy.objects.exists()
    policies = "retention.Policy"
    assert deeds(operator) == [("add", policies), ("change", policies), ("delete", policies)]


@pytest.mark.parametrize("days", ["0", "-1", "40000", "x"])
def test_days_that_cannot_be_are_refused(operator, user, days):
    given = {"user": str(user.pk), "run_days": days}

    assert logged_in(operator).post(reverse("admin:retention_policy_add"), given).status_code == 200
    assert not Policy.objects.exists()


def test_the_list_says_how_long_things_are_kept_and_what_went(operator, settings):
    settings.RETENTION_RUN_DAYS = 91
    Sweep.objects.create(runs=4711)

    text = logged_in(operator).get(SWEEPS).content.decode()

    assert "91" in text
    assert "4711" in text


def test_the_button_has_a_worker_begin_and_is_written_down(operator, monkeypatch):
    woken = []
    monkeypatch.setattr(outbox, "send_wake_up", lambda *words: woken.append(words))

    assert logged_in(operator).get(BEGIN).status_code == 405
    assert logged_in(operator).post(BEGIN).status_code == 302

    assert [task for task, _ in woken] == [services.SWEEP]
    assert tasks.sweep.name == services.SWEEP
    assert deeds(operator) == [("sweep", "retention")]


def test_nobody_else_begins_it(user, monkeypatch):
    monkeypatch.setattr(outbox, "send_wake_up", lambda *words: pytest.fail("woken"))

    assert logged_in(user).post(BEGIN).status_code == 302
    assert not AuditEntry.objects.filter(action="admin").exists()

"""What operators do with runs, schedules and people in the admin; everything is in the audit log."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import credits
from accounts.audit.models import Action, AuditEntry
from executions.models import Execution, NodeExecution
from executions.workers import recovery, work
from tests.executions.scene import drawing, run, start
from tests.executions.test_recovery import OTHER, claim_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def act(browser, model, action, *rows):
    """Use an action of a list, as an operator does; the messages that follow."""
    answer = browser.post(
        reverse(f"admin:{model}_changelist"),
        {"action": action, "_selected_action": [str(row.pk) for row in rows]},
        follow=True,
    )
    return [str(message) for message in answer.context["messages"]]


def was_audited(operator, action, row):
    entries = AuditEntry.objects.filter(action=Action.ADMIN, actor_id=operator.pk)
    return entries.filter(target__contains=str(row.pk), details__verb=action).exists()


def test_a_run_that_hangs_is_queued_again_and_its_worker_gives_it_up(browser, operator, user):
    execution = start(user, drawing({"do": ("test_idempotent", {})}))
    attempt = claim_elsewhere(execution)

    assert act(browser, "executions_execution", "requeue", execution) == [
        "1 attempt was taken from its worker."
    ]

    found = recovery.take_back_lost()
    assert found.nodes == [attempt.id]
    work.fill_slots()
    node = NodeExecution.objects.get()
    assert (node.status, node.attempts, node.worker == OTHER) == ("COMPLETED", 2, False)
    assert was_audited(operator, "requeue", execution)


def test_what_must_not_happen_twice_is_not_started_again_by_an_operator(browser, user):
    execution = start(user, drawing({"do": ("test_at_most_once", {})}))
    claim_elsewhere(execution)
    NodeExecution.objects.update(effect_started_at="2020-01-01T00:00Z")
    act(browser, "executions_execution", "requeue", execution)

    work.advance(*recovery.take_back_lost().runs)

    assert NodeExecution.objects.get().error_code == "outcome_unknown"


def test_a_run_is_replayed_in_the_name_of_its_user(browser, operator, user):
    execution = run(user, drawing({"a": ("test_pure", {"value": 1})}))
    act(browser, "executions_execution", "replay", execution)

    again = Execution.objects.exclude(pk=execution.pk).get()
    assert (again.user, again.version_id, again.inputs) == (
        user,
        execution.version_id,
        execution.inputs,
    )
    assert was_audited(operator, "replay", execution)


def test_a_replay_that_nobody_can_pay_for_says_so(browser, user):
    execution = start(user, drawing({"a": ("test_paid", {})}))
    credits.grant(user, -user.credits, reference="all")

    [message] = act(browser, "executions_execution", "replay", execution)

    assert "Insufficient balance" in message
    assert Execution.objects.count() == 1


def test_a_person_is_logged_out_everywhere(browser, operator, user):
    client = Client()
    client.force_login(user)
    assert client.get(reverse("executions:list")).status_code == 200

    act(browser, "accounts_user", "sign_out", user)

    assert client.get(reverse("executions:list")).status_code == 302
    assert was_audited(operator, "sign_out", user)

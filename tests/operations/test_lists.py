"""Lists of the admin stay fast: what they ask does not grow with the tables. Measured figures are in docs/operating.md."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import operators
from executions.models import Event, Execution, NodeExecution
from executions.triggers.models import Schedule
from tests.factories import ExecutionFactory, NodeExecutionFactory, ScheduleFactory


def asked(browser, model, **query):
    """The questions of a list about its own table."""
    table = model._meta.db_table
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(
            reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"), query
        )
    assert answer.status_code == 200
    return answer, [each["sql"] for each in queries if f'FROM "{table}"' in each["sql"]]


@pytest.mark.parametrize("model", [Execution, NodeExecution, Event])
def test_a_list_does_not_count_to_the_end(browser, model):
    _answer, questions = asked(browser, model)

    counts = [question for question in questions if "COUNT(" in question]
    assert counts
    assert [question for question in counts if "LIMIT" not in question] == []


@pytest.mark.parametrize("model", [Execution, NodeExecution, Event])
def test_an_id_is_looked_for_by_its_index(browser, model):
    _answer, questions = asked(browser, model, q="6d7e8f90-0000-4000-8000-000000000000")

    assert questions
    assert [question for question in questions if "UPPER" in question] == []


def test_the_id_of_a_run_finds_it_and_its_node_executions(browser):
    node = NodeExecutionFactory()
    NodeExecutionFactory()

    for model in (Execution, NodeExecution):
        answer, _ = asked(browser, model, q=str(node.execution_id))
        assert [
            getattr(row, "execution_id", row.pk) for row in answer.context["cl"].result_list
        ] == [node.execution_id]


def test_values_of_runs_are_not_read_for_lists(browser):
    NodeExecutionFactory()
    for model in (Execution, NodeExecution, Event):
        _answer, questions = asked(browser, model)
        assert [question for question in questions if '"outputs"' in question] == []


def test_a_count_ends(db, monkeypatch):
    monkeypatch.setattr(operators, "_MOST_COUNTED", 2)
    ExecutionFactory.create_batch(3)

    assert operators.BoundedPaginator(Execution.objects.order_by("pk"), 1).count == 2


@pytest.mark.django_db(transaction=True)
def test_operators_pause_and_resume_schedules(browser, version):
    schedule = ScheduleFactory(user=version.graph.owner, graph=version.graph)
    place = reverse("admin:triggers_schedule_changelist")
    for action, is_paused in (("pause", True), ("resume", False)):
        browser.post(place, {"action": action, "_selected_action": [str(schedule.pk)]})
        assert Schedule.objects.get().is_paused is is_paused

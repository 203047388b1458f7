"""The list of runs: its order, and doing something with several of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.models import Execution
from tests.factories import ExecutionFactory
from tests.pages.reading import text_of

pytestmark = pytest.mark.django_db(transaction=True)


def run(user, status="COMPLETED", *, seconds=1, age=0, **more):
    at = timezone.now() - timedelta(minutes=age)
    took = {"started_at": at, "ended_at": at + timedelta(seconds=seconds)}
    return ExecutionFactory(user=user, status=status, created_at=at, **took, **more)


@pytest.mark.parametrize(
    ("order", "wanted"),
    [("", "ab"), ("oldest", "ba"), ("longest", "ba"), ("dearest", "ba"), ("failures", "ba")],
)
def test_runs_are_listed_in_the_order_that_is_asked_for(page, user, order, wanted):
    runs = {"a": run(user), "b": run(user, age=5, seconds=9, cost=3, error_count=1)}
    listed = page.get(f"/executions/?order={order}").context["listing"].page
    assert list(listed) == [runs[name] for name in wanted]


def test_several_runs_are_deleted_and_those_that_go_on_stay(page, user):
    runs = [run(user), run(user), run(user, "RUNNING")]
    given = {"verb": "delete", "row": [each.pk for each in runs]}
    assert "Done with 2 of 3." in text_of(page.post("/executions/several/", given, follow=True))
    assert list(Execution.objects.owned_by(user)) == [runs[2]]


def test_several_runs_are_stopped(page, user):
    runs = [run(user, "RUNNING"), run(user)]
    page.post("/executions/several/", {"verb": "stop", "row": [each.pk for each in runs]})
    assert [Execution.objects.get(pk=each.pk).status for each in runs] == ["CANCELLED", "COMPLETED"]


def test_runs_of_somebody_else_stay_as_they_are(page, stranger):
    other = run(stranger)
    page.post("/executions/several/", {"verb": "delete", "row": [other.pk]})
    other.refresh_from_db()
    assert other.deleted_at is None


@pytest.mark.parametrize("given", [{}, {"verb": "stop"}, {"verb": "burn", "row": ["x"]}])
def test_who_has_chosen_nothing_is_told_so(page, given):
    assert "Choose something of the list first" in text_of(
        page.post("/executions/several/", given, follow=True)
    )

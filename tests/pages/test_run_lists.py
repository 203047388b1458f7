"""The list of runs: its order, and doing something with several of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from executions.models import Execution
from graphs.models import Graph
from tests.factories import ExecutionFactory, VersionFactory
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


def test_why_runs_were_left_out_is_told_and_how_many(page, user):
    deleted, broken = VersionFactory(owner=user), VersionFactory(owner=user)
    Graph.objects.filter(pk=deleted.graph_id).update(deleted_at=timezone.now())
    asks = [run(user, "FAILED", version=broken, inputs={"tea": 1}) for _ in range(2)]
    others = [run(user), run(user, "FAILED", version=deleted)]
    good = run(user, "FAILED", version=broken, inputs={"text": "tea"})
    given = {"verb": "retry", "row": [each.pk for each in (*asks, *others, good)] + [uuid4()]}
    told = text_of(page.post("/executions/several/", given, follow=True))
    assert "Done with 1 of 6." in told
    assert "Left out 1: It has not failed" in told
    assert "Left out 1: Its graph was deleted" in told
    assert "Left out 1: It is not there (any more)" in told
    assert "Left out 2: The input" in told


def test_no_more_than_five_reasons_are_told_apart(page, user):
    version = VersionFactory(owner=user)
    inputs = [{"text": "tea", f"other{n}": 1} for n in range(7)]
    runs = [run(user, "FAILED", version=version, inputs=each) for each in inputs]
    given = {"verb": "retry", "row": [each.pk for each in runs]}
    told = text_of(page.post("/executions/several/", given, follow=True))
    assert "Left out 2 more for other reasons." in told


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

"""The dashboard, the gallery, and the first five minutes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.models import Execution
from executions.workers import work
from graphs.gallery import TEMPLATES
from graphs.models import Graph
from tests.factories import ExecutionFactory, NodeExecutionFactory, VersionFactory
from tests.pages.reading import source_of, text_of
from tests.pages.test_queries import queries

pytestmark = pytest.mark.django_db(transaction=True)


def run(user, status="COMPLETED", *, days=0, seconds=2, **more):
    at = timezone.now() - timedelta(days=days)
    ended = at + timedelta(seconds=seconds)
    return ExecutionFactory(
        user=user, status=status, created_at=at, started_at=at, ended_at=ended, **more
    )


def test_an_empty_account_is_led_to_a_running_agent_in_two_clicks(page, user):
    assert "Begin with a ready agent" in text_of(page.get("/dashboard/"))
    taken = page.post("/graphs/gallery/contacts/", follow=True)
    assert "Press Run" in text_of(taken)
    graph = Graph.objects.get(owner=user)
    fields = {each.html_name: each.value() for each in taken.context["form"]}
    page.post(f"/graphs/{graph.pk}/run/?version=1", fields)
    execution = Execution.objects.get()
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    assert execution.outputs["emails"] == [["ada@example.com", "bo@example.com"]]


def test_the_gallery_shows_every_template(page):
    text = text_of(page.get("/graphs/gallery/"))
    assert [each.slug for each in TEMPLATES.values() if str(each.name) not in text] == []


def test_a_template_that_is_not_there_is_not_found(page):
    assert page.post("/graphs/gallery/nothing/").status_code == 404


def test_it_counts_the_runs_of_thirty_days(page, user):
    run(user, seconds=2, cost=3)
    run(user, days=1, seconds=4)
    run(user, "FAILED", days=1)
    run(user, days=31)
    found = page.get("/dashboard/").context["dashboard"]
    assert (found.runs, found.completed, found.failed) == (3, 2, 1)
    assert (found.success_rate, found.seconds, found.credits) == (66, 3.0, 3)
    assert [(day.completed, day.failed) for day in found.days[-2:]] == [(1, 1), (1, 0)]
    assert found.days[-2].failed_height == 50


def test_without_runs_it_has_no_rates(page, user):
    VersionFactory(owner=user)
    found = page.get("/dashboard/").context["dashboard"]
    assert (found.success_rate, found.seconds) == (None, None)


def test_it_says_what_needs_somebody(page, user):
    failed = run(user, "FAILED", error="The server was away")
    NodeExecutionFactory(execution=run(user, "WAITING"), status="WAITING", waits_for="person")
    answer = page.get("/dashboard/")
    assert "waits for your answer" in text_of(answer)
    assert "The server was away" in text_of(answer)
    assert f"/executions/{failed.pk}/" in source_of(answer)


def test_it_shows_nothing_of_others(page, user, stranger):
    VersionFactory(owner=user)
    run(stranger, "FAILED")
    NodeExecutionFactory(execution=run(stranger, "WAITING"), status="WAITING", waits_for="person")
    found = page.get("/dashboard/").context["dashboard"]
    assert (found.runs, found.attention.is_needed, list(found.recent)) == (0, False, [])


def test_it_costs_the_same_for_any_number_of_runs(page, user):
    run(user, "FAILED")
    with_one = queries(page, "/dashboard/")
    run(user, "FAILED"), run(user)
    assert queries(page, "/dashboard/") == with_one

"""The system page of the admin: whoever opens it finds out what is wrong."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from executions.metrics import reporting, system
from executions.models import Process, Worker
from executions.workers import recovery
from tests.executions.scene import drawing, run, start
from tests.executions.test_recovery import claim_elsewhere
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(browser):
    answer = browser.get("/admin/system/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_operators_find_it_from_the_start_page_and_users_do_not(browser, user):
    assert "/admin/system/" in browser.get("/admin/").content.decode()
    client = Client()
    client.force_login(UserFactory())

    assert client.get("/admin/system/").status_code == 302


def test_it_says_that_no_worker_lives(browser):
    assert "No worker was heard of" in text_of(browser)

    reporting.report(Process.Kind.WORKER)

    assert "No worker was heard of" not in text_of(browser)


def test_it_says_that_no_scheduler_lives(browser):
    assert "No scheduler was heard of" in text_of(browser)

    reporting.report(Process.Kind.SCHEDULER)

    assert "No scheduler was heard of" not in text_of(browser)


def test_it_says_that_clocks_differ(browser):
    gauges = {"agentloom_clock_skew_seconds": 30}
    Process.objects.create(kind="web", host="h", pid=1, version="0", gauges=gauges)

    assert "The clocks of the machines differ" in text_of(browser)


def test_it_says_that_processes_have_different_keys(browser, settings):
    reporting.report(Process.Kind.WEB)
    assert "have different SECRET_KEY" not in text_of(browser)

    ours = Process.objects.get()
    other = reporting._fingerprint() + 1
    Process.objects.create(
        kind="web", host="h", pid=1, version="0", gauges=ours.gauges | {"keys": other}
    )
    assert "have different SECRET_KEY" in text_of(browser)


def test_it_names_a_worker_that_hangs_but_none_that_has_ended(browser):
    ago = timezone.now() - timedelta(minutes=2)
    Worker.objects.create(host="slow", pid=7, lock_key=1, seen_at=ago)
    Worker.objects.create(host="gone", pid=8, lock_key=2, seen_at=ago)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 1)", [recovery.LOCK_CLASS])
        try:
            text = text_of(browser)
        finally:
            cursor.execute("SELECT pg_advisory_unlock_all()")

    assert "The worker slow/7 hangs" in text
    assert "The worker gone/8" not in text


def test_it_says_which_process_is_gone(browser):
    Process.objects.create(
        kind="web", host="h", pid=1, version="0", seen_at=timezone.now() - timedelta(minutes=2)
    )

    assert "<strong>gone</strong>" in text_of(browser)


def test_it_says_that_redis_does_not_answer(browser, settings):
    assert "Redis does not answer" not in text_of(browser)

    cache = settings.CACHES["default"]
    settings.CACHES = {"default": cache | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert "Redis does not answer" in text_of(browser)
    caches.close_all()


def test_it_names_what_waits_and_for_whom(browser, user):
    execution = start(user, drawing({"slow": ("test_idempotent", {})}))
    execution.node_executions.update(queued_at=timezone.now() - timedelta(minutes=5))

    text = text_of(browser)
    assert "Something could have started 5 min" in text
    assert user.email in text
    assert f"/admin/executions/execution/{execution.pk}/change/" in text


def test_it_says_whose_work_fills_the_queue(browser, user):
    many = drawing({str(n): ("test_idempotent", {}) for n in range(3)})
    other = UserFactory()
    start(user, many)
    start(other, drawing({"a": ("test_idempotent", {})}))
    claim_elsewhere(start(other, drawing({"a": ("test_idempotent", {})})))

    shares = system.look().now.shares

    assert [(each.email, each.ready, each.running, each.percent) for each in shares] == [
        (user.email, 3, 0, 75),
        (other.email, 1, 1, 25),
    ]
    assert "75 %" in text_of(browser)


def test_nobody_has_a_share_of_an_empty_queue(user):
    claim_elsewhere(start(user, drawing({"a": ("test_idempotent", {})})))
    now = system.look().now

    assert (now.shares, now.queued_users, now.largest_share) == ([], 0, 0)


def test_it_names_blocks_that_fail_and_how_long_they_take(user):
    run(user, drawing({"a": ("test_pure", {"does": "fail"}), "b": ("test_idempotent", {})}))

    seen = system.look()

    [line] = seen.failing
    assert (line.name, line.ended, line.failed, line.failed_share) == ("Pure", 1, 1, 100)
    assert [line.name for line in seen.slow] == ["Idempotent"]
    assert (seen.ended, seen.failed, seen.bars[-1].bad + seen.bars[-2].bad) == (1, 1, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_questions_however_much_there_is(user, count, django_assert_num_queries):
    for _ in range(count):
        start(user, drawing({"a": ("test_idempotent", {})}))
        run(user, drawing({"b": ("test_pure", {})}))
    with django_assert_num_queries(15):
        system.look()

"""What is sent arrives, signed; what fails comes again; a kill loses nothing."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now
from django.utils import timezone

from blocks.adapters.http import GuardedHttp
from chaos import failures
from executions import failpoints
from executions.notifications import sending, services, spreading
from executions.notifications.models import Dispatch, Endpoint, Notification
from executions.webhooks import signing
from tests.blocks.adapters.site import Answer
from tests.executions.scene import drawing, run
from tests.notifications.conftest import SECRET
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

FAILING = drawing({"a": ("test_pure", {"does": "fail"})})


def expected_signature(seen):
    """As https://www.standardwebhooks.com describes it, worked out here."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    content = b".".join(
        [seen.headers["webhook-id"].encode(), seen.headers["webhook-timestamp"].encode(), seen.body]
    )
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def test_what_is_posted_is_signed_and_says_what_happened(user, endpoint, receiver, deliver):
    receiver.says("/hook", Answer(204))
    execution = run(user, FAILING)
    [dispatch] = deliver()
    [seen] = receiver.seen
    assert (dispatch.status, seen.method) == ("sent", "POST")
    assert seen.headers["webhook-signature"] == expected_signature(seen)
    body = json.loads(seen.body)
    assert body["type"] == "run.failed"
    assert body["data"]["execution_id"] == str(execution.pk)
    assert body["data"]["graph_name"] == "Scene"
    assert body["data"]["error"] == execution.error
    message = signing.Message(seen.headers, seen.body)
    now = timezone.now().timestamp()
    assert signing.identified(signing.Style.STANDARD, SECRET, message, now) == str(dispatch.pk)


def test_what_fails_comes_again_with_the_same_id_and_body(user, endpoint, receiver, deliver):
    receiver.says("/hook", Answer(500, body=b"busy"), Answer(302), Answer(200))
    run(user, FAILING)
    [dispatch] = deliver()
    assert (dispatch.status, dispatch.attempts) == ("queued", 1)
    assert dispatch.log[0]["status"] == 500
    assert dispatch.log[0]["error"] == "The server answered 500 busy"
    assert dispatch.due_at > timezone.now() + timedelta(seconds=3)
    assert Endpoint.objects.get().failing_since is not None
    deliver()
    [dispatch] = deliver()
    assert (dispatch.status, dispatch.attempts, len(dispatch.log)) == ("sent", 3, 3)
    assert len({(seen.headers["webhook-id"], seen.body) for seen in receiver.seen}) == 1
    assert Endpoint.objects.get().failing_since is None


def test_an_attempt_is_not_made_before_its_time(user, endpoint, receiver, deliver):
    receiver.says("/hook", Answer(500))
    run(user, FAILING)
    deliver()
    assert (sending.count_due(9), sending.claim()) == (0, None)


def test_after_the_last_attempt_it_is_given_up_until_somebody_sends_it_again(
    user, endpoint, receiver, deliver
):
    receiver.says("/hook", Answer(500))
    run(user, FAILING)
    for _ in range(len(sending.PAUSES) + 1):
        [dispatch] = deliver()
    assert (dispatch.status, dispatch.attempts) == ("failed", 9)
    services.resend(dispatch)
    receiver._answers["/hook"] = [Answer(200)]
    [dispatch] = deliver()
    assert (dispatch.status, dispatch.attempts, len(dispatch.log)) == ("sent", 1, 10)


@pytest.mark.parametrize("since", [timedelta(), sending.PATIENCE])
def test_an_endpoint_that_is_gone_or_takes_nothing_for_days_is_paused(
    user, endpoint, receiver, deliver, since
):
    receiver.says("/hook", Answer(500 if since else 410))
    Endpoint.objects.update(failing_since=timezone.now() - since - timedelta(seconds=1))
    run(user, FAILING)
    [dispatch] = deliver()
    assert Endpoint.objects.get().is_paused
    assert dispatch.status == ("queued" if since else "failed")
    assert sending.claim() is None


def test_a_private_address_is_refused_while_sending_too(monkeypatch, receiver, endpoint):
    monkeypatch.setattr(sending, "http", GuardedHttp)
    dispatch = services.try_out(endpoint)
    sending.send(sending.claim())
    dispatch.refresh_from_db()
    assert receiver.seen == []
    assert "127.0.0.1" in dispatch.log[0]["error"]


def test_slow_servers_of_one_user_keep_nobody_else_waiting(user, stranger, endpoint):
    mine = services.try_out(endpoint)
    services.try_out(endpoint)
    other = Dispatch.objects.create(user=stranger, body="x")
    assert sending.claim() == mine
    assert sending.claim([user.pk]) == other
    assert sending.claim([user.pk, stranger.pk]) is None


def test_who_comes_back_too_late_changes_nothing(user, endpoint, receiver):
    receiver.says("/hook", Answer(200))
    services.try_out(endpoint)
    late = sending.claim()
    Dispatch.objects.update(due_at=Now())
    sending.send(sending.claim())
    sending.send(late)
    dispatch = Dispatch.objects.get()
    assert (dispatch.fence, len(dispatch.log), dispatch.status) == (2, 1, "sent")


def test_a_mail_that_is_refused_comes_again(user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    Dispatch.objects.create(user=user, subject="x", body="y")
    sending.send(sending.claim())
    dispatch = Dispatch.objects.get()
    assert dispatch.status == "queued"
    assert dispatch.log[0]["error"] == "The mail server did not take it: ConnectionRefusedError"


def test_a_mail_has_the_same_id_in_every_attempt(user):
    dispatch = Dispatch.objects.create(user=user, subject="x", body="y")
    for _ in range(2):
        Dispatch.objects.update(status="queued", due_at=Now())
        sending.send(sending.claim())
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert ids == {f"<{dispatch.pk}@localhost>"}


@pytest.mark.processes
def test_a_worker_that_is_killed_while_it_sends_is_taken_over_from(
    user,
    endpoint,
    receiver,
    workers,
):
    receiver.says("/hook", Answer(holds=True), Answer(200))
    [first] = workers(1)
    run(user, FAILING)
    until(lambda: len(receiver.seen) == 1)
    first.kill()
    first.wait()
    assert Dispatch.objects.get().status == "queued"
    Dispatch.objects.update(due_at=Now())
    workers(1)
    until(lambda: Dispatch.objects.get().status == "sent")
    assert len({seen.headers["webhook-id"] for seen in receiver.seen}) == 1
    assert Notification.objects.count() == 1
    assert spreading.spread() == 0


@pytest.mark.parametrize("moment", ["spread.before_commit", "dispatch.claimed", "dispatch.sent"])
def test_what_breaks_on_the_way_loses_nothing_and_repeats_only_the_id(
    user, endpoint, receiver, deliver, moment, monkeypatch, tmp_path
):
    receiver.says("/hook", Answer(200))
    run(user, FAILING)
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "hit", failures.Armed(f"{moment}=raise", tmp_path / "report"))
        with pytest.raises(failures.BrokenOnPurposeError):
            deliver()
    deliver()
    assert Dispatch.objects.get().status == "sent"
    assert len({seen.headers["webhook-id"] for seen in receiver.seen}) == 1
    assert len(receiver.seen) == (2 if moment == "dispatch.sent" else 1)
    assert Notification.objects.count() == 1

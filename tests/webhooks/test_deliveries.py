"""Deliveries over HTTP: one run each, whoever sends them how often, and a reason for everything that starts none."""

import json
import threading

import pytest
from django.db import connection
from django.test import override_settings

from accounts.limits.rates import Rate, RouteClass
from accounts.models import User
from accounts.vault.services import rotate_keys
from chaos import failures
from executions import failpoints
from executions.models import Execution, Source
from executions.triggers import keeping
from executions.webhooks import receiving, services
from executions.webhooks.models import Delivery, Webhook
from executions.webhooks.services import access_of
from executions.webhooks.tasks import forget_old
from executions.workers import work
from graphs import services as graph_services
from graphs import spec
from tests.api_client import Client
from tests.factories import VersionFactory
from tests.webhooks.senders import github, standard

pytestmark = pytest.mark.django_db(transaction=True)
BODY = b'{"text": "hello", "sender": "somebody"}'


def log(webhook):
    return list(
        webhook.deliveries.order_by("received_at", "pk").values_list("result", "error", "count")
    )


def test_a_delivery_starts_a_run_with_what_the_graph_takes(make, deliver):
    webhook = make(signature="none")
    answer = deliver(webhook, BODY)
    execution = Execution.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {
        "result": "started",
        "execution_id": str(execution.pk),
        "status": "QUEUED",
        "is_copy": False,
        "outputs": None,
    }
    assert (execution.source, execution.inputs) == (Source.WEBHOOK, {"text": "hello"})
    assert log(webhook) == [("started", "", 1)]


def test_a_webhook_trigger_gets_the_whole_payload(make, deliver, user):
    drawing = spec.Graph(
        nodes={
            "hook": spec.Node("hook", "webhook_trigger_block", {"constants": {"shop": "north"}}),
            "tell": spec.Node("tell", "output_block", {"name": "order"}),
            "shop": spec.Node("shop", "output_block", {"name": "shop"}),
        },
        links=(
            spec.Link("1", "hook", "payload_#_text", "tell", "value"),
            spec.Link("2", "hook", "constants_#_shop", "shop", "value"),
        ),
    )
    webhook = make(version=VersionFactory(owner=user, drawing=drawing))
    deliver(webhook, BODY)
    execution = Execution.objects.get()
    work.advance(execution.pk)
    execution.refresh_from_db()
    assert execution.inputs == {"payload": json.loads(BODY)}
    assert execution.outputs == {"order": ["hello"], "shop": ["north"]}


def test_no_sender_changes_an_input_that_the_owner_has_fixed(make, deliver):
    deliver(make(inputs={"text": "fixed"}), BODY)
    assert Execution.objects.get().inputs == {"text": "fixed"}


def test_signed_deliveries_are_taken_once_also_without_redis(make, deliver, now, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    webhook = make(signature="standard")
    headers = standard(BODY, "msg_1", now)
    first, second = deliver(webhook, BODY, **headers), deliver(webhook, BODY, **headers)
    assert (first.status_code, second.status_code) == (202, 200)
    assert second.json()["is_copy"]
    assert first.json()["execution_id"] == second.json()["execution_id"]
    assert deliver(webhook, BODY, **standard(BODY, "msg_2", now)).status_code == 202
    assert Execution.objects.count() == 2


def test_a_copy_of_what_github_signed_starts_nothing_whatever_its_id(make, deliver):
    webhook = make(signature="github")
    deliver(webhook, BODY, **github(BODY, delivery="a"))
    assert deliver(webhook, BODY, **github(BODY, delivery="b")).json()["is_copy"]
    assert Execution.objects.count() == 1


@pytest.mark.parametrize("signature", ["standard", "github"])
def test_without_a_good_signature_nothing_starts(make, deliver, now, signature):
    webhook = make(signature=signature)
    wrong = standard(BODY, "1", now, key=b"another") | github(BODY, key=b"another")
    for headers in ({}, wrong):
        answer = deliver(webhook, BODY, **headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["error_code"] == "invalid_signature"
    assert Execution.objects.count() == 0
    assert {result for result, *_ in log(webhook)} == {"refused"}


def test_what_is_refused_often_has_one_row(make, deliver):
    webhook = make(signature="github")
    for _ in range(5):
        deliver(webhook, BODY)
    [(result, _error, count)] = log(webhook)
    assert (result, count) == ("refused", 5)


def test_two_at_once_are_one_run(make, deliver, now):
    webhook = make(signature="standard")
    headers, answers, ready = standard(BODY, "msg_1", now), [], threading.Barrier(4)

    def send():
        try:
            ready.wait()
            answers.append(deliver(webhook, BODY, **headers))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 202]
    assert len({answer.json()["execution_id"] for answer in answers}) == 1
    assert Execution.objects.count() == 1


def test_what_breaks_on_the_way_leaves_nothing_and_may_come_again(
    make, deliver, now, monkeypatch, tmp_path
):
    webhook = make(signature="standard")
    headers = standard(BODY, "msg_1", now)
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "hit", failures.Armed("accept.before=raise", tmp_path / "report"))
        assert deliver(webhook, BODY, **headers).status_code == 500
    assert (Execution.objects.count(), log(webhook)) == (0, [])
    assert deliver(webhook, BODY, **headers).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b'"text"', 400, "invalid_json"),
        (b'{"text": "\\u0000"}', 400, "json_nul"),
        (b'{"text":' + b"[" * 60 + b"]" * 60 + b"}", 400, "json_too_deep"),
        (b'{"other": 1}', 400, "invalid_graph"),
        (b'{"text": "' + b"x" * 1_000_000 + b'"}', 413, "body_too_large"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_with_a_reason(make, deliver, body, status, code):
    answer = deliver(make(), body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (status, code)
    assert Execution.objects.count() == 0


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_only_json_is_taken(make, deliver, kind):
    assert deliver(make(), BODY, kind).status_code == 415
    assert deliver(make(), BODY, "application/cloudevents+json; charset=utf-8").status_code == 202


def test_a_list_arrives_as_its_items(make, deliver):
    webhook = make(condition="items[1] == `2`", inputs={"text": "x"})
    assert deliver(webhook, [1, 2]).json()["result"] == "started"


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ("", "started"),
        ("text == 'hello'", "started"),
        ("text == 'bye'", "filtered"),
        ("missing", "filtered"),
        ("length(text) > `3` && contains(sender, 'some')", "started"),
        ("`0`", "started"),
    ],
)
def test_the_condition_decides(make, deliver, condition, result):
    answer = deliver(make(condition=condition), BODY)
    assert answer.json()["result"] == result
    assert answer.status_code == (202 if result == "started" else 200)
    assert Execution.objects.count() == (result == "started")


def test_a_condition_that_fails_on_what_came_is_said_and_logged(make, deliver):
    webhook = make(condition="length(missing) > `3`")
    assert deliver(webhook, BODY).json()["error"]["error_code"] == "invalid_condition"
    assert [result for result, *_ in log(webhook)] == ["refused"]


def test_a_condition_cannot_take_down_the_server(make, deliver):
    webhook = make(condition="[text,text]" + " | [[@,@][],[@,@][]][]" * 20)
    assert deliver(webhook, {"text": "x" * 1000}).status_code in {200, 202, 400}


def test_a_paused_webhook_refuses_until_it_is_resumed(make, deliver):
    webhook = keeping.set_paused(make(), True)
    answer = deliver(webhook, BODY)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "webhook_paused")
    keeping.set_paused(webhook, False)
    assert deliver(webhook, BODY).status_code == 202


def test_nobody_answers_at_what_is_closed(make, deliver, user):
    webhook = make()
    token = access_of(webhook).token
    assert Client().post("/api/hooks/no-such-token", {}).status_code == 404
    assert Client().get(f"/api/hooks/{token}").status_code == 405
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert deliver(webhook, BODY).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=True)
    graph_services.delete_graph(webhook.graph, by=webhook.graph.owner)
    assert deliver(webhook, BODY).status_code == 404
    assert Execution.objects.count() == 0


def test_who_cannot_pay_gets_a_402_and_a_line_in_the_log(make, deliver, user):
    drawing = spec.Graph(
        nodes={"ask": spec.Node("ask", "llm_call_block", {"prompt": "hello"})}, links=()
    )
    webhook = make(version=VersionFactory(owner=user, drawing=drawing))
    User.objects.filter(pk=user.pk).update(credits=0)
    assert deliver(webhook, {}).status_code == 402
    assert "Insufficient balance" in log(webhook)[0][1]


def test_the_old_address_and_secret_count_no_more_after_a_renewal(make, deliver, now):
    webhook = make(signature="standard")
    before = access_of(webhook)
    renewed = services.renew(webhook)
    assert Client().post(f"/api/hooks/{before.token}", {}).status_code == 404
    assert deliver(renewed, BODY, **standard(BODY, "1", now)).status_code == 401


def test_deliveries_of_one_webhook_are_counted_together(make, deliver, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, RouteClass.WEBHOOK: Rate(2, 60)}
    webhook = make()
    places = [f"203.0.113.{number}" for number in range(3)]
    statuses = [deliver(webhook, BODY, place=place).status_code for place in places]
    assert statuses == [202, 202, 429]


def test_the_secret_is_encrypted_and_moves_with_the_keys(make):
    webhook = make()
    access = access_of(webhook)
    row = Webhook.objects.values().get()
    assert not any(
        access.token in str(value) or access.secret in str(value) for value in row.values()
    )
    assert rotate_keys() == []
    webhook.refresh_from_db()
    assert webhook.secret != row["secret"]
    assert access_of(webhook) == access


def test_old_deliveries_are_forgotten(make, deliver, settings):
    webhook = make()
    deliver(webhook, BODY)
    forget_old()
    assert Delivery.objects.count() == 1
    with override_settings(HISTORY_DAYS=-1):
        forget_old()
    assert Delivery.objects.count() == 0


def test_trying_by_hand_needs_no_signature_and_keeps_to_the_condition(make):
    webhook = make(signature="github", condition="text")
    assert receiving.try_out(webhook, {"text": "x"}).delivery.execution
    assert receiving.try_out(webhook, {}).delivery.execution is None
    assert [row.is_test for row in Delivery.objects.all()] == [True, True]

"""Search, notifications and signed calls: what is sent, and what is made of hostile answers."""

import base64
import hashlib
import hmac
import json

import pytest

from blocks.base import BlockError
from blocks.credentials import CredentialType, Secret
from blocks.library.http_calls import signature
from tests.blocks.ports import NOW, answering, run_block

REFERENCE = {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"}


def key(provider, value, *hosts):
    return Secret(provider, CredentialType.API_KEY, hosts, {"api_key": value})


def asked(block_id, given, *answers, secret=None):
    script = answering(*answers)
    script.secret = secret
    if secret:
        given = {**given, "credentials": REFERENCE}
    run_block(block_id, given, script)
    return script.asked


def refusal_of(block_id, given, *answers, secret=None):
    with pytest.raises(BlockError) as refusal:
        asked(block_id, given, *answers, secret=secret)
    return refusal.value


def test_a_signature_is_that_of_the_standard():
    raw = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    expected = hmac.new(raw, b'msg_1.1614265330.{"a":1}', hashlib.sha256).digest()
    assert signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_1", "1614265330", b'{"a":1}'
    ) == (f"v1,{base64.b64encode(expected).decode()}")


def test_a_webhook_is_called_with_its_id_and_the_time():
    secret = key("webhook", "a key", "example.com:8443")
    [call] = asked(
        "call_signed_webhook_block",
        {"url": "https://example.com:8443/hook", "payload": {"a": "茶"}},
        {"status": 200},
        secret=secret,
    )
    moment = str(int(NOW.timestamp()))
    assert call["headers"] == {
        "Content-Type": "application/json",
        "Webhook-Id": "test",
        "Webhook-Timestamp": moment,
        "Webhook-Signature": signature("a key", "test", moment, call["content"]),
    }
    assert json.loads(call["content"]) == {"a": "茶"}


@pytest.mark.parametrize(
    "url",
    ["https://example.com/hook", "http://example.com:8443@evil.example/", "https://[", "ftp://a"],
)
def test_a_webhook_elsewhere_is_not_called(url):
    secret = key("webhook", "a key", "example.com:8443")
    refusal = refusal_of("call_signed_webhook_block", {"url": url, "payload": {}}, secret=secret)
    assert refusal.code == "credential_host_refused"


@pytest.mark.parametrize(
    ("service", "host", "message"),
    [
        ("slack", "hooks.slack.com", {"text": "@all"}),
        ("discord", "discord.com", {"content": "@all", "allowed_mentions": {"parse": []}}),
    ],
)
def test_a_chat_gets_the_message_in_its_own_form(service, host, message):
    secret = key(f"{service}_webhook", f"https://{host}/hooks/x", host)
    given = {"service": service, "text": "@all"}
    [call] = asked("send_chat_webhook_block", given, {"status": 204}, secret=secret)
    assert (call["url"], json.loads(call["content"])) == (f"https://{host}/hooks/x", message)


def test_the_token_of_a_telegram_bot_cannot_lead_elsewhere():
    secret = key("telegram", "1:a/../../x?", "api.telegram.org")
    given = {"chat_id": 1, "text": "a"}
    assert refusal_of("send_telegram_message_block", given, secret=secret).code == "bad_key"


def test_a_slack_message_leaves_out_what_is_not_given():
    secret = key("slack", "xoxb", "slack.com")
    answer = {"status": 200, "body": '{"ok": true}'}
    given = {"channel": "C1", "text": "a"}
    [call] = asked("send_slack_message_block", given, answer, secret=secret)
    assert json.loads(call["content"]) == {
        "channel": "C1",
        "text": "a",
        "unfurl_links": True,
        "mrkdwn": True,
    }
    assert call["credential"] is secret


SEARCH = {"query": "tea & cake", "endpoint": "https://search.example.com/"}


def test_a_search_is_escaped():
    [call] = asked("web_search_block", SEARCH, {"status": 200, "body": "{}"})
    assert call["url"] == "https://search.example.com/search?q=tea+%26+cake&format=json"
    [call] = asked("search_the_web_block", {"query": "a/b?c"}, {"status": 200})
    assert call["url"] == "https://s.jina.ai/a%2Fb%3Fc"


def ok(value):
    return {"status": 200, "body": json.dumps(value)}


@pytest.mark.parametrize(
    "answer", [[], "a", None, {"results": 1}, {"results": [1, None, {}]}, {"web": []}]
)
def test_an_answer_of_another_form_gives_no_results(answer):
    script = answering(ok(answer))
    [*_, (pin, results)] = run_block("web_search_block", SEARCH, script)
    assert pin == "results"
    assert all(set(each) == {"title", "url", "snippet"} for each in results)


@pytest.mark.parametrize(
    ("block_id", "given"),
    [
        ("web_search_block", SEARCH),
        ("get_weather_information_block", {"location": "Paris"}),
        ("graphql_request_block", {"url": "https://example.com", "query": "{a}"}),
        ("send_ntfy_block", {"topic": "tea", "message": "a"}),
    ],
)
@pytest.mark.parametrize("body", ["", "<html>", "[" * 100_000, '{"a": NaN}', b"\xff"])
def test_an_answer_that_is_no_json_is_a_failure_with_a_sentence(block_id, given, body):
    refusal = refusal_of(block_id, given, {"status": 200, "body": body})
    assert refusal.code == "bad_answer"


@pytest.mark.parametrize(
    "body", [[], {"results": [7]}, {"results": [{"latitude": "x"}]}, {"results": {}}]
)
def test_a_place_of_another_form_is_not_found(body):
    refusal = refusal_of("get_weather_information_block", {"location": "Paris"}, ok(body))
    assert refusal.code in {"not_found", "bad_answer"}


def test_a_download_is_named_by_its_address_or_as_asked():
    script = answering({"status": 200, "body": "x"}, {"status": 200, "body": "x"})
    run_block("download_file_block", {"url": "https://example.com/a%20b.csv?x"}, script)
    run_block("download_file_block", {"url": "https://example.com/", "name": "c.txt"}, script)
    assert [file.name for file in script.files.list("", 9)] == ["a b.csv", "c.txt"]

"""Every error has its answer, and every answer its one shape."""

import logging

import pytest
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework import exceptions as api_errors

from accounts.errors import (
    AccountError,
    InsufficientCreditsError,
    PasskeyError,
    RunRefusedError,
)
from blocks.base import BlockError
from config import errors
from config.errors import ERRORS, exception_handler
from config.severity import Category, Severity
from executions.errors import ExecutionError, StorageError, WatchError
from executions.published.errors import NoChatError, PageClosedError
from graphs.errors import GraphError, InvalidGraphError
from graphs.json_text import JsonError

NOT_OVER_HTTP = {
    # Said in WebSocket messages and on pages.
    *(WatchError, PageClosedError, NoChatError, PasskeyError),
    *(StorageError, RunRefusedError),  # raised as one of their kinds
}


def families(*bases):
    for base in bases:
        for cls in base.__subclasses__():
            if cls.__module__.partition(".")[0] in {"accounts", "graphs", "executions", "config"}:
                yield cls
                yield from families(cls)


def framework_errors():
    found = {
        each
        for each in vars(api_errors).values()
        if isinstance(each, type) and issubclass(each, api_errors.APIException)
    }
    return sorted(found - {api_errors.APIException}, key=lambda each: each.__name__)


@pytest.mark.parametrize(
    "cls", [*families(AccountError, GraphError, ExecutionError), *framework_errors()]
)
def test_every_error_has_a_row_of_its_own(cls):
    assert cls in ERRORS or cls in NOT_OVER_HTTP


def test_codes_say_what_happened_in_one_way():
    for answer in ERRORS.values():
        assert answer.code.replace("_", "").isalpha()
        assert answer.code.islower()
        assert answer.severity in Severity
        assert answer.category in Category


@pytest.fixture
def answer_of():
    """Let the handler answer an error."""

    def answer_of(error):
        request = RequestFactory().get("/api/graphs")
        request.META["REQUEST_ID"] = "abc"
        return exception_handler(error, {"request": request})

    return answer_of


def test_an_answer_has_the_envelope(answer_of):
    answer = answer_of(InsufficientCreditsError(1, 5))
    sentence = "Insufficient balance: you have 1 credits and need 5."
    timestamp = answer.data["error"].pop("timestamp")
    assert timestamp.tzinfo is not None
    assert (answer.status_code, answer.data) == (
        402,
        {
            "success": False,
            "error": {
                "error_code": "insufficient_credits",
                "message": sentence,
                "severity": "medium",
                "category": "business",
                "details": {},
            },
            "detail": sentence,
        },
    )


def test_a_wrong_graph_is_told_by_node(answer_of):
    node_errors = {"a": {"prompt": "a needs a prompt"}}
    answer = answer_of(InvalidGraphError("a needs a prompt", node_errors))
    assert answer.data["detail"] == {
        "type": "validation_error",
        "message": "a needs a prompt",
        "node_errors": node_errors,
    }
    assert answer.data["error"]["details"] == {"node_errors": node_errors}


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        ("Wrong", "Wrong"),
        ({"name": ["Too long."]}, "name: Too long."),
        ({"non_field_errors": ["No object."]}, "No object."),
        ({"limits": {"seconds": ["Too many."]}}, "limits.seconds: Too many."),
    ],
)
def test_a_wrong_field_is_told_in_a_sentence(answer_of, detail, message):
    assert answer_of(api_errors.ValidationError(detail)).data["detail"] == message


@pytest.mark.parametrize(
    "error", [BlockError("x", code="invalid_input"), JsonError("invalid_input", "x")]
)
def test_an_error_with_a_code_is_told_with_that_code(answer_of, error):
    assert answer_of(error).data["error"]["error_code"] == "invalid_input"


@pytest.mark.parametrize("error", [RuntimeError("the secret is 42"), KeyError("secret")])
def test_what_nobody_expected_says_nothing_internal_and_is_logged(answer_of, caplog, error):
    with caplog.at_level(logging.ERROR):
        answer = answer_of(error)
    assert (answer.status_code, answer.data["error"]["error_code"]) == (500, "internal_error")
    assert "secret" not in str(answer.data)
    assert answer.data["error"]["details"] == {"request_id": "abc"}
    assert "Request abc failed" in caplog.text
    assert "secret" in caplog.text


@pytest.mark.parametrize("cls", [OperationalError, InterfaceError, RedisConnectionError])
def test_a_server_that_is_down_is_503_and_worth_another_try(answer_of, cls):
    answer = answer_of(cls("connection to 10.0.0.1 failed"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "10.0.0.1" not in str(answer.data)


def test_a_throttled_request_is_told_when_to_come_back(answer_of):
    answer = answer_of(api_errors.Throttled(wait=7))
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")


@pytest.mark.parametrize("error", [SuspiciousOperation("../x"), DisallowedHost("evil")])
def test_a_suspicious_request_is_not_repeated_to_its_sender(answer_of, error):
    answer = answer_of(error)
    assert (answer.status_code, answer.data["detail"]) == (400, "This request cannot be accepted")


def test_outside_of_views_the_api_answers_in_json():
    request = RequestFactory().get("/api/graphs")
    answers = [
        errors.unknown_path(request),
        errors.bad_request(request, SuspiciousOperation()),
        errors.server_error(request),
    ]
    assert [answer.status_code for answer in answers] == [404, 400, 500]
    assert {answer["Content-Type"] for answer in answers} == {"application/json"}


@pytest.mark.parametrize("path", ["/", "/api/graphs", "/metrics"])
@pytest.mark.parametrize(
    ("error", "status", "wait"), [(OperationalError, 503, "5"), (KeyError, 500, None)]
)
def test_outside_of_views_a_server_that_is_away_is_no_fault_of_ours(path, error, status, wait):
    def fail():
        raise error("What nobody else needs to read")

    try:
        fail()
    except error:
        answer = errors.server_error(RequestFactory().get(path))

    assert (answer.status_code, answer.get("Retry-After")) == (status, wait)
    assert b"What nobody" not in answer.content


def test_outside_of_the_api_errors_are_pages():
    request = RequestFactory().get("/")
    for answer in (errors.bad_request(request, Http404()), errors.server_error(request)):
        assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("code", "severity", "category"),
    [
        ("timeout", "medium", "network"),
        ("ssrf_blocked", "medium", "auth"),
        ("invalid_input", "low", "validation"),
        ("resource_limit", "medium", "resource"),
        ("sandbox_unavailable", "high", "system"),
        ("a_code_of_its_own", "low", "business"),
    ],
)
def test_a_failure_of_a_block_says_how_bad_it_is_and_why(answer_of, code, severity, category):
    error = answer_of(BlockError("No", code=code)).data["error"]
    assert (error["severity"], error["category"]) == (severity, category)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "There is nothing here that you may see"), ("zh-hans", "这里没有您可以查看的内容")],
)
def test_a_refusal_is_told_in_the_language_that_the_client_asks_for(language, sentence):
    answer = Client(headers={"Accept-Language": language}).get("/api/nowhere")
    assert answer.json()["error"]["message"] == sentence
    assert answer.json()["error"]["error_code"] == "not_found"


@pytest.mark.django_db
def test_a_conflict_is_told_in_the_language_that_the_client_asks_for(api, version):
    body = {"document": {}, "base_version": 1, "revision": 7}
    answer = api.put(
        f"/api/graphs/{version.graph_id}/draft", body, headers={"accept-language": "zh-hans"}
    )
    assert answer.json()["error"]["message"] == "此图在此期间已在另一个窗口中被更改"

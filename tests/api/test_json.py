"""What is not good JSON is refused with a code that says why; whatever comes, it is never a 500."""

import pytest

from graphs import json_text

GRAPHS = "/api/graphs"


@pytest.fixture
def send(api):
    """POST these bytes."""

    def send(body, content_type="application/json", **headers):
        return api.generic("POST", GRAPHS, body, content_type=content_type, **headers)

    return send


def nested(depth):
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b"", "invalid_graph"),
        (b"NaN", "invalid_json"),
        (b'{"name": Infinity}', "invalid_json"),
        (b'{"name": -Infinity}', "invalid_json"),
        (b'{"name": 1e999}', "invalid_json"),
        (b'{"name": "\xff"}', "invalid_json"),
        (b'{"name": "\\ud800"}', "invalid_json"),
        (b'\xef\xbb\xbf{"name": "x"}', "invalid_json"),
        (b"{'name': 'x'}", "invalid_json"),
        (b'{"name": "x",}', "invalid_json"),
        (b'{"name": "a\\u0000b"}', "json_nul"),
        (b'{"a\\u0000b": 1}', "json_nul"),
        (b'{"name": "a\\\\\\u0000"}', "json_nul"),
        (b'{"name": "a\x00b"}', "invalid_json"),
        (nested(101), "json_too_deep"),
        (nested(990), "json_too_deep"),
        (nested(100_000), "json_too_deep"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "json_too_deep"),
        (b"[18446744073709551616]", "json_number_too_large"),
        (b"[-9223372036854775809]", "json_number_too_large"),
        (b"[" + b"0," * 1_000_000 + b"0]", "json_too_large"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else value,
)
def test_a_body_that_is_no_good_json_is_refused(send, body, code):
    answer = send(body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, code)


def test_a_backslash_before_u0000_is_text():
    assert json_text.read(b'"\\\\u0000"') == "\\u0000"


def test_a_body_at_the_limits_is_read():
    assert json_text.read(nested(100)) is not None
    assert len(json_text.read(b"[" + b"0," * 199_998 + b"0]")) == 199_999


def test_of_a_key_that_is_there_twice_the_last_counts():
    assert json_text.read(b'{"a": 1, "a": 2}') == {"a": 2}


def test_a_body_above_the_limit_is_413(send, settings):
    settings.MAX_BODY_BYTES = 1_000
    answer = send(b'"' + b"x" * 1_000 + b'"')
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (413, "body_too_large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_415(send, content_type):
    assert send(b"{}", content_type).status_code == 415


def test_an_answer_in_another_format_is_406(api):
    assert api.get(GRAPHS, HTTP_ACCEPT="text/html").status_code == 406


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/nothing", "/api/graphs/", "/api/../etc/passwd", "/api/%00", "/api/graphs/%F0"],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
def test_an_address_that_is_not_there_is_404_in_json(anonymous_api, path, method):
    answer = getattr(anonymous_api, method)(path)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (404, "not_found")


def test_a_host_that_is_not_ours_is_400_in_json(anonymous_api):
    answer = anonymous_api.get("/api/user", HTTP_HOST="evil.example")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, "bad_request")
    assert "evil" not in answer.content.decode()


def test_five_thousand_parameters_are_no_problem(api):
    query = "&".join(f"p{number}=1" for number in range(5_000))
    assert api.get(f"{GRAPHS}?{query}").status_code in {200, 400}


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html, */*;q=0.8"])
def test_whoever_takes_json_gets_it(api, accept):
    headers = {} if accept is None else {"accept": accept}
    answer = api.get("/api/graphs", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


def test_whoever_takes_no_json_is_told_so(api):
    answer = api.get("/api/graphs", headers={"accept": "text/csv"})
    assert answer.status_code == 406

"""Web requests: what is sent, and what is refused before anything is sent."""

import re

import pytest

from blocks.base import BlockError
from tests.blocks.ports import answering, run_block

URL = "https://example.com/api"


def sent(**given):
    script = answering(*given.pop("first", []), {"status": 200})
    run_block("send_web_request_block", {"url": URL, **given}, script)
    return script.asked[-1]


def test_a_body_is_sent_as_json():
    request = sent(body={"tea": "茶"}, headers={"X-Key": "1"})
    assert request == {
        "method": "POST",
        "url": URL,
        "headers": {"X-Key": "1", "Content-Type": "application/json"},
        "content": '{"tea": "茶"}'.encode(),
    }


def test_a_content_type_of_ones_own_is_kept():
    request = sent(body={"a": 1}, headers={"content-type": "application/vnd.api+json"})
    assert request["headers"] == {"content-type": "application/vnd.api+json"}


def test_a_body_is_sent_as_a_form():
    request = sent(body={"a": "x y", "b": [1]}, json_format=False)
    assert request["content"] == b"a=x+y&b=%5B1%5D"
    assert request["headers"] == {"Content-Type": "application/x-www-form-urlencoded"}


def test_nothing_is_sent_without_a_body():
    assert sent(method="GET") == {"method": "GET", "url": URL, "headers": {}, "content": None}


def test_files_are_sent_as_a_form_with_the_body_beside_them():
    fetched = {"status": 200, "headers": {"content-type": "image/png"}, "body": b"\x89PNG"}
    request = sent(
        body={"title": "tea"},
        files=["data:text/plain,hi", "https://example.com/a.png"],
        first=[fetched],
    )
    boundary = request["headers"]["Content-Type"].removeprefix("multipart/form-data; boundary=")
    assert request["content"].replace(boundary.encode(), b"B") == (
        b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\ntea\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="file2.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhi\r\n"
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="file3.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n"
        b"--B--\r\n"
    )


@pytest.mark.parametrize("block_id", ["send_web_request_block", "http_get_block"])
@pytest.mark.parametrize(
    "url",
    ["", "example.com", "ftp://example.com", "https://", "https://[::1", "https://a b.com",
     "https://example.com/\r\nX: 1", "javascript:alert(1)", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_not_a_web_address_is_refused(block_id, url):
    with pytest.raises(BlockError, match="is not a web address"):
        run_block(block_id, {"url": url})


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X-A": "1\r\nX-B: 2"}, 'The header "X-A" may not have line breaks'),
        ({"X-A": "1\x00"}, 'The header "X-A" may not have line breaks'),
        ({"X-A\r\nX-B": "1"}, '"X-A\\r\\nX-B" cannot be the name of a header'),
        ({"": "1"}, '"" cannot be the name of a header'),
        ({"Host": "internal"}, 'The header "Host" is set by the connection itself'),
        (
            {"transfer-encoding": "chunked"},
            'The header "transfer-encoding" is set by the connection',
        ),
    ],
)
def test_a_header_that_could_change_the_request_is_refused(headers, message):
    with pytest.raises(BlockError, match=re.escape(message)):
        run_block("http_get_block", {"url": URL, "headers": headers})


@pytest.mark.parametrize(
    ("content_type", "body", "response"),
    [
        ("application/json; charset=utf-8", '{"a": 1}', {"a": 1}),
        ("application/problem+json", "[1]", [1]),
        ("application/json", "not json", "not json"),
        ("text/html", "[1]", "[1]"),
        ("text/plain; charset=gbk", "茶".encode("gbk"), "茶"),
    ],
)
def test_an_answer_is_read_as_the_server_says(content_type, body, response):
    script = answering({"status": 200, "headers": {"content-type": content_type}, "body": body})
    assert run_block("http_get_block", {"url": URL}, script)[0] == ("response", response)


@pytest.mark.parametrize(
    ("status", "pin"),
    [(200, "response"), (204, "response"), (304, "server_error"), (400, "client_error"),
     (499, "client_error"), (500, "server_error")],
)  # fmt: skip
def test_the_status_decides_the_pin(status, pin):
    assert run_block("http_get_block", {"url": URL}, answering({"status": status}))[0][0] == pin

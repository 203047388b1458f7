"""Large bodies are refused at the door of the real application."""

import orjson
import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from config.asgi import application

LIMIT = settings.MAX_BODY_BYTES
PIECE = 1024 * 1024


def request(*headers):
    return ApplicationCommunicator(
        application,
        {
            "type": "http",
            "method": "POST",
            "path": "/api/graphs",
            "raw_path": b"/api/graphs",
            "query_string": b"",
            "headers": [(b"host", b"testserver"), *headers],
        },
    )


async def answer_of(communicator):
    start, body = await communicator.receive_output(), await communicator.receive_output()
    return start["status"], orjson.loads(body["body"])["error"]["error_code"]


@pytest.mark.parametrize("length", [LIMIT + 1, 10**30])
async def test_a_declared_length_above_the_limit_is_refused_without_reading(length):
    communicator = request((b"content-length", str(length).encode()))
    assert await answer_of(communicator) == (413, "body_too_large")


async def test_a_body_that_keeps_coming_is_cut_off():
    communicator = request((b"transfer-encoding", b"chunked"))
    for _ in range(LIMIT // PIECE + 1):
        await communicator.send_input(
            {"type": "http.request", "body": b"x" * PIECE, "more_body": True}
        )
    assert await answer_of(communicator) == (413, "body_too_large")

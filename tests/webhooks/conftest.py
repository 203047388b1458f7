"""Webhooks, and senders that sign what they deliver."""

import json
import time

import pytest

from executions.attempts import world
from executions.webhooks.services import access_of
from tests.api_client import Client
from tests.factories import WebhookFactory
from tests.webhooks.senders import SECRET


@pytest.fixture
def make(user, version):
    """A webhook of the user's graph."""

    def make(**values):
        return WebhookFactory(**{"user": user, "version": version, "secret": SECRET, **values})

    return make


@pytest.fixture
def deliver(db):
    """Send JSON to a webhook, with these headers."""

    def deliver(webhook, body, content_type="application/json", place="127.0.0.1", **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"/api/hooks/{access_of(webhook).token}"
        return Client().generic(
            "POST", address, content, content_type, headers=headers, REMOTE_ADDR=place
        )

    return deliver


@pytest.fixture(autouse=True, scope="session")
def _close_sandbox():
    yield
    world.sandbox().close()


@pytest.fixture
def now():
    return int(time.time())

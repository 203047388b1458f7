"""What Sentry is told."""

import logging
import subprocess

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from config import faults


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self, options=None):
        super().__init__(options)
        self.sent = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope)


@pytest.fixture
def sent(monkeypatch):
    """The events, as Sentry gets them."""
    kept = Kept()
    real = sentry_sdk.init
    monkeypatch.setattr(
        sentry_sdk, "init", lambda *given, **options: real(*given, transport=kept, **options)
    )
    faults.start("https://key@sentry.example/1", "0")
    yield lambda: [envelope.get_event() for envelope in kept.sent]
    real(default_integrations=False)


def test_a_fault_is_told_without_values_and_without_the_request(sent, client, db):
    secret = " ".join(["a", "secret", "value"])  # the source of a frame is told, too
    try:
        int(secret)
    except ValueError:
        logging.getLogger("here").exception("Work on %s failed", secret, extra={"about": secret})

    [event] = sent()
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["logentry"] == {"message": "Work on %s failed"}
    assert secret not in str(event)
    assert not {"request", "user", "breadcrumbs"} & {*event}


def test_programs_that_are_started_hear_nothing_of_it(sent):
    assert subprocess.run(["/usr/bin/env"], env={}, capture_output=True, check=True).stdout == b""

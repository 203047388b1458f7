"""A receiver of what is posted, and short ways to have it sent."""

import pytest

from accounts.outbound import http
from executions.notifications import sending, spreading
from executions.notifications.models import Dispatch
from tests.blocks.adapters.site import running_site
from tests.factories import EndpointFactory

SECRET = "whsec_c2l4dGVlbiBieXRlcyBvZiBpdA=="


@pytest.fixture(autouse=True, scope="session")
def _close_connections():
    yield
    http().close()


@pytest.fixture
def receiver():
    with running_site() as site:
        yield site


@pytest.fixture
def endpoint(user, receiver):
    """Takes what happens to runs of the user."""
    events = ["run.finished", "run.failed"]
    return EndpointFactory(user=user, url=f"{receiver.url}/hook", events=events, secret=SECRET)


@pytest.fixture
def deliver():
    """Do the courier's part once: spread what is new, then try everything that is on its way, due or not."""

    def deliver():
        while spreading.spread():
            pass
        ids = [*Dispatch.objects.filter(status="queued").values_list("pk", flat=True)]
        for pk in ids:
            Dispatch.objects.filter(pk=pk).update(due_at="2026-01-01T00:00:00Z")
            sending.send(sending.claim())
        return Dispatch.objects.filter(pk__in=ids).order_by("pk")

    return deliver

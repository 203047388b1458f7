"""A client without exemptions, and the sites that it must not reach."""

import pytest

from blocks.adapters.http import GuardedHttp
from tests.blocks.adapters.site import running_site


@pytest.fixture
def canary():
    """A server on this machine that must receive nothing; `seen` lists what came."""
    with running_site() as site:
        yield site


@pytest.fixture
def strict_http():
    client = GuardedHttp()
    yield client
    client.close()

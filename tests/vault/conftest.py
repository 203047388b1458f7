"""A credential, and a server that it is for."""

import pytest
from cryptography.fernet import Fernet

from accounts import outbound
from accounts.vault import services
from tests.blocks.adapters.site import running_site

SECRET = "sk-planted-7f3a9b"


@pytest.fixture
def site():
    with running_site() as running:
        yield running
    outbound.http().close()


@pytest.fixture
def keep(user):
    """Keep a credential of the user's for any web server, or what is said instead."""

    def keep(owner=user, **changed):
        given = {"title": "Work", "provider": "http", "type": "api_key", "hosts": ["example.com"]}
        return services.create(owner, secret={"api_key": SECRET}, **(given | changed))

    return keep


@pytest.fixture
def new_key():
    return Fernet.generate_key().decode()

"""Mails that were sent, browsers of strangers, and an authenticator app."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from accounts import second_factor
from accounts.post import postman
from tests.blocks.adapters.site import running_site
from tests.pages.conftest import logged_in


@pytest.fixture
def browser(db):
    return Client()


@pytest.fixture
def page(user):
    """The user's browser."""
    return logged_in(user)


@pytest.fixture
def _without_mail(settings):
    settings.HAS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = False, "none"


@pytest.fixture
def _open(settings):
    """Strangers may sign up."""
    settings.SIGNUP_OPEN = True


def mails():
    """What was sent until now."""
    postman().submit(lambda: None).result(timeout=30)
    return mail.outbox


def link_in(message):
    """The address in a mail, without the host."""
    return re.search(r"http://testserver(/\S+)", message.body)[1]


class App:
    """An authenticator app; each of its codes is of another half minute, so that none comes twice."""

    def __init__(self, secret):
        self.secret = secret
        self._step = int(time.time()) // 30 - 1

    def code(self):
        code = format_hotp_value(hotp_value(self.secret, self._step))
        self._step += 1
        return code


@pytest.fixture
def app(user):
    """The user's app; two-factor authentication is on."""
    begun = second_factor.begin(user)
    app = App(begun["secret"])
    app.recovery_codes = second_factor.turn_on(user, begun["setup"], app.code())
    return app


@pytest.fixture
def sink_site():
    """A server in the private network that must receive nothing."""
    with running_site() as site:
        yield site

"""Addresses that open something are not in the log when what they lead to is refused."""

import logging

import pytest
from django.test import Client as Browser

from executions.sharing import services as sharing
from executions.webhooks.services import access_of
from tests.factories import ExecutionFactory, PublishedPageFactory, WebhookFactory
from tests.identity.conftest import link_in, mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def test_c_04_a_delivery_that_is_refused_leaves_its_address_out(log, user, version):
    token = access_of(WebhookFactory(user=user, version=version, signature="standard")).token
    assert Browser().post(f"/api/hooks/{token}", {}, "application/json").status_code == 401
    assert "/api/hooks/<token>" in log.text
    assert token not in log.text


def test_c_04_a_link_to_a_deleted_run_leaves_its_token_out(log, user):
    shared = sharing.share(ExecutionFactory(user=user))
    assert Browser().post(f"/shared/{shared.token}/").status_code == 405
    assert shared.token not in log.text


def test_c_04_a_page_for_visitors_leaves_its_token_out(log, user, version):
    page = PublishedPageFactory(user=user, graph=version.graph)
    assert Browser().post(f"/p/{page.token}/anew/").status_code in {302, 404}
    assert Browser(enforce_csrf_checks=True).post(f"/p/{page.token}/").status_code == 403
    assert "CSRF" in log.text
    assert page.token not in log.text


def test_c_04_a_link_for_a_new_password_leaves_its_key_out(log, user):
    Browser().post("/password/forgotten/", {"email": user.email})
    link = link_in(mails()[-1])
    assert Browser(enforce_csrf_checks=True).post(link).status_code == 403
    assert link.strip("/").rpartition("-")[2] not in log.text

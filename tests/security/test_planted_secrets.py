"""Secrets that are planted everywhere are found nowhere: in answers, pages, exports, rows, Redis, logs."""

import logging

import pytest
import redis
from django.apps import apps
from django.conf import settings as project
from django.core import serializers as dumps
from django.test import Client as Browser

from accounts import keys
from accounts.models import Scope
from accounts.vault import services as vault
from executions.models import Execution
from tests.api_client import client_of
from tests.executions.scene import behaviours, save
from tests.executions.test_credentials import asking, end
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD, SECRET, NEW_SECRET = "planted-pass-5f1c", "sk-planted-77aa31", "sk-planted-90bb42"
READ = (
    *("/api/user", "/api/user/api-keys", "/api/credentials", "/api/graphs", "/api/executions"),
    *("/api/credentials/{credential}", "/api/credentials/{credential}/usage"),
    *("/api/graphs/{graph}", "/api/graphs/{graph}/versions", "/api/executions/{run}"),
    *("/api/executions/{run}/results", "/api/graphs/{graph}/export", "/api/inbox"),
    *("/api/notifications", "/api/notifications/dispatches", "/api/notifications/endpoints"),
)
PAGES = (
    *("/account/", "/account/api-keys/", "/credentials/", "/credentials/{credential}/"),
    *("/graphs/{graph}/", "/graphs/{graph}/export/", "/graphs/{graph}/json/"),
    *("/graphs/{graph}/edit/", "/executions/{run}/", "/executions/{run}/outputs/"),
    "/account/credits/statement.csv",
)


@pytest.fixture
def planted(caplog):
    """The secrets by name, and the ids of what they were used for."""
    caplog.set_level(logging.DEBUG)
    user = UserFactory(email="planted@example.com", password=PASSWORD)
    _key, key = keys.issue(user, name="Tests", permissions=Scope.values)
    api = client_of(key)
    api.get("/api/nowhere")  # is written to the log
    pair = api.post("/api/auth/token", {"email": user.email, "password": PASSWORD}).json()
    given = {"title": "Work", "provider": "http", "type": "api_key", "hosts": ["example.com"]}
    credential = vault.create(user, secret={"api_key": SECRET}, **given)
    api.put(f"/api/credentials/{credential.pk}", {"api_key": NEW_SECRET})
    behaviours["shout"] = lambda secret, ports: [("value", secret.values["api_key"])]
    version = save(user, asking("shout", credentials={"id": str(credential.pk)}))
    started = api.post(f"/api/graphs/{version.graph_id}/execute", {})
    end(Execution.objects.get(pk=started.json()["id"]))
    ticket = api.post("/api/auth/ws-ticket").json()["ticket"]
    secrets = {"password": PASSWORD, "secret": SECRET, "new secret": NEW_SECRET, "key": key}
    secrets |= {"access": pair["access"], "refresh": pair["refresh"], "ticket": ticket}
    ids = {"credential": credential.pk, "graph": version.graph_id, "run": started.json()["id"]}
    return user, secrets, ids


def found(secrets, text):
    return {name for name, secret in secrets.items() if secret in text}


def test_no_answer_page_or_export_has_a_secret(planted):
    user, secrets, ids = planted
    browser = Browser()
    browser.force_login(user)
    for address in (*READ, *PAGES):
        answer = browser.get(address.format(**ids))
        assert answer.status_code == 200, address
        assert found(secrets, answer.getvalue().decode()) == set(), address


def test_no_row_has_a_secret(planted):
    _user, secrets, _ids = planted
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    assert found(secrets, dumps.serialize("json", rows)) == set()


def test_redis_has_a_ticket_under_its_hash_at_most(planted):
    _user, secrets, _ids = planted
    contents = " ".join(contents_of(redis.Redis.from_url(project.REDIS_URL)))
    assert "ws-ticket" in contents
    assert found(secrets, contents) == set()


def test_no_log_has_a_secret(planted, caplog):
    _user, secrets, _ids = planted
    lines = [record.getMessage() for record in caplog.get_records("setup")]
    assert lines
    assert found(secrets, " ".join(lines)) == set()


def contents_of(server):
    """The names and values of everything in it."""
    readers = {
        b"string": server.get,
        b"list": lambda key: server.lrange(key, 0, -1),
        b"hash": server.hgetall,
        b"set": server.smembers,
        b"zset": lambda key: server.zrange(key, 0, -1, withscores=True),
    }
    for key in server.scan_iter():
        yield str(key)
        yield str(readers[server.type(key)](key))

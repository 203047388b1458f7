"""Adversarial cases by their ids; other cases have their tests beside what they attack."""

import json
import logging
import os
import subprocess
import sys
import tomllib
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from structlog.contextvars import bound_contextvars

from accounts import credits, operators
from accounts.audit.models import AuditEntry
from accounts.models import User
from blocks.base import BlockError
from blocks.value_views import rendered
from config import log_lines
from executions.models import Execution
from executions.workers import recovery, work
from graphs.models import Graph
from tests.executions import scene
from tests.executions.scene import drawing, run, save
from tests.factories import ExecutionFactory, UserFactory
from tests.security.test_one_way import ROOT

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>{{7*7}}\u202e'


def deep(levels):
    return b"[" * levels + b"]" * levels


def environment(**changes):
    """Of a process under settings as in production."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k7-" + "aB3$xyz9" * 8,
        "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": "agents.example.com",
        "HTTPS": "true",
        "PYTHONPATH": str(ROOT),
    } | changes


def python(*arguments, **changes):
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environment(**changes), capture_output=True, text=True
    )


# --- Z: whose is it


@pytest.mark.parametrize("field", ["role", "is_staff", "credits", "is_superuser", "email", "id"])
def test_z_11_nobody_gives_themselves_rights(api, user, field):
    before = User.objects.values().get(pk=user.pk)
    assert api.put("/api/user", {"name": "", field: "admin"}).status_code == 400
    assert User.objects.values().get(pk=user.pk) == before


@pytest.mark.parametrize("field", ["user_id", "owner", "version", "created_at"])
def test_z_12_what_the_server_decides_cannot_be_sent(api, stranger, field):
    answer = api.post(
        "/api/graphs", {"name": "x", "nodes": [], "links": [], field: str(stranger.pk)}
    )
    assert answer.status_code == 400
    assert not Graph.objects.exists()


def test_z_01_z_02_z_03_z_04_what_is_anothers_is_as_if_it_were_not(stranger_api, user):
    execution = ExecutionFactory(user=user)
    for method, address in (
        *(("get", "/api/graphs/{graph}"), ("put", "/api/graphs/{graph}")),
        *(("delete", "/api/graphs/{graph}"), ("post", "/api/graphs/{graph}/execute")),
        *(("get", "/api/executions/{run}"), ("get", "/api/executions/{run}/results")),
        ("post", "/api/graphs/{graph}/executions/{run}/stop"),
    ):
        call = getattr(stranger_api, method)
        foreign = call(address.format(graph=execution.graph_id, run=execution.pk))
        missing = call(address.format(graph=uuid4(), run=uuid4()))
        assert foreign.status_code == missing.status_code >= 400
        assert said(foreign) == said(missing)


def said(answer):
    return {name: value for name, value in answer.json()["error"].items() if name != "timestamp"}


# --- I: what comes in


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (deep(990), "json_too_deep"),
        (deep(100_000), "json_too_deep"),
        (b'{"name": "a\\u0000b"}', "json_nul"),
        (b'{"name": "\\ud800"}', "invalid_json"),
        (b'{"name": NaN}', "invalid_json"),
        (b'{"name": 1e999}', "invalid_json"),
        (b'{"name": "\xff"}', "invalid_json"),
    ],
    ids=["I-01", "I-01 large", "I-03", "I-03 surrogate", "I-04", "I-04 1e999", "I-05"],
)
@pytest.mark.parametrize(
    "address", ["/api/graphs", "/api/auth/token", "/api/credentials", "/api/blocks/x/execute"]
)
def test_i_01_i_03_i_04_i_05_no_body_breaks_the_server(api, address, body, code):
    answer = api.generic("POST", address, body, content_type="application/json")
    assert answer.status_code in {400, 404}
    if answer.status_code == 400:
        assert answer.json()["error"]["error_code"] == code


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 10**40])
def test_i_06_i_07_numbers_of_any_size_are_no_problem(api, version, number):
    for address in (
        f"/api/graphs?page={number}",
        f"/api/graphs?page_size={number}",
        f"/api/graphs/{version.graph_id}/versions/{number}",
        f"/api/graphs/{version.graph_id}/execute/{number}",
    ):
        verb = api.post if "execute" in address else api.get
        assert verb(address).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "id_", ["x", "x" * 10_000, "%00", "..", "..%2f..%2fetc", "null", "1 OR 1=1"]
)
def test_i_09_an_id_of_any_form_is_404(api, id_):
    for address in (
        f"/api/graphs/{id_}",
        f"/api/executions/{id_}",
        f"/api/blocks/{id_}",
        f"/api/files/{id_}",
    ):
        assert api.get(address).status_code in {404, 405} or id_ == ".."


@pytest.mark.parametrize("offset", ["+15:59", "-17:35", "+23:59"])
@pytest.mark.parametrize("year", ["0001", "0573", "9999"])
def test_i_06_a_moment_of_any_offset_is_no_problem(api, year, offset):
    moment = f"{year}-12-31T23:59:59{offset}".replace("+", "%2B")
    assert api.get(f"/api/executions?created_after={moment}").status_code in {200, 400}


@pytest.mark.parametrize("address", ["/api/graphs", "/api/executions", "/api/user/api-keys"])
def test_i_11_a_list_asks_the_same_number_of_questions(api, user, address):
    api.get(address)  # notes that the key was used
    counts = []
    for more in (1, 9):
        for _ in range(more):
            ExecutionFactory(user=user)
        with CaptureQueriesContext(connection) as queries:
            api.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_i_12_trace_is_not_answered(api):
    assert api.generic("TRACE", "/api/user").status_code == 405


# --- G: graphs


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "prototype", "a.b", "x" * 10_240, "🦑"]
)
def test_g_09_a_node_of_any_name_is_drawn_or_refused(api, user, name):
    nodes = [
        {"id": name, "block_id": "text_input_block", "input_default": {"name": "t"}, "metadata": {}}
    ]
    answer = api.post("/api/graphs", {"name": "G", "nodes": nodes, "links": []})
    assert answer.status_code in {201, 400}
    if answer.status_code == 201:
        browser = Browser()
        browser.force_login(user)
        assert browser.get(f"/graphs/{answer.json()['id']}/").status_code == 200


def test_g_06_a_version_that_is_not_there_cannot_be_run(api, version):
    for number in ("0", "2", "99999999999"):
        address = f"/api/graphs/{version.graph_id}/execute/{number}"
        assert api.post(address).status_code == 404
    assert api.post(f"/api/graphs/{version.graph_id}/execute/-1").status_code == 404


# --- M: credits


@pytest.mark.django_db(transaction=True)
def test_m_01_without_credits_nothing_starts(api, user):
    version = save(user, drawing({"pay": ("test_paid", {})}))
    credits.grant(user, 4 - user.credits)
    answer = api.post(f"/api/graphs/{version.graph_id}/execute")
    error = answer.json()["error"]
    assert (answer.status_code, error["error_code"]) == (402, "insufficient_credits")
    assert error["message"].startswith("Insufficient balance")
    assert not Execution.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_m_05_a_failed_attempt_that_is_tried_again_is_charged_once(user):
    tries = iter([BlockError("not yet", retryable=True), None])

    def fail_once(value, _ports):
        if error := next(tries):
            raise error
        yield "value", value

    scene.behaviours["fail once"] = fail_once
    policy = {"pay": {"retry": {"count": 1, "base": 0, "jitter": 0}}}
    execution = run(user, drawing({"pay": ("test_paid", {"does": "fail once"})}, metadata=policy))
    recovery.release_due()
    work.fill_slots()

    node = execution.node_executions.get()
    assert (node.status, node.attempts, node.cost) == ("COMPLETED", 2, 5)
    charges = user.credit_entries.exclude(reason="initial").values_list("amount", flat=True)
    assert list(charges) == [-5]


@pytest.mark.parametrize("amount", ["-1000000", "1.5", "1e9", "99999999999999999999", "abc", ""])
def test_m_06_no_amount_makes_a_balance_wrong(user, amount):
    admin = UserFactory(role="admin")
    browser = Browser()
    browser.force_login(admin)
    form = {
        "action": "grant_credits",
        "_selected_action": [str(user.pk)],
        "amount": amount,
        "reference": "",
    }
    answer = browser.post("/admin/accounts/user/", form)
    user.refresh_from_db()
    assert (answer.status_code < 500, user.credits) == (True, 10_000)


# --- B: browsers


def test_b_01_no_other_origin_may_read(api):
    for origin in ("https://evil.example", "null"):
        answer = api.get("/api/user", HTTP_ORIGIN=origin)
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_b_02_a_form_of_another_site_changes_nothing(user):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user)
    body = json.dumps({"name": "taken"})
    for kind, status in (("text/plain", {403, 415}), ("application/json", {403})):
        answer = browser.generic(
            "PUT", "/api/user", body, content_type=kind, HTTP_ORIGIN="https://evil.example"
        )
        assert answer.status_code in status
    user.refresh_from_db()
    assert user.name == ""


@pytest.mark.parametrize(
    "address", ["/login/", "/api/user", "/nowhere", "/api/nowhere", "/graphs/"]
)
def test_b_03_every_answer_has_the_headers(address):
    headers = Browser().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert len(headers["X-Request-ID"]) == 32


@pytest.mark.django_db(transaction=True)
def test_b_05_what_people_write_is_shown_as_text(user):
    name = {"out": ("output_block", {"name": "said", "value": HOSTILE})}
    execution = run(user, drawing(name))
    user.name = HOSTILE
    user.save()
    browser = Browser()
    browser.force_login(user)
    for address in (
        "/account/",
        f"/executions/{execution.pk}/",
        f"/graphs/{execution.graph_id}/",
    ):
        text = browser.get(address).content.decode()
        assert "<script>alert(1)" not in text


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<svg onload=alert(1)>",
    ],
)
def test_b_06_markdown_carries_nothing_that_runs_or_loads(source):
    shown = rendered(f"# Title\n\n{source}").lower()
    assert "<h1>title</h1>" in shown
    for sign in ("<script", "<iframe", "<img", "<svg", 'href="javascript', 'href="data'):
        assert sign not in shown


def test_b_06_pictures_from_elsewhere_are_not_loaded():
    policy = Browser().get("/login/").headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in f"{policy};"


def test_b_07_a_host_that_is_not_ours_is_refused():
    assert Browser(HTTP_HOST="evil.example").get("/login/").status_code == 400


def test_b_08_cookies_are_for_this_site_only():
    code = (
        "from config import settings as s; print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE)"
    )
    said = python("-c", code).stdout.split()
    assert said == ["__Host-sessionid", "True", "True", "__Host-csrftoken", "True"]
    assert (
        not hasattr(project, "SESSION_COOKIE_SAMESITE") or project.SESSION_COOKIE_SAMESITE == "Lax"
    )


# --- O: operations


def test_o_01_a_production_like_installation_passes_the_checks_for_deployment():
    result = python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "change", [{"SECRET_KEY": "short"}, {"CREDENTIAL_KEYS": "short"}, {"CREDENTIAL_KEYS": ""}]
)
def test_o_02_a_weak_key_stops_the_start(change):
    result = python("-c", "import config.settings", **change)
    assert result.returncode != 0
    assert "ImproperlyConfigured" in result.stderr


def test_o_03_debugging_is_off_unless_asked_for():
    assert python("-c", "from config import settings as s; assert not s.DEBUG").returncode == 0
    assert "Browsable" not in str(project.REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"])


def test_o_04_the_health_page_says_nothing_about_anybody(user):
    text = Browser().get("/readyz").content.decode()
    assert user.email not in text
    assert str(user.pk) not in text


def test_o_08_everything_that_is_installed_has_a_hash():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        packages = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
        assert text.count("--hash=sha256:") >= len(packages) > 20
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


def test_o_09_a_log_line_stays_one_line_and_names_its_request():
    record = logging.LogRecord(
        "x", logging.INFO, "", 1, "a\nINFO fake\x1b[31m %s", ("\r\x00",), None
    )
    with bound_contextvars(request_id="abc"):
        line = log_lines.formatter("text").format(record)
    assert line == "INFO x [request_id=abc]: a\\nINFO fake\\x1b[31m \\x0d\\x00"


def test_z_13_what_an_operator_does_is_logged_with_the_operator(user):
    operator = UserFactory(role="operator")
    operators.grant(user, 3, reference="", by=operator)
    assert AuditEntry.objects.get().actor_id == operator.pk

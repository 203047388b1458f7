"""What was published about other products of this kind, tried here: one test for each, by the number of its record."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from blocks.adapters.mcp import McpClient
from blocks.base import BlockError
from executions.files.models import StoredFile
from executions.models import Execution
from tests.blocks.ports import run_block
from tests.factories import (
    CredentialFactory,
    ExecutionFactory,
    PublishedPageFactory,
    UserFactory,
    WebhookFactory,
)
from tests.security.network import blocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def _nothing_runs(monkeypatch):
    """Whoever runs code, or starts a program, fails the test."""
    for where in ("blocks.sandbox.pool.ProcessSandbox.call", "subprocess.Popen"):
        monkeypatch.setattr(where, lambda *_a, **_k: pytest.fail("something was run"))


def code_graph(code):
    node = {"id": "do", "block_id": "execute_code_block", "input_default": {"code": code}}
    return {"name": "G", "nodes": [{**node, "metadata": {}}], "links": []}


@pytest.mark.usefixtures("_nothing_runs")
@pytest.mark.parametrize(
    "code",
    [
        "def f(x=exec('import os; os.system(\"id\")')): pass",
        "@exec\ndef f(): pass",
        "class C(print('x')): pass",
    ],
)
def test_cve_2025_3248_langflow_looking_at_code_runs_none_of_it(api, code):
    made = api.post("/api/graphs", code_graph(code))
    assert made.status_code == 201
    assert api.get(f"/api/graphs/{made.json()['id']}/analysis").status_code == 200
    assert api.post("/api/v1/validate/code", {"code": code}).status_code == 404


@pytest.mark.parametrize(
    "expression",
    [
        "{{ (function(){ return this.process.mainModule.require('child_process') })() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''|attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ dict.__base__ }}",
        "{{ joiner['__init__'] }}",
        "{% set x = ''['__cla' ~ 'ss__'] %}{{ x.__mro__ }}",
        "{{ '%c' % 0 ~ ''.format.__self__ }}",
    ],
)
def test_cve_2025_68613_n8n_an_expression_does_not_leave_its_sandbox(expression):
    try:
        said = dict(run_block("fill_text_template_block", {"format": expression, "values": {}}))
    except BlockError:
        return
    assert not {"class", "module", "uid=", "built-in", "function"} & set(str(said).split())
    assert "<" not in str(said)


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_cve_2026_21858_n8n_what_a_body_calls_a_file_is_none(user, version, kind):
    page = PublishedPageFactory(user=user, graph=version.graph)
    forged = {"data": {}, "files": {"input-0": {"filepath": "/etc/passwd", "size": 1}}}
    Browser().post(f"/p/{page.token}/", json.dumps(forged), content_type=kind)
    assert not Execution.objects.exists()
    assert not StoredFile.objects.exists()


def test_cve_2026_21858_n8n_a_delivery_is_data_whatever_it_says(user, version):
    address = f"/api/hooks/{WebhookFactory(user=user, version=version).pk}"
    assert Browser().post(address, {"text": "x"}, "application/json").status_code == 404


def test_cve_2026_33017_langflow_a_visitor_brings_no_graph(user, version):
    page = PublishedPageFactory(user=user, graph=version.graph)
    other = code_graph("print('mine')")
    form = {"input-0": "hello", "data": json.dumps(other), "nodes": "[]", "version": "7"}
    Browser().post(f"/p/{page.token}/?version=7", form)
    assert Execution.objects.get().version == version


def test_cve_2025_58434_flowise_the_way_back_in_is_in_the_mail_only(user):
    answer = Browser().post("/api/auth/password/reset", {"email": user.email}, "application/json")
    assert set(answer.json()) == {"message"}


@pytest.mark.usefixtures("_nothing_runs")
@pytest.mark.parametrize(
    "server",
    [
        *("stdio:sh", "stdio:npx -y evil", "stdio:", "STDIO:sh", " stdio:sh", "stdio://sh"),
        *("file:///bin/sh", "sh -c id", "stdio:../../bin/sh", "stdio:files --config /etc/passwd"),
    ],
)
def test_cve_2026_40933_flowise_no_server_is_a_command_of_its_caller(strict_http, server):
    client = McpClient(strict_http, {"files": ["mcp-files"]}, lambda: False)
    with pytest.raises(BlockError):
        client.list_tools(server, {})


@pytest.mark.usefixtures("_nothing_runs")
def test_cve_2026_73601_flowise_importing_a_graph_starts_nothing(api):
    node = {"id": "do", "block_id": "mcp_tool_block", "metadata": {}}
    node["input_default"] = {
        "server_url": "stdio:sh",
        "command": "sh",
        "env": {"NODE_OPTIONS": "x"},
    }
    file = {"format": "agentloom", "name": "G", "nodes": [node], "links": []}
    assert api.post("/api/graphs/import", file).status_code in {201, 400}


@pytest.mark.parametrize(
    "name",
    ["../../../../app/evil.py", "/etc/cron.d/evil", "..\\..\\evil.bat", "a/../../b", "~/.ssh/id"],
)
def test_cve_2026_5027_langflow_an_upload_lies_where_the_server_says(
    api, user, settings, tmp_path, name
):
    settings.MEDIA_ROOT = tmp_path / "inside"
    file = SimpleUploadedFile("x", b"evil")
    file._name = name
    api.post("/api/files", {"file": file}, format="multipart")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.parent.name for path in kept] == [str(user.pk)]
    assert "evil" not in kept[0].name


def test_cve_2025_34291_langflow_no_other_site_gets_an_answer_with_cookies(user, settings):
    browser = Browser(HTTP_ORIGIN="https://evil.example")
    browser.force_login(user)
    for method in ("get", "options", "post"):
        answer = getattr(browser, method)("/api/auth/token/refresh")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_cve_2022_41672_airflow_whoever_is_shut_out_is_out_at_once(api, user):
    browser = Browser()
    browser.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert (api.get("/api/user").status_code, browser.get("/account/").status_code) == (401, 302)


def test_cve_2026_54305_n8n_a_credential_of_another_opens_nothing(stranger_api, user):
    theirs = {"id": str(CredentialFactory(user=user).pk), "provider": "http", "type": "api_key"}
    body = {"url": "https://evil.example", "credentials": theirs}
    answer = stranger_api.post("/api/blocks/send_authenticated_web_request_block/execute", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["error_code"] == "credential_unavailable"


@pytest.mark.parametrize(
    "order", ["name); DROP TABLE accounts_user--", "password", "owner__password", "-id;"]
)
def test_cve_2026_23696_windmill_no_parameter_is_a_part_of_a_query(api, user, order):
    ExecutionFactory(user=user)
    with CaptureQueriesContext(connection) as queries:
        for name in (
            "ordering",
            "order",
            "order_by",
            "sort",
            "owner__password__startswith",
            "search",
        ):
            assert api.get("/api/graphs", {name: order}).status_code == 200
            assert api.get("/api/executions", {name: order}).status_code == 200
    assert not [
        each
        for each in queries
        if "DROP TABLE" in each["sql"]
        and "ILIKE" not in each["sql"].upper()
        and "UPPER" not in each["sql"]
    ]


def test_cve_2026_42861_flowise_nobody_is_put_into_another_account(api, stranger):
    body = {"name": "x", "nodes": [], "links": [], "owner_id": str(stranger.pk), "workspaceId": "x"}
    assert api.post("/api/graphs", body).status_code == 400


@pytest.mark.parametrize("name", ["__proto__", "constructor", "prototype", "__defineGetter__"])
def test_cve_2026_33696_n8n_names_of_prototypes_change_nothing(api, name):
    graph = {"name": name, "nodes": [], "links": []}
    inputs = {"id": name, "block_id": "input_block", "metadata": {name: {"polluted": 1}}}
    node = {**inputs, "input_default": {"name": name, "value": {name: {"polluted": 1}}}}
    answer = api.post("/api/graphs", {**graph, "nodes": [node]})
    assert answer.status_code in {201, 400}


@pytest.mark.parametrize(
    "code",
    [
        "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen']",
        "def g():\n    yield g.gi_frame.f_back.f_back.f_globals\nnext(g())",
        "async def f(): pass\nf().cr_frame",
        "try:\n    1/0\nexcept Exception as e:\n    e.__traceback__.tb_frame.f_globals",
        "type('X', (), {'__getattr__': lambda s, n: 1})().__reduce_ex__(2)",
        "import sys\nsys._getframe()",
        "𝓮𝔁𝓮𝓬('import socket')",
        "ｏｐｅｎ('/etc/passwd')",
        "import pandas",
        "str.format('{0.__init__.__globals__}', print)",
        "class A:\n    def __del__(self): open('/etc/passwd')\nA().x",
    ],
)
def test_cve_2025_68668_n8n_and_cve_2026_69255_flowise_code_finds_no_way_out(code):
    with pytest.raises(BlockError) as refusal:
        run_block("execute_code_block", {"code": code, "timeout": 1})
    assert refusal.value.code == "code_failed"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:{port}#@example.com/", "http://example.com@127.0.0.1:{port}/"),
        *("http://127.0.0.1:{port}\\@example.com/", "http://127.1:{port}/", "http://0:{port}/"),
        *(
            "http://[::ffff:7f00:1]:{port}/",
            "http://0x7f000001:{port}/",
            "http://2130706433:{port}/",
        ),
        *("http://127.0.0.1.:{port}/", "http://①②⑦.⓪.⓪.①:{port}/", "HTTP://LOCALHOST:{port}/"),
        *("http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", "http://localhost%00.example.com:{port}/"),
        *("http://[::1%25lo]:{port}/", "http://127.0.0.1:{port}:80/", "http:127.0.0.1:{port}/"),
    ],
)
def test_cve_2026_44286_fastgpt_no_spelling_reaches_this_machine(strict_http, canary, url):
    with pytest.raises(BlockError):
        strict_http.request("GET", url.format(port=canary.port), timeout=5)
    assert canary.seen == []


def test_cve_2026_85170_n8n_no_proxy_of_the_environment_is_asked(strict_http, canary, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    assert blocked(strict_http, "http://10.0.0.1/")
    assert canary.seen == []


def test_cve_2026_65595_n8n_a_token_got_by_a_key_can_no_more_than_the_key(key_api, user):
    poor = key_api("identity", "manage_keys")
    wanted = {"name": "x", "permissions": ["identity", "read_graphs"]}
    assert poor.post("/api/user/api-keys", wanted).status_code == 403
    made = poor.post("/api/user/api-keys", {"name": "x", "permissions": ["identity"]}).json()
    place = f"/api/user/api-keys/{made['id']}/permissions"
    assert poor.put(place, {"permissions": ["read_graphs"]}).status_code == 403
    assert poor.post("/api/auth/ws-ticket").status_code == 403


def test_cve_2026_33665_n8n_nobody_gets_an_account_by_naming_its_address(api, user):
    other = UserFactory(email="victim@example.com")
    body = {"email": other.email, "current_password": "correct horse battery"}
    api.put("/api/auth/email", body)
    user.refresh_from_db()
    assert user.email == "owner@example.com"

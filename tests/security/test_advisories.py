"""What was published about the AutoGPT platform, tried here: one test for each advisory, by its id.

Where the product has no such part, the test shows that nothing stands in its place. Those about ids of others are in
`test_foreign_ids`.
"""

import logging
import pickle
import subprocess
import sys
from contextlib import nullcontext, suppress
from uuid import uuid4

import httpcore2
import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from accounts import keys
from accounts.models import Scope
from blocks import registry
from blocks.adapters.guard import Policy
from blocks.adapters.http import GuardedHttp
from blocks.adapters.network import GuardedBackend
from blocks.adapters.templates import SandboxedTemplates
from blocks.base import BlockError
from blocks.sandbox.pool import ProcessSandbox
from executions import services
from executions.errors import StorageQuotaError
from executions.files import services as files
from executions.models import Execution
from tests.blocks.adapters.site import Answer, running_site
from tests.blocks.ports import run_block
from tests.executions.scene import drawing, save, start
from tests.factories import PASSWORD, UserFactory
from tests.security import test_one_way
from tests.security.network import blocked

PAID = drawing({"pay": ("test_paid", {})})


def catalogue():
    return [
        block for block in registry.all_blocks() if type(block).__module__.startswith("blocks.")
    ]


@pytest.mark.parametrize("host", ["[::1]", "[::]", "[fd00::1]", "[fe80::1]"])
def test_ghsa_4c8v_hwxc_2356_ipv6_addresses_inside_are_blocked(strict_http, canary, host):
    assert blocked(strict_http, f"http://{host}:{canary.port}/")
    assert canary.seen == []


def test_ghsa_wvjg_9879_3m7w_a_name_is_looked_up_once_and_connected_to_what_was_checked():
    connected, answers = [], iter([["93.184.216.34"], ["127.0.0.1"]])

    class Sockets:
        def connect_tcp(self, host, port, *_, **__):
            connected.append(host)
            return httpcore2.MockStream([])

    backend = GuardedBackend(Policy(), lambda host, port: next(answers), Sockets())
    backend.connect_tcp("rebinding.example", 80)
    with pytest.raises(BlockError):
        backend.connect_tcp("rebinding.example", 80)
    assert connected == ["93.184.216.34"]


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key"])
def test_ghsa_ggcm_93qg_gfhp_a_redirect_takes_no_secret_to_another_host(canary, name):
    with running_site() as other:
        canary.says("/", Answer(302, headers={"Location": other.says("/there", Answer(200))}))
        http = GuardedHttp([canary.host, other.host])
        http.request("GET", canary.url + "/", headers={name: "s3cret"})
        http.close()
    assert len(other.seen) == 1
    assert "s3cret" not in str(other.seen[0].headers)


@pytest.mark.parametrize(
    "host", ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "100.64.0.1"]
)
def test_ghsa_8qc5_rhmg_r6r6_addresses_inside_other_addresses_are_blocked(
    strict_http, canary, host
):
    assert blocked(strict_http, f"http://{host}:{canary.port}/")
    assert canary.seen == []


@pytest.mark.parametrize("advisory", ["ghsa_r55v_q5pc_j57f", "ghsa_ggc4_4fmm_9hmc"])
def test_ghsa_r55v_q5pc_j57f_and_ggc4_4fmm_9hmc_no_block_has_a_client_of_its_own(advisory):
    blocks = [name for name in test_one_way.SOURCES if name.startswith("blocks/library/")]
    assert blocks
    for name in blocks:
        assert test_one_way.forbidden_imports(name, test_one_way.tree(name)) == set()


def test_ghsa_4jwj_6mg5_wrwf_no_block_opens_connections_to_a_port_of_ones_choice(strict_http):
    mail = {"smtplib", "poplib", "imaplib", "socket"}
    assert not any(mail & set(test_one_way.imports(test_one_way.tree(n))) for n in _library())
    for port in (22, 25, 587, 6379, 5432):
        assert blocked(strict_http, f"http://93.184.216.34:{port}/")


@pytest.mark.parametrize("advisory", ["ghsa_4crw_9p35_9x54", "ghsa_r277_3xc5_c79v"])
@pytest.mark.django_db
def test_ghsa_4crw_9p35_9x54_and_r277_3xc5_c79v_code_of_users_runs_in_the_sandbox_only(
    api, advisory
):
    for name in _library():
        assert test_one_way.forbidden_calls(test_one_way.tree(name)) == set()
    assert not [block for block in catalogue() if "install" in block.id]
    answer = api.post("/api/blocks/45e78db5-03e9-447f-9395-308d712f5f08/execute", {"code": "1"})
    assert answer.status_code == 404


@pytest.mark.django_db
def test_ghsa_8pjg_mfqm_vrhr_a_block_that_is_tried_alone_is_charged(api, user):
    answer = api.post("/api/blocks/llm_call_block/execute", {"prompt": "Hello"})
    user.refresh_from_db()
    assert (answer.status_code, user.credits) == (200, 10_000 - 1)


@pytest.mark.django_db(transaction=True)
def test_ghsa_x77j_qg2x_fgg6_results_belong_to_the_run_not_to_the_graph_in_the_address(
    user, stranger_api, stranger
):
    execution = start(user, PAID)
    own = start(stranger, PAID)
    for address in (
        f"/api/executions/{execution.pk}/results",
        f"/api/graphs/{own.graph_id}/executions/{execution.pk}/results",
        f"/api/graphs/{execution.graph_id}/executions/{execution.pk}/results",
    ):
        foreign, missing = (
            stranger_api.get(address),
            stranger_api.get(address.replace(str(execution.pk), str(uuid4()))),
        )
        assert (foreign.status_code, _said(foreign)) == (404, _said(missing))


@pytest.mark.django_db
def test_ghsa_q58p_v9r9_7gqj_nobody_is_no_privileged_user(anonymous_api):
    for address in ("/api/user", "/api/graphs", "/api/executions", "/api/credentials"):
        assert anonymous_api.get(address).status_code == 401
    with pytest.raises((AttributeError, IntegrityError)), transaction.atomic():
        services.start_execution(version=save(UserFactory(), PAID), user=None, inputs={})
    assert not Execution.objects.exists()


@pytest.mark.parametrize(
    ("advisory", "change"),
    [
        ("ghsa_24q6_6h89_f9p7", {"SECRET_KEY": ""}),
        ("ghsa_24q6_6h89_f9p7", {"SECRET_KEY": "your-super-secret-jwt-token"}),
        ("ghsa_57mf_wqwq_6g6x", {"CREDENTIAL_KEYS": ""}),
        ("ghsa_57mf_wqwq_6g6x", {"CREDENTIAL_KEYS": "not-a-key"}),
    ],
)
def test_ghsa_24q6_6h89_f9p7_and_57mf_wqwq_6g6x_a_weak_key_stops_the_start(advisory, change):
    assert _starts_with({}) == 0
    assert _starts_with(change) != 0


@pytest.mark.django_db
def test_ghsa_rc89_6g7g_v5v7_no_log_has_an_api_key(user, caplog):
    caplog.set_level(logging.DEBUG)
    _key, text = keys.issue(user, name="Tests", permissions=Scope.values)
    browser = Browser(HTTP_AUTHORIZATION=f"Bearer {text}")
    browser.get("/api/user")
    browser.get("/api/nowhere")
    browser.post("/api/auth/token", {"email": user.email, "password": PASSWORD}, "application/json")
    for secret in (text, PASSWORD):
        assert secret not in caplog.text


def test_ghsa_rfg2_37xq_w4m9_nothing_that_runs_code_when_it_is_read_comes_from_redis():
    assert project.CELERY_ACCEPT_CONTENT == ["json"]
    for name in test_one_way.SOURCES:
        assert not set(test_one_way.imports(test_one_way.tree(name))) & test_one_way.UNSAFE


class _Trap:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("what lay in Redis was run",))


def test_ghsa_rfg2_37xq_w4m9_a_pickle_in_the_cache_is_not_unpickled():
    redis = cache._cache.get_client(write=True)
    redis.set(cache.make_and_validate_key("trap"), pickle.dumps(_Trap()), ex=10)
    with pytest.raises(ValueError, match="UTF-8"):
        cache.get("trap")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
@pytest.mark.django_db
def test_ghsa_j2cp_jg5q_38wj_a_login_leads_nowhere_else(user, target):
    form = {"login": user.email, "password": PASSWORD, "next": target}
    answer = Browser().post(f"/login/?next={target}", form)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/dashboard/"


@pytest.mark.parametrize(
    ("block_id", "given"),
    [
        ("code_extraction_block", {"text": "```" + "`" * 50_000 + "python\n" * 5_000}),
        ("match_text_pattern_block", {"text": "a" * 50_000 + "!", "match": "(a+)+$", "data": 1}),
        ("extract_text_information_block", {"text": "a" * 50_000 + "!", "pattern": "(a|a)*b"}),
    ],
    ids=["ghsa_m2wr_7m3r_p52c", "ghsa_pppq_xx2w_7jpq", "ghsa_pppq_xx2w_7jpq"],
)
@pytest.mark.timeout(10)
def test_ghsa_m2wr_7m3r_p52c_and_pppq_xx2w_7jpq_no_pattern_takes_for_ever(block_id, given):
    with suppress(BlockError):  # too heavy is an answer, too
        run_block(block_id, given)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 300000000 }}",
        "{{ '{:>200000000}'.format('a') }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    ],
)
def test_ghsa_ppw9_h7rv_gwq9_a_template_is_stopped_at_its_limits(template):
    processes = ProcessSandbox(children=1)
    templates = SandboxedTemplates(processes)
    with pytest.raises(BlockError):
        templates.render(template, {})
    assert templates.render("{% if true %}well{% endif %}", {}) == "well"
    processes.close()


@pytest.mark.timeout(20)
def test_ghsa_955p_gpfx_r66j_a_text_is_cut_within_limits():
    with pytest.raises(BlockError):
        list(run_block("text_split_block", {"text": "a" * 30_000_000, "delimiter": "a"}))


@pytest.mark.timeout(10)
def test_ghsa_5cqw_g779_9f9x_a_feed_full_of_entities_is_refused():
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><x>&a9;</x>'
    with pytest.raises(BlockError):
        list(run_block("xml_parser_block", {"input_xml": bomb}))


@pytest.mark.parametrize(
    "advisory",
    [
        *("ghsa_267x_8jx3_gg6w", "ghsa_g26x_xwc5_7p44", "ghsa_rg6v_m9x9_7wf9"),
        *("ghsa_7g34_7fvq_xxq6", "ghsa_9fr4_9jj9_mhh6"),
    ],
)
@pytest.mark.django_db
def test_ghsa_267x_g26x_rg6v_7g34_9fr4_files_of_a_loop_end_at_the_limit_of_the_run(
    user, settings, tmp_path, advisory
):
    settings.MEDIA_ROOT, settings.RUN_FILES_BYTES = tmp_path, 50
    execution = start(user, PAID)
    for number in range(7):
        with nullcontext() if number < 5 else pytest.raises(StorageQuotaError):
            _write_ten_bytes(user, execution)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 50


@pytest.mark.django_db
def test_ghsa_374w_2pxq_c9jp_downloads_leave_nothing_behind(
    user, settings, tmp_path, anonymous_api
):
    settings.MEDIA_ROOT = tmp_path
    file = files.keep(user.pk, ContentFile(b"hello"), name="a.txt")
    before = sorted(tmp_path.rglob("*"))
    browser = Browser()
    assert browser.get(f"/api/files/{file.pk}/download").status_code == 401
    browser.force_login(user)
    for _ in range(20):
        assert browser.get(f"/api/files/{file.pk}/download").status_code == 200
    assert sorted(tmp_path.rglob("*")) == before


def _write_ten_bytes(user, execution):
    files.keep(user.pk, ContentFile(b"0123456789"), name="a.txt", execution_id=execution.pk)


def _library():
    return [name for name in test_one_way.SOURCES if name.startswith("blocks/library/")]


def _said(answer):
    return {k: v for k, v in answer.json()["error"].items() if k != "timestamp"}


def _starts_with(change):
    """The exit code of a process that reads the settings with these changes."""
    good = {"SECRET_KEY": "x" * 50, "CREDENTIAL_KEYS": Fernet.generate_key().decode()}
    servers = {"DATABASE_URL": "postgresql://a:b@127.0.0.1/x", "REDIS_URL": "redis://127.0.0.1"}
    command = [sys.executable, "-c", "import config.settings"]
    return subprocess.run(
        command,
        check=False,
        env=good | servers | change,
        cwd=test_one_way.ROOT,
        capture_output=True,
    ).returncode

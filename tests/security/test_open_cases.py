"""Adversarial cases by their ids, the second part: lists, sizes, loops, our own address, operation."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client as Browser

from accounts.limits.rates import Rate, RouteClass
from blocks.adapters.guard import Policy, parse_url, target_of
from blocks.base import BlockError
from config import checks
from executions.files import services as files
from executions.knowledge import services as knowledge
from tests.blocks.ports import run_block
from tests.executions.scene import drawing, run
from tests.factories import (
    ApiKeyFactory,
    CredentialFactory,
    ExecutionFactory,
    PresetFactory,
    ScheduleFactory,
    TeamFactory,
)

LISTS = (
    *("/api/graphs", "/api/executions", "/api/user/api-keys", "/api/files", "/api/schedules"),
    *("/api/presets", "/api/credentials", "/api/teams", "/api/invitations"),
    "/api/knowledge/collections",
)
QUERIES = (
    *({}, {"page_size": 100}, {"page": 1}, {"search": ""}, {"search": "e"}, {"ordering": "id"}),
    *({"status": "COMPLETED"}, {"source": "api"}, {"user": "owner"}, {"owner__email": "owner"}),
)


@pytest.fixture
def everything(user):
    """One thing of each kind, all of the user."""
    execution = ExecutionFactory(user=user)
    things = {"user": user, "graph": execution.graph}
    ApiKeyFactory(user=user), CredentialFactory(user=user), TeamFactory(owner=user)
    PresetFactory(**things), ScheduleFactory(**things)
    files.keep(user.pk, ContentFile(b"hello"), name="notes.txt")
    knowledge.create_collection(user.pk, name="Handbook")
    return execution


@pytest.mark.django_db
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_z_05_no_list_holds_what_is_anothers(stranger, stranger_api, everything, query):
    extra = {"graph_id": str(everything.graph_id), "execution_id": str(everything.pk)}
    own_key = str(stranger.api_keys.get().pk)
    for address in LISTS:
        for more in ({}, extra):
            answer = stranger_api.get(address, query | more)
            assert answer.status_code in {200, 400, 404}
            ids = [each["id"] for each in answer.json().get("results", ())]
            assert set(ids) <= {own_key}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {f"HTTP_X_{number}": "x" for number in range(200)},
        {"HTTP_X_LONG": "x" * 65_536},
        {"HTTP_X_API_KEY": "x" * 65_536},
        {"HTTP_AUTHORIZATION": "Bearer " + "x" * 65_536},
        {"HTTP_ACCEPT_LANGUAGE": "en," * 20_000},
        {"HTTP_IF_MATCH": '"' + "9" * 65_536},
        {"HTTP_X_FORWARDED_FOR": "1.1.1.1," * 8_000},
        {"HTTP_COOKIE": "a=b;" * 16_000},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_i_10_headers_of_any_size_break_nothing(headers):
    for address in ("/api/user", "/login/", "/api/nothing"):
        assert Browser().get(address, **headers).status_code in {200, 400, 401, 404, 431}


@pytest.mark.django_db(transaction=True)
def test_g_04_in_a_ladder_of_diamonds_every_node_fires_once(user):
    nodes, links, last = {"start": ("test_pure", {"value": {"l": 1}})}, [], "start"
    for number in range(20):
        left, right, join = f"l{number}", f"r{number}", f"j{number}"
        nodes |= dict.fromkeys((left, right, join), ("test_pure", {}))
        links += [f"{last}.value_#_l -> {side}.value" for side in (left, right)]
        links += [f"{side}.value -> {join}.value_#_{side[0]}" for side in (left, right)]
        last = join
    execution = run(user, drawing(nodes, links))
    fired = [node.node_id for node in execution.node_executions.all()]
    assert (execution.status, len(fired), len(set(fired))) == ("COMPLETED", 61, 61)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "metadata", [{"note": "x" * 5_000_000}, {"note": [[]]}], ids=["5 MB", "deep"]
)
def test_g_10_metadata_without_end_is_refused(api, metadata):
    if metadata["note"] == [[]]:
        for _ in range(200):
            metadata = {"note": metadata}
    node = {"id": "a", "block_id": "text_input_block", "input_default": {"name": "t"}}
    answer = api.post(
        "/api/graphs", {"name": "G", "nodes": [{**node, "metadata": metadata}], "links": []}
    )
    assert answer.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_g_12_a_burst_of_one_user_is_limited_and_holds_up_no_other(
    api, stranger_api, version, stranger, settings
):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {RouteClass.EXECUTE: Rate(3, 60)}
    address, body = f"/api/graphs/{version.graph_id}/execute", {"inputs": {"text": "x"}}
    answers = [api.post(address, body, REMOTE_ADDR="198.51.100.1") for _ in range(5)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    other = ExecutionFactory(user=stranger).graph_id
    answer = stranger_api.post(f"/api/graphs/{other}/execute", body, REMOTE_ADDR="198.51.100.2")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "text", ["{x.__class__}", "{x:>999999999}", "{0}", "%(x)999999999s", "${x}", "{x!r:^{x}}"]
)
def test_x_08_a_format_is_text(text):
    assert list(run_block("fill_text_template_block", {"format": text, "values": {"x": 1}})) == [
        ("output", text)
    ]


@pytest.mark.parametrize("said", ["{{ 7*7 }}", "${7*7}", "{x.__class__}", "{% for a in b %}"])
def test_l_02_what_a_model_says_is_data_in_a_template(said):
    values = {"format": "It said: {{ answer }}", "values": {"answer": said}}
    assert list(run_block("fill_text_template_block", values)) == [("output", f"It said: {said}")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wanted", ["bytes=0-1", "bytes=" + ",".join(f"{n}-" for n in range(5_000)), "bytes=9-1", "x"]
)
def test_f_07_ranges_multiply_nothing(user, wanted):
    file = files.keep(user.pk, ContentFile(b"hello"), name="a.txt")
    browser = Browser()
    browser.force_login(user)
    answer = browser.get(f"/api/files/{file.pk}/download", HTTP_RANGE=wanted)
    assert answer.status_code in {200, 206, 416}
    assert len(answer.content) <= 5


@pytest.mark.parametrize(
    "url",
    [
        "https://agents.example.com/api/graphs/x/execute",
        "http://AGENTS.example.com.:8080/",
        "https://eu.loom.example/",
    ],
)
def test_s_15_a_run_cannot_call_the_installation_that_it_runs_in(url):
    own = ["agents.example.com", ".loom.example", "*"]
    with pytest.raises(BlockError) as refused:
        Policy.allowing([], own).check_target(target_of(parse_url(url)))
    assert refused.value.code == "ssrf_blocked"
    Policy.allowing(["agents.example.com", "eu.loom.example"], own).check_target(
        target_of(parse_url(url))
    )
    Policy.allowing([], own).check_target(target_of(parse_url("https://example.com/")))


@pytest.mark.parametrize(
    ("url", "warnings"),
    [
        ("redis://cache.example:6379/0", ["agentloom.W001"]),
        ("redis://:secret@cache.example:6379/0", []),
        ("redis://127.0.0.1:6379/0", []),
        ("unix:///run/redis.sock", []),
    ],
)
def test_o_06_a_redis_that_others_may_reach_needs_a_password(settings, url, warnings):
    settings.REDIS_URL = url
    assert [each.id for each in checks.redis_has_a_password()] == warnings


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "warnings"), [("SUPERUSER", ["agentloom.W002"]), ("", [])])
def test_o_06_a_superuser_of_the_database_is_warned_of(settings, kind, warnings):
    settings.HTTPS = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE of_a_test {kind}")
        cursor.execute("SET LOCAL ROLE of_a_test")
        found = checks.database_role_is_no_superuser(databases=["default"])
        cursor.execute("RESET ROLE")
    assert [each.id for each in found] == warnings

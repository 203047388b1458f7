"""Runs that ask models and MCP servers with the credentials of their user."""

import json

import pytest
from django.apps import apps
from django.core import serializers as dumps

from accounts import credits, outbound
from accounts.models import ModelPrice, TokenUsage
from accounts.vault import services as vault
from chaos import invariants
from executions import services
from executions.engine.status import Status
from executions.workers import work
from tests.blocks.adapters.site import Answer, running_site
from tests.executions.provider import asks, said
from tests.executions.scene import drawing, run, save
from tests.executions.test_agents import agent, mcp_session, run_all

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "sk-planted-7f3a9b"
KEY = "openai_compatible-openai-anthropic-open_router-deepseek-groq_api_key_credentials"


@pytest.fixture
def site():
    with running_site() as running:
        yield running
    outbound.http().close()


@pytest.fixture
def own(user, site):
    return vault.create(
        user,
        title="Mine",
        provider="openai_compatible",
        type="api_key",
        base_url=site.url,
        secret={"api_key": SECRET},
        is_default=True,
    )


def reference(credential):
    return {"id": str(credential.pk)}


def asking(**pins):
    return drawing({"ask": ("llm_call_block", {"prompt": "Hello", "model": "m", **pins})})


def test_a_node_asks_the_provider_of_its_credential_and_pays_for_the_block_alone(user, site, own):
    ModelPrice.objects.create(pattern="m*", input_price=10**6, output_price=10**6)
    site.says("/chat/completions", said(f"Hi, your key is {SECRET}", 10_000, 1_500))
    before = user.credits
    credits.grant(user, 1 - before)  # not enough for a token of m

    execution = run(user, asking(credentials=reference(own)))

    assert execution.outputs["response"] == ["Hi, your key is [hidden]"]
    assert execution.outputs["model"] == ["openai_compatible (m-1)"]
    assert site.seen[0].headers["authorization"] == f"Bearer {SECRET}"
    assert execution.cost == 1
    used = TokenUsage.objects.get()
    assert (used.provider, used.input_tokens, used.price) == ("openai_compatible", 10_000, 0)
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    assert SECRET not in dumps.serialize("json", rows)
    assert list(invariants.check([execution.pk], sink_log=[])) == []


def test_a_credential_of_the_run_holds_back_no_credits_either(user, site, own):
    ModelPrice.objects.create(pattern="m*", input_price=10**6, output_price=10**6)
    site.says("/chat/completions", said("Hi"))
    credits.grant(user, 1 - user.credits)
    execution = services.start_execution(
        version=save(user, asking()),
        user=user,
        inputs={},
        credentials_inputs={KEY: reference(own)},
    )
    work.advance(execution.pk)
    work.fill_slots()

    execution.refresh_from_db()
    assert (execution.status, execution.outputs["response"]) == (Status.COMPLETED, ["Hi"])


def test_a_default_credential_that_nobody_names_is_not_used(user, site, own):
    execution = run(user, asking())
    assert execution.outputs["model"] == ["offline (offline-extractive)"]
    assert site.seen == []


def test_vectors_are_made_by_the_provider_of_the_credential(user, site, own):
    body = {"data": [{"index": 0, "embedding": [1, 0]}], "usage": {"prompt_tokens": 3}}
    site.says("/embeddings", Answer(body=json.dumps(body).encode()))
    pins = {"texts": ["tea"], "model": "e", "credentials": reference(own)}
    execution = run(user, drawing({"embed": ("ai_embeddings_block", pins)}))
    assert execution.outputs["embeddings"] == [[[1.0, 0.0]]]


def test_an_agent_and_its_mcp_server_use_their_credentials(user, site, own):
    tools = {"tools": [{"name": "look", "description": "Looks.", "inputSchema": {}}]}
    found = {"content": [{"type": "text", "text": f"42 for {SECRET}"}]}
    for result in (tools, found):
        site.says("/mcp", *(Answer(body=body) for body in mcp_session(result)))
    site.says("/chat/completions", asks(("look", {})), said("It is 42."))
    server = vault.create(
        user,
        title="Tools",
        provider="mcp",
        type="api_key",
        hosts=[site.host],
        secret={"api_key": SECRET},
    )
    mcp = {"server_url": f"{site.url}/mcp", "credentials": reference(server)}
    graph = drawing(
        {
            "agent": agent(model="m", credentials=reference(own)),
            "mcp": ("mcp_tool_block", mcp),
            "out": ("output_block", {"name": "answer"}),
        },
        ["agent.tools -> mcp.tool_arguments", "agent.finished -> out.value"],
    )
    execution = run(user, graph)
    run_all(execution)

    assert execution.outputs == {"answer": ["It is 42."]}
    assert {seen.headers.get("authorization") for seen in site.seen} == {f"Bearer {SECRET}"}
    told = json.loads(site.seen[-1].body)["messages"]
    assert told[-1]["content"] == "42 for [hidden]"


def test_a_server_that_runs_as_a_command_takes_no_credential(user, own, settings):
    settings.MCP_STDIO_SERVERS = {"files": ["false"]}
    server = vault.create(
        user,
        title="Tools",
        provider="mcp",
        type="api_key",
        hosts=["example.com"],
        secret={"api_key": SECRET},
    )
    pins = {"server_url": "stdio:files", "credentials": reference(server)}
    execution = run(user, drawing({"list": ("mcp_list_tools_block", pins)}))
    assert execution.node_executions.get().error_code == "credential_host_refused"

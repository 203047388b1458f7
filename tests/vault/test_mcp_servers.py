"""Connecting an MCP server that lets people in by OAuth, as the protocol says it: found, registered, used, renewed."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.vault.models import Credential, PendingConnection
from blocks.base import BlockError
from blocks.registry import find
from executions import services as runs
from tests.blocks.adapters.site import Answer

RESOURCE = "/.well-known/oauth-protected-resource/mcp"
METADATA = "/.well-known/oauth-authorization-server/sign-in"
CONNECT = "/api/credentials/connect"
TOKEN = {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600}
TOOLS = {"tools": [{"name": "add", "description": "Adds.", "inputSchema": {"type": "object"}}]}


def said(body, status=200):
    return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())


def result(id_, body):
    return said({"jsonrpc": "2.0", "id": id_, "result": body})


@pytest.fixture
def server(site):
    """An MCP server at /mcp, and who lets people in at /sign-in."""
    site.says("/mcp", Answer(401))
    site.says(
        RESOURCE,
        said(
            {
                "resource": f"{site.url}/mcp",
                "authorization_servers": [f"{site.url}/sign-in"],
                "scopes_supported": ["tools"],
            }
        ),
    )
    site.says(METADATA, said(metadata(site)))
    site.says("/register", said({"client_id": "client-7"}, 201))
    site.says("/token", said(TOKEN))
    return site


def metadata(site, **changed):
    return {
        "issuer": f"{site.url}/sign-in",
        "authorization_endpoint": f"{site.url}/authorize",
        "token_endpoint": f"{site.url}/token",
        "registration_endpoint": f"{site.url}/register",
        "code_challenge_methods_supported": ["S256"],
        **changed,
    }


def connect(api, server, path="/mcp"):
    return api.post(CONNECT, {"provider": "mcp", "server_url": server.url + path})


def query_of(answer):
    return {
        key: value[0] for key, value in parse_qs(urlsplit(answer.json()["login_url"]).query).items()
    }


def come_back(client, user, state, **more):
    client.force_login(user)
    return client.get("/credentials/callback/", {"state": state, "code": "the-code"} | more)


def sent_to(server, path):
    return [seen for seen in server.seen if seen.path == path]


def form_of(seen):
    return {key: value[0] for key, value in parse_qs(seen.body.decode()).items()}


def list_tools(user, server, credential):
    inputs = {"server_url": f"{server.url}/mcp", "credentials": {"id": str(credential.pk)}}
    return runs.run_block(block=find("mcp_list_tools_block"), user=user, inputs=inputs)


def test_a_server_is_found_registered_with_and_asked_for_its_tools(api, client, user, server):
    asked = query_of(connect(api, server))
    assert (asked["client_id"], asked["scope"]) == ("client-7", "tools")
    assert asked["resource"] == f"{server.url}/mcp"
    [registered] = sent_to(server, "/register")
    assert json.loads(registered.body)["redirect_uris"] == [asked["redirect_uri"]]
    assert come_back(client, user, asked["state"]).status_code == 302
    [token] = sent_to(server, "/token")
    assert form_of(token)["resource"] == f"{server.url}/mcp"
    credential = Credential.objects.get()
    assert (credential.type, credential.hosts) == ("oauth2", [server.host])

    hello = result(1, {"protocolVersion": "2025-06-18"})
    server.says("/mcp", hello, Answer(202), result(2, TOOLS))
    server.next_answer("/mcp")  # the refusal of before
    assert list_tools(user, server, credential)["tools"][0][0]["name"] == "add"
    assert server.seen[-1].headers["authorization"] == "Bearer at-1"


def test_an_old_token_is_renewed_where_it_came_from(api, client, user, server):
    come_back(client, user, query_of(connect(api, server))["state"])
    Credential.objects.update(expires_at=timezone.now())
    server.says("/token", said({"access_token": "at-2", "expires_in": 3600}))
    server.next_answer("/token")
    with pytest.raises(BlockError, match="refuses access"):
        list_tools(user, server, Credential.objects.get())
    assert server.seen[-1].headers["authorization"] == "Bearer at-2"
    renewal = form_of(sent_to(server, "/token")[-1])
    assert (renewal["grant_type"], renewal["client_id"]) == ("refresh_token", "client-7")


def test_the_server_may_say_itself_who_lets_people_in(api, server):
    named = Answer(401, {"www-authenticate": f'Bearer resource_metadata="{server.url}/who"'})
    server.says("/own", named)
    body = {"resource": f"{server.url}/own", "authorization_servers": [f"{server.url}/sign-in"]}
    server.says("/who", said(body))
    assert connect(api, server, "/own").status_code == 200


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"issuer": "https://example.com"}, "describes another one"),
        ({"code_challenge_methods_supported": []}, "not safe"),
        ({"registration_endpoint": None}, "takes no new clients"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "does not say how"),
        ({"token_endpoint": "http://["}, "does not say how"),
    ],
)
def test_a_server_that_cannot_be_trusted_is_refused(api, site, changed, part):
    site.says("/mcp", Answer(401))
    body = {"resource": f"{site.url}/mcp", "authorization_servers": [f"{site.url}/sign-in"]}
    site.says(RESOURCE, said(body))
    site.says(METADATA, said(metadata(site, **changed)))
    answer = connect(api, site)
    assert answer.status_code == 400
    assert part in answer.json()["error"]["message"]
    assert not PendingConnection.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{"resource": "http://["}, {"resource": 1}, {"resource": None, "authorization_servers": 1}],
)
def test_a_server_that_writes_nonsense_is_refused(api, site, body):
    site.says("/mcp", Answer(401))
    site.says(RESOURCE, said(body))
    assert connect(api, site).status_code == 400


def test_who_is_sent_back_by_somebody_else_gets_nothing(api, client, user, server):
    state = query_of(connect(api, server))["state"]
    assert come_back(client, user, state, iss="https://example.com").status_code == 400
    assert not sent_to(server, "/token")


@pytest.mark.parametrize("url", ["", "mcp", "file:///etc/passwd", "http://169.254.169.254/mcp"])
def test_an_address_that_cannot_be_asked_is_refused(api, url):
    assert api.post(CONNECT, {"provider": "mcp", "server_url": url}).status_code == 400


def test_the_page_says_why_a_server_cannot_be_connected(client, user, site):
    client.force_login(user)
    body = {"provider": "mcp", "server_url": f"{site.url}/mcp"}
    answer = client.post("/credentials/connect/", body)
    assert answer.status_code == 400
    assert "does not say how to get access to it" in answer.text

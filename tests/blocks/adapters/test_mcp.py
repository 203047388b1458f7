"""The MCP client, against a server of the official library and against servers that misbehave."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blocks.adapters.http import GuardedHttp
from blocks.adapters.mcp import McpClient
from blocks.base import BlockError
from tests.blocks.adapters.site import Answer

SERVER = Path(__file__).with_name("mcp_server.py")


def never():
    return False


def answers(port):
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def address():
    """The address of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while not answers(port):
        assert time.monotonic() < end, "the server does not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp"
    process.kill()
    process.wait()


@pytest.fixture(params=["http", "stdio"])
def real(request):
    """A client of a real server, and the server's name."""
    if request.param == "stdio":
        commands = {"tests": [sys.executable, str(SERVER)]}
        yield McpClient(GuardedHttp(), commands, never), "stdio:tests"
        return
    address = request.getfixturevalue("address")
    http = GuardedHttp([address.removeprefix("http://").removesuffix("/mcp")])
    yield McpClient(http, {}, never), address
    http.close()


def test_the_tools_of_a_server_are_listed(real):
    client, server = real
    tools = {tool.name: tool for tool in client.list_tools(server, {})}
    assert [*tools] == ["add", "fail", "repeat"]
    assert tools["add"].description == "Adds two numbers."
    assert tools["add"].parameters["required"] == ["a", "b"]


def test_a_tool_is_called(real):
    client, server = real
    assert client.call_tool(server, "add", {"a": 1, "b": 2}, {}) == {"result": 3}


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [("fail", {}, "fail"), ("add", {"a": "x", "b": 1}, "a"), ("nobody", {}, "nobody")],
)
def test_a_tool_that_fails_says_why(real, tool, arguments, says):
    client, server = real
    with pytest.raises(BlockError) as error:
        client.call_tool(server, tool, arguments, {})
    assert error.value.code in {"mcp_tool_failed", "mcp_error"}
    assert says in str(error.value)


def test_a_server_inside_is_refused(address):
    with pytest.raises(BlockError) as error:
        McpClient(GuardedHttp(), {}, never).list_tools(address, {})
    assert error.value.code == "ssrf_blocked"


@pytest.mark.parametrize("server", ["stdio:bash", "stdio:", "file:///etc/passwd", "", "/bin/sh"])
def test_commands_that_the_operator_has_not_named_are_refused(server):
    with pytest.raises(BlockError):
        McpClient(GuardedHttp(), {"tests": ["true"]}, never).list_tools(server, {})


@pytest.mark.parametrize("command", [["true"], ["echo", "hello"], ["/no/such/thing"], ["yes"]])
def test_commands_that_are_no_servers_are_refused(command):
    with pytest.raises(BlockError) as error:
        McpClient(GuardedHttp(), {"x": command}, never).list_tools("stdio:x", {})
    assert error.value.code == "mcp_error"


def test_a_command_is_ended_when_the_run_is_stopped():
    with pytest.raises(BlockError) as error:
        McpClient(GuardedHttp(), {"x": ["cat", "/dev/zero"]}, never).list_tools("stdio:x", {})
    assert error.value.code == "mcp_error"
    with pytest.raises(BlockError) as error:
        McpClient(GuardedHttp(), {"x": ["sleep", "60"]}, lambda: True).list_tools("stdio:x", {})
    assert error.value.code == "cancelled"


def hello(version="2025-06-18", **headers):
    result = {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": version}}
    return Answer(200, {"Content-Type": "application/json"} | headers, json.dumps(result).encode())


def result(data, id_=2):
    return json.dumps({"jsonrpc": "2.0", "id": id_, "result": data}).encode()


@pytest.fixture
def client(http):
    return McpClient(http, {}, never)


def test_an_answer_may_come_in_a_stream_that_stays_open(site, client):
    other = json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": {}})
    body = result({"content": [{"type": "text", "text": "hi"}]}).decode()
    cut = body.index(",") + 1
    stream = (
        f": hello\n\ndata: {other}\n\nevent: message\ndata: {body[:cut]}\ndata: {body[cut:]}\n\n"
    )
    events = Answer(
        200, {"Content-Type": "text/event-stream"}, chunks=[stream.encode()], holds=True
    )
    url = site.says("/mcp", hello(**{"Mcp-Session-Id": "s1"}), Answer(202), events)

    assert client.call_tool(url, "greet", {}, {"Authorization": "Bearer x"}) == "hi"

    methods = [(seen.method, seen.headers.get("mcp-session-id")) for seen in site.seen]
    assert methods == [("POST", None), ("POST", "s1"), ("POST", "s1"), ("DELETE", "s1")]
    assert {seen.headers["authorization"] for seen in site.seen} == {"Bearer x"}
    assert site.seen[2].headers["mcp-protocol-version"] == "2025-06-18"


def test_pictures_become_data_uris(site, client):
    parts = [
        {"type": "image", "mimeType": "image/png", "data": "AAAA"},
        {"type": "resource_link", "uri": "a:b"},
        "odd",
    ]
    url = site.says("/mcp", hello(), Answer(202), Answer(body=result({"content": parts})))
    assert client.call_tool(url, "draw", {}, {}) == ["data:image/png;base64,AAAA", parts[1]]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(401), "mcp_auth"),
        (Answer(chunks=[b" " * 1_000_000 + b"\n"] * 11), "too_large"),
        (Answer(404), "mcp_error"),
        (Answer(503), "mcp_error"),
        (Answer(body=b"<html>"), "mcp_error"),
        (Answer(body=b"[1]"), "mcp_error"),
        (Answer(body=b"[" * 90_000), "mcp_error"),
        (Answer(body=result([1])), "mcp_error"),
        (Answer(body=result({}, id_=7)), "mcp_error"),
        (Answer(body=b'{"id": 2, "error": {"message": "no"}}'), "mcp_error"),
        (Answer(body=b'{"id": 2, "error": "no"}'), "mcp_error"),
    ],
)
def test_a_server_that_misbehaves_is_an_error(site, client, answer, code):
    url = site.says("/mcp", hello(), Answer(202), answer)
    with pytest.raises(BlockError) as error:
        client.list_tools(url, {})
    assert error.value.code == code


def test_a_revision_that_is_not_known_is_refused(site, client):
    url = site.says("/mcp", hello("1999-01-01"))
    with pytest.raises(BlockError, match="1999"):
        client.list_tools(url, {})


def test_lists_are_read_page_by_page_and_not_without_end(site, client):
    page = {"tools": [{"name": "a"}, {"inputSchema": 1}, 5], "nextCursor": "more"}
    pages = [Answer(body=result(page, id_)) for id_ in range(2, 12)]
    url = site.says("/mcp", hello(), Answer(202), *pages)
    tools = client.list_tools(url, {})
    assert [tool.name for tool in tools] == ["a", ""] * 10
    assert tools[0].parameters == {"type": "object"}

"""The client against a real server and a real worker."""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from accounts import keys
from accounts.models import Scope
from executions import services
from executions.models import Execution
from tests.executions.scene import drawing, save
from tests.factories import VersionFactory
from tests.processes import on_this_database, until

SOURCE = Path(__file__).resolve().parents[2] / "clients" / "python"
sys.path.insert(0, str(SOURCE / "src"))

from agentloom_client import Agentloom, AgentloomError, AsyncAgentloom, calls, cli  # noqa: E402

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ASKING = drawing({"ask": ("human_in_the_loop_block", {"name": "Pay?", "data": 1})})
OF_N8N = {
    "nodes": [{"id": "1", "name": "Tell", "type": "n8n-nodes-base.slack", "parameters": {}}],
    "connections": {},
}
FAILING = drawing({"boom": ("test_gone_block", {})})


class Web:
    """A web process on the test database, which may be ended and started anew."""

    def __init__(self, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url, self._log = f"http://127.0.0.1:{self._port}", log

    def start(self):
        command = f"-m uvicorn config.asgi:application --lifespan off --port {self._port}"
        with self._log.open("ab") as log:
            arguments = [sys.executable, *command.split()]
            environment = on_this_database()
            self._process = subprocess.Popen(arguments, env=environment, stdout=log, stderr=log)

    def end(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def web(django_db_setup, tmp_path_factory):
    web = Web(tmp_path_factory.mktemp("web") / "web.log")
    web.start()
    until(lambda: is_up(web.url))
    yield web
    web.end()


@pytest.fixture
def server(web):
    return web.url


def is_up(url):
    try:
        return urllib.request.urlopen(f"{url}/healthz", timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture
def key(user):
    return keys.issue(user, name="x", permissions=Scope.values)[1]


@pytest.fixture
def loom(server, key):
    with Agentloom(server, key) as client:
        yield client


@pytest.fixture
def command(server, key, capsys):
    """Do what somebody types; returns (exit code, output, errors)."""

    def command(*words):
        code = cli.main(["--url", server, "--api-key", key, *words])
        return code, *capsys.readouterr()

    return command


def test_the_whole_way(loom, command, server, key, user, version, workers, tmp_path):
    workers(1)
    asking = save(user, ASKING)

    run = loom.run("Echo", {"text": "hello"})
    assert (run["status"], run["outputs"]) == ("COMPLETED", {"answer": ["hello"]})
    events = list(loom.events(run["id"]))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.is_last for event in events][-2:] == [False, True]
    assert list(loom.events(run["id"], after=events[-1].seq)) == []
    assert [each["node_id"] for each in loom.nodes(run["id"])] == ["ask", "tell"]

    one = loom.start(str(version.graph_id), {"text": "x"}, idempotency_key="k")
    assert loom.start("Echo", {"text": "x"}, idempotency_key="k")["id"] == one["id"]

    waiting = loom.start(str(asking.graph_id))
    until(lambda: loom.get(waiting["id"])["status"] == "WAITING")
    assert loom.stop(waiting["id"])["status"] == "CANCELLED"
    assert loom.stop(waiting["id"]) is None
    assert loom.wait(waiting["id"])["status"] == "CANCELLED"

    assert asyncio.run(_with_a_loop(server, key)) == ("COMPLETED", ["hello"], 2)


async def _with_a_loop(server, key):
    async with AsyncAgentloom(server, key) as loom:
        run = await loom.run("Echo", {"text": "hello"})
        kinds = [event.kind async for event in loom.events(run["id"])]
        graphs = await loom.graphs()
        return run["status"], run["outputs"]["answer"], len(kinds) > 2 and len(graphs)


def test_the_verbs_of_the_command_line(loom, command, user, version, workers, tmp_path):
    workers(1)
    asking = save(user, ASKING)
    code, output, progress = command("run", "Echo", "--input", "text=hello")
    assert (code, json.loads(output)) == (0, {"answer": ["hello"]})
    assert "tell: COMPLETED" in progress
    run_id = command("list", "runs")[1].split()[0]
    assert command("watch", run_id)[:2] == (0, output)
    assert "tell" in command("logs", run_id)[1]
    assert str(version.graph_id) in command("list")[1]
    _, started, _ = command("run", str(asking.graph_id), "--no-wait")
    assert command("stop", started.strip())[:2] == (0, "CANCELLED\n")
    file = tmp_path / "echo.json"
    file.write_text(command("export", "Echo")[1])
    code, graph_id, errors = command("import", str(file))
    assert (code, errors) == (0, "")
    assert loom.run(graph_id.strip(), {"text": "again"})["outputs"] == {"answer": ["again"]}
    file.write_text(json.dumps(OF_N8N))
    assert (
        command("import", str(file))[2] == "placeholder: Tell: there is no block for slack here\n"
    )
    assert Execution.objects.filter(status="QUEUED").count() == 0


def test_refusals_are_errors_with_a_code(loom, command, server, user, version):
    with pytest.raises(AgentloomError) as refused:
        loom.start(str(version.graph_id), {"nothing": 1})
    assert (refused.value.status, refused.value.code) == (400, "invalid_graph")
    assert "text" in str(refused.value)
    with pytest.raises(AgentloomError, match="no graph with the name"):
        loom.start("Nobody's")
    VersionFactory(owner=user)
    with pytest.raises(AgentloomError, match="more than one graph"):
        loom.start("Echo")
    with pytest.raises(AgentloomError) as unknown, Agentloom(server, "aloom_wrong") as stranger:
        stranger.graphs()
    assert unknown.value.status == 401
    assert command("watch", "00000000-0000-0000-0000-000000000000")[0] == 2
    assert command("run", "Echo", "--input", "text")[0] == 2


async def follow(url, key, run_id, seen):
    async with AsyncAgentloom(url, key) as loom:
        async for event in loom.events(run_id):
            seen.append(event.seq)


def test_who_follows_a_run_misses_nothing_when_the_server_is_started_anew(
    loom,
    web,
    key,
    user,
    version,
    workers,
):
    id_ = loom.start(str(save(user, ASKING).graph_id))["id"]
    seen = ([], [])
    followers = [
        threading.Thread(target=lambda: seen[0].extend(each.seq for each in loom.events(id_))),
        threading.Thread(target=lambda: asyncio.run(follow(web.url, key, id_, seen[1]))),
    ]
    workers(1)
    for follower in followers:
        follower.start()
    until(lambda: Execution.objects.get().status == "WAITING" and seen[1])
    web.end()
    services.answer(Execution.objects.get().node_executions.get(), {"approved": True})
    web.start()
    for follower in followers:
        follower.join(40)
    assert seen[0] == seen[1] == list(range(1, len(seen[0]) + 1))
    assert loom.get(id_)["status"] == "COMPLETED"


def test_a_server_that_is_away_is_an_error(monkeypatch):
    monkeypatch.setattr(calls, "PAUSE", 0.0)
    with Agentloom("http://127.0.0.1:9", "x") as loom:
        for do in (loom.graphs, lambda: loom.wait("x")):
            with pytest.raises(AgentloomError) as away:
                do()
            assert away.value.code == "unreachable"


def test_a_key_is_needed(monkeypatch):
    monkeypatch.delenv("AGENTLOOM_API_KEY", raising=False)
    with pytest.raises(AgentloomError, match="AGENTLOOM_API_KEY"):
        Agentloom()


def test_it_is_a_package_of_its_own(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(SOURCE, source)
    build = "import flit_core.buildapi as build; build.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, timeout=60)
    [wheel] = source.glob("*.whl")
    code = f"import sys; sys.path.insert(0, {str(wheel)!r}); import agentloom_client as c; print(c.__file__)"
    place = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert wheel.name in place.stdout

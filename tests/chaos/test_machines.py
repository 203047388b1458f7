"""Machines with cables that are cut: the installation on relays runs everywhere, the one in network namespaces where root may make them."""

import json
import socket
import subprocess
import sys

import pytest

from chaos.machines.namespaces import why_not
from chaos.options import ANY, parse
from config.local.folder import ROOT
from tests.processes import until


def chaos(*words):
    return subprocess.run(
        [sys.executable, "-m", "chaos", *words],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.processes
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", ["relays", "namespaces"])
def test_cut_cables_dead_machines_and_restarts_lose_nothing(kind, tmp_path, request):
    if not request.config.getoption("--long"):
        pytest.skip("two minutes; run with --long, or ./dev chaos --machines relays")
    if kind == "namespaces" and (reason := why_not()):
        pytest.skip(reason)
    table = tmp_path / "table.json"

    done = chaos("--machines", kind, "--seed", "3", "--json", str(table))

    assert (done.returncode, done.stdout[-3000:] if done.returncode else "") == (0, ""), done.stderr
    lines = json.loads(table.read_text())["lines"]
    assert lines["runs accepted on two web machines"]["figure"] > 20


def test_what_the_machines_are_made_of_need_not_be_said():
    assert parse(["--machines"]).machines == parse(["--machines", "any"]).machines == ANY
    assert parse(["--machines", "relays"]).machines == "relays"
    assert parse([]).machines == ""


@pytest.fixture
def relay():
    """Where a relay listens, what answers behind it, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, target = free.getsockname()[1], f"127.0.0.1:{server.getsockname()[1]}"
        free.close()
        command = [sys.executable, "-m", "chaos.machines.relay", "127.0.0.1", str(port), target]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            yield port, server
        finally:
            process.kill()
            process.wait()


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_relay_passes_on_what_comes_and_that_it_ends(relay):
    port, server = relay
    until(lambda: is_open(port))
    server.accept()[0].close()
    with socket.create_connection(("127.0.0.1", port)) as near, server.accept()[0] as far:
        near.sendall(b"ping")
        assert far.recv(10) == b"ping"
        far.sendall(b"pong")
        assert near.recv(10) == b"pong"
        far.close()
        assert near.recv(10) == b""

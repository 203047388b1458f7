"""What happens in the child stays in the child."""

import errno
import socket
import subprocess
import sys

import pytest

from blocks.base import BlockError
from blocks.sandbox.pool import ProcessSandbox


@pytest.fixture(scope="module")
def sandbox():
    processes = ProcessSandbox(children=1)
    yield processes
    processes.close()


def call(sandbox, name, **arguments):
    return sandbox.call(f"tests.blocks.strange_work:{name}", arguments, subject="It", seconds=1.5)


def may_leave_network():
    """Whether this machine lets a process have a network of its own; some containers do not."""
    source = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x50000000))"
    return subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


@pytest.mark.skipif(not may_leave_network(), reason="user namespaces are switched off here")
def test_a_child_reaches_no_server(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            pass
        assert call(sandbox, "connect", port=port) == errno.ENETUNREACH


def test_a_child_sees_no_environment(sandbox):
    assert set(call(sandbox, "environment")) <= {"LC_CTYPE"}  # which Python sets itself


def test_a_child_writes_no_files(sandbox, tmp_path):
    path = tmp_path / "x"
    with pytest.raises(BlockError):
        call(sandbox, "write", path=str(path))
    assert not path.exists() or path.read_bytes() == b""


@pytest.mark.parametrize("name", ["hoard", "loop", "die", "talk"])
def test_a_child_that_goes_too_far_is_replaced(sandbox, name):
    with pytest.raises(BlockError, match="It was stopped: ") as refusal:
        call(sandbox, name)
    assert refusal.value.code == "resource_limit"
    assert call(sandbox, "chatter") == 1


def test_a_result_that_is_no_json_is_a_failure(sandbox):
    with pytest.raises(BlockError, match="It cannot be read: "):
        call(sandbox, "no_json")


def test_too_large_a_request_is_refused(sandbox):
    with pytest.raises(BlockError, match="larger than 16 MB"):
        call(sandbox, "write", path="x" * 16_000_000)

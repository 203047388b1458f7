"""The server that ships with the examples, started as a newcomer does."""

import socket
import subprocess
import sys

from tests.examples.conftest import EXAMPLES


def test_a_port_that_is_taken_ends_the_server_with_a_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, EXAMPLES / "site_server.py", "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        f"Port {port} on 127.0.0.1 cannot be used: Address already in use. "
        "Stop what uses it, or choose another one with --port.\n"
    )

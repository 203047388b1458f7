"""The command line, from `dev` to what it starts."""

import socket
import sys
from pathlib import Path

import pytest

from config.local.__main__ import main, take_data
from config.local.errors import SetupError
from config.local.management import python, run_in_foreground
from config.local.programs import Address, web
from config.local.up import up

X = Path("/x")


@pytest.mark.parametrize(
    ("command", "arguments", "expected"),
    [
        ("manage", ["--data", "/x", "migrate", "--fake"], (X, ["migrate", "--fake"])),
        ("manage", ["--data=/x", "migrate"], (X, ["migrate"])),
        ("manage", ["load", "--data", "/y"], (None, ["load", "--data", "/y"])),
        ("manage", [], (None, [])),
        ("run", ["f.json", "--input", "a=b", "--data", "/x"], (X, ["f.json", "--input", "a=b"])),
        ("up", ["--port", "1", "--data", "/x"], (X, ["--port", "1"])),
    ],
)
def test_the_data_folder_is_taken_from_the_arguments(command, arguments, expected):
    assert take_data(command, arguments) == expected


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["fly"])
    assert "invalid choice: 'fly'" in capsys.readouterr().err


def test_up_refuses_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SetupError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            up(tmp_path, ["--port", port])


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_the_printed_address_can_be_opened(host, url):
    assert Address(host, 80).url == url


def test_a_host_that_is_listened_on_may_be_called_by_its_name():
    program = web(Address("10.0.0.7", 80), env={})
    assert {"10.0.0.7", "localhost"} <= set(program.env["ALLOWED_HOSTS"].split(","))


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--workers", "-1"]])
def test_up_refuses_numbers_that_make_no_sense(tmp_path, arguments):
    with pytest.raises(SystemExit, match="2"):
        up(tmp_path, arguments)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("pass", 0), ("exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_a_command_in_the_foreground_passes_on_its_exit_code(code, expected):
    command = [sys.executable, "-c", code]
    assert run_in_foreground(command, env={}) == expected


def test_servers_are_looked_after_while_a_command_runs(tmp_path):
    mark = tmp_path / "mark"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(mark)!r}).exists(): time.sleep(0.01)"
    assert run_in_foreground(python("-c", wait), env={}, meanwhile=mark.touch) == 0

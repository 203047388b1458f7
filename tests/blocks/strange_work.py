"""Work for the sandbox that breaks rules."""

import os
import socket
from pathlib import Path


def connect(port):
    with socket.socket() as connection:
        connection.settimeout(2)
        return connection.connect_ex(("127.0.0.1", port))


def environment():
    return dict(os.environ)


def write(path):
    Path(path).write_text("x", encoding="utf-8")


def hoard():
    return len([b"x" * 1_000_000 for _ in range(10_000)])


def loop():
    while True:
        pass


def die():
    os._exit(1)


def chatter():
    print("{}")  # noqa: T201 - a library may do so
    return 1


def talk():
    return "x" * 20_000_000


def no_json():
    return {1, 2}

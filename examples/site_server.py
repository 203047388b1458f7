"""Serves the small web site in `site/` that the web digest reads."""

import argparse
import errno
import sys
import time
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
SITE = Path(__file__).resolve().parent / "site"


class Handler(SimpleHTTPRequestHandler):
    """Answers after a pause, and keeps no log."""

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".html": "text/html; charset=utf-8",
    }

    def __init__(self, *arguments: Any, delay: float, **options: Any) -> None:
        self._delay = delay
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Every answer takes at least the delay."""
        time.sleep(self._delay)
        super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A thread for each request."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up, as those of a stopped run do, are no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def make_server(port: int, *, delay: float = 0.0, folder: Path = SITE) -> Server:
    """A server that listens already; port 0 takes any free one. Raises `OSError` when the port is taken."""
    handler = partial(Handler, delay=delay, directory=str(folder))
    return Server((HOST, port), handler)


def _wait_for_port(options: argparse.Namespace) -> Server:
    while True:
        try:
            return make_server(options.port, delay=options.delay)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        time.sleep(2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until Ctrl-C; exits with code 1 when the port is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--delay", type=float, default=0.0, help="seconds before each answer (%(default)s)"
    )
    parser.add_argument("--wait", action="store_true", help="wait until the port is free")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535 or options.delay < 0:
        parser.error("--port must be between 0 and 65535, --delay not below 0")
    try:
        server = (
            _wait_for_port(options)
            if options.wait
            else make_server(options.port, delay=options.delay)
        )
    except OSError as error:
        sys.exit(
            f"Port {options.port} on {HOST} cannot be used: {error.strerror}. "
            "Stop what uses it, or choose another one with --port."
        )
    with server:
        sys.stdout.write(f"Serving the example site at http://{HOST}:{server.server_port}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("Stopped\n")


if __name__ == "__main__":
    main()

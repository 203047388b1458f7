"""A real HTTP server on this machine that says what a test tells it to say."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from blocks.adapters.endpoints import LlmSettings, operator_client


@dataclass(frozen=True)
class Answer:
    """What the server sends once."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunks: Sequence[bytes] = ()  # sent one after the other, instead of the body
    holds: bool = False  # stays silent after the chunks, until the test is over
    breaks: bool = False  # hangs up after the chunks, without an end


@dataclass(frozen=True)
class Seen:
    """A request that reached the server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    client_port: int


class Site:
    """The server: `says` queues answers for a path, the last one is repeated; `seen` lists requests."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.over = threading.Event()
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def says(self, path: str, *answers: Answer) -> str:
        """Answer requests for this path so; returns its URL."""
        self._answers[path] += answers
        return self.url + path

    def next_answer(self, path: str) -> Answer:
        queued = self._answers[path]
        if not queued:
            return Answer(404)
        return queued.pop(0) if len(queued) > 1 else queued[0]

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """Notes a request and sends the next answer for its path."""

    protocol_version = "HTTP/1.1"

    def __init__(self, site: Site, *connection: Any) -> None:
        self.site = site
        super().__init__(*connection)

    def answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        port = self.client_address[1]
        self.site.seen.append(Seen(self.command, self.path, headers, body, port))
        self.send(self.site.next_answer(self.path))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer

    def send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.chunks or answer.holds:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.send_chunks(answer)
        else:
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if self.command != "HEAD" else b"")

    def send_chunks(self, answer: Answer) -> None:
        for chunk in answer.chunks:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        if answer.holds:
            self.site.over.wait(30)
        if answer.breaks or answer.holds:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running_site() -> Iterator[Site]:
    """A server for the time of a test."""
    site = Site()
    try:
        yield site
    finally:
        site.close()


@contextmanager
def running_provider(settings: Any, model: str = "m") -> Iterator[Site]:
    """A server of language models that the operator has chosen."""
    with running_site() as site:
        settings.LLM = LlmSettings("openai", site.url, "k", model)
        try:
            yield site
        finally:
            operator_client(site.url).close()

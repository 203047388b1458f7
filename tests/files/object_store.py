"""A server on this machine that speaks as much of S3 as storing, reading, listing and deleting objects needs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "agentloom"
_LIST = (
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>'
    "{folders}{files}</ListBucketResult>"
)
_FOLDER = "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>"
_FILE = "<Contents><Key>{}</Key><Size>1</Size></Contents>"


class ObjectStore:
    """The objects by name; `refuses` is the status that every request gets instead of an answer."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.refuses: int | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def list(self, prefix: str, delimiter: str) -> str:
        """The page of a listing."""
        rest = [name.removeprefix(prefix) for name in self.objects if name.startswith(prefix)]
        folders = {each.partition(delimiter)[0] + delimiter for each in rest if delimiter in each}
        files = [each for each in rest if delimiter not in each]
        return _LIST.format(
            folders="".join(_FOLDER.format(escape(prefix + each)) for each in sorted(folders)),
            files="".join(_FILE.format(escape(prefix + each)) for each in sorted(files)),
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, store: ObjectStore, *connection: Any) -> None:
        self.store = store
        super().__init__(*connection)

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        name = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        if self.store.refuses:
            self.send(self.store.refuses)
        elif not name:
            query = parse_qs(parts.query)
            prefix, delimiter = (query.get(key, [""])[0] for key in ("prefix", "delimiter"))
            self.send(200, self.store.list(prefix, delimiter).encode())
        elif self.command == "PUT":
            self.store.objects[name] = body
            self.send(200)
        elif self.command == "DELETE":
            self.store.objects.pop(name, None)
            self.send(204)
        elif name in self.store.objects:
            self.send(200, self.store.objects[name])
        else:
            self.send(404)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = answer

    def send(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running_store() -> Iterator[ObjectStore]:
    """A store for the time of a test."""
    store = ObjectStore()
    thread = threading.Thread(target=store.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield store
    finally:
        store.server.shutdown()
        store.server.server_close()
        thread.join()


def storage_at(url: str) -> dict[str, Any]:
    """What `FILE_STORAGE` says for it."""
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": url,
        "access_key": "a",
        "secret_key": "b",
        "region_name": "eu-central-1",
        "addressing_style": "path",
    }
    return {"BACKEND": "config.object_store.S3Files", "OPTIONS": options}

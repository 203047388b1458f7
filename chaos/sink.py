"""The world that blocks act on: a web server in a process of its own that writes each request into a file, with fsync,
before it answers. `Sink` starts it and reads the file.

The process takes its port and its file as arguments. While the gate file exists, answers are held back.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_FIELDS = ("run", "node_execution", "key", "kind")
_LONGEST_HOLD = 30.0  # seconds, for a gate that nobody opens


@dataclass(frozen=True, slots=True)
class Entry:
    """One effect: who had it, the idempotency key that came with it, and the kind of the block."""

    run: str
    node_execution: str
    key: str
    kind: str


class Log:
    """The file, and how often each node execution has come."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._times: Counter[str] = Counter()

    def add(self, entry: Mapping[str, Any]) -> int:
        """Keep it, whatever happens from now on; returns how often this node execution has come."""
        with self._lock:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            who = entry["node_execution"] or entry["path"]
            self._times[who] += 1
            return self._times[who]


class _Handler(BaseHTTPRequestHandler):
    log: Log
    gate: Path

    def do_POST(self) -> None:
        """An effect: `?refuse=n` refuses the first n attempts of a node execution, `?fail=1` every one of them for
        good, `?ms=n` takes its time.
        """
        target = urlsplit(self.path)
        sent = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or "{}")
        known = {"path": target.path, "at": time.time()}
        times = self.log.add(dict.fromkeys(_FIELDS, "") | sent | known)
        end = time.monotonic() + _LONGEST_HOLD
        while self.gate.exists() and time.monotonic() < end:
            time.sleep(0.01)
        wanted = {name: int(values[0]) for name, values in parse_qs(target.query).items()}
        time.sleep(wanted.get("ms", 0) / 1_000)
        refusal = 503 if times <= wanted.get("refuse", 0) else 200
        body = json.dumps({"path": target.path, "times": times}).encode()
        with contextlib.suppress(OSError):  # whoever asked may be dead
            self.send_response(400 if wanted.get("fail") else refusal)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - the name is the base class's

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Sink:
    """A running sink."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "effects.jsonl"
        self._gate = folder / "gate-is-closed"
        command = [sys.executable, "-m", "chaos.sink", str(self._log), str(self._gate)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def stop(self) -> None:
        """End the process; the log stays."""
        self._process.kill()
        self._process.communicate()

    def close_gate(self) -> None:
        """Hold all answers back from now on."""
        self._gate.touch()

    def open_gate(self) -> None:
        """Give the answers that were held back."""
        self._gate.unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        """All effects so far."""
        return [Entry(**{name: each[name] for name in _FIELDS}) for each in self._lines()]

    def arrivals(self) -> list[tuple[str, float]]:
        """The run of each effect, and when it came, on this machine's clock."""
        return [(each["run"], each["at"]) for each in self._lines()]

    def effects_of(self, run_id: object) -> int:
        """How many effects a run has had so far."""
        return sum(run == str(run_id) for run, _ in self.arrivals())

    def hits(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(each["path"] for each in self._lines())

    def _lines(self) -> Iterator[dict[str, Any]]:
        if self._log.exists():
            whole, _, _being_written = self._log.read_text(encoding="utf-8").rpartition("\n")
            yield from map(json.loads, whole.splitlines())


def serve(log: Path, gate: Path) -> None:
    """Serve until killed; the first line of the output is the address."""
    _Handler.log, _Handler.gate = Log(log), gate
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))

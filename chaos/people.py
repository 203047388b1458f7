"""Who works with the product while it breaks: over the API they start runs, stop some, and answer questions."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

_TIMEOUT = 30.0
_PAUSE = 0.4  # before another try


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the API; status 0 when the connection broke before there was one."""

    asked: str
    status: int
    body: Any
    seconds: float
    retry_after: str = ""

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.asked} was answered with {self.status} after {self.seconds:.2f} s"


class Api:
    """The product's API as a program uses it, with a note of every answer."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx2.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=_TIMEOUT
        )
        self.replies: list[Reply] = []

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """One request, without a second try."""
        began, asked = time.monotonic(), f"{method} {path}"
        try:
            answer = self._client.request(method, f"/api/{path}", json=body)
            content = answer.json() if answer.content else None
            took = time.monotonic() - began
            retry_after = answer.headers.get("retry-after", "")
            reply = Reply(asked, answer.status_code, content, took, retry_after)
        except (httpx2.HTTPError, ValueError):
            reply = Reply(asked, 0, None, time.monotonic() - began)
        self.replies.append(reply)
        return reply

    def execute(self, graph_id: str) -> Reply:
        return self.call("POST", f"graphs/{graph_id}/execute", {"inputs": {"value": "go"}})

    def read(self, run_id: str) -> Reply:
        return self.call("GET", f"executions/{run_id}")

    def stop(self, graph_id: str, run_id: str) -> Reply:
        return self.call("POST", f"graphs/{graph_id}/executions/{run_id}/stop")

    def answer(self, run_id: str, node_execution_id: str, decision: Mapping[str, Any]) -> Reply:
        path = f"executions/{run_id}/node-executions/{node_execution_id}/answer"
        return self.call("POST", path, decision)

    def is_ready(self) -> bool:
        """Whether the product says that all its servers answer."""
        try:
            return bool(self._client.get("/readyz").json().get("status") == "ok")
        except (httpx2.HTTPError, ValueError):
            return False


@dataclass(frozen=True)
class Plan:
    """Of one run: its graph, when it is submitted, and how long after that it is stopped."""

    graph_id: str
    at: float
    stop_after: float | None = None
    asks_people: bool = False


@dataclass
class Played:
    """What has happened in a campaign."""

    accepted: set[str] = field(default_factory=set)  # runs for which we had a 2xx
    stopped: set[str] = field(default_factory=set)  # runs of which we were told that they stopped
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    seconds_to_end: float = 0.0  # after everything was put right
    is_over: threading.Event = field(default_factory=threading.Event)


class Person:
    """Looks after one run."""

    def __init__(self, api: Api, played: Played, plan: Plan, began: float) -> None:
        self._api, self._played, self._plan, self._began = api, played, plan, began

    def work(self) -> None:
        """From the submission to the last answer."""
        time.sleep(max(0.0, self._began + self._plan.at - time.monotonic()))
        run_id = self._submit()
        if run_id and self._plan.stop_after is not None:
            time.sleep(self._plan.stop_after)
            self._stop(run_id)
        elif run_id and self._plan.asks_people:
            self._answer_questions(run_id)

    def _tries(self) -> Iterator[None]:
        while not self._played.is_over.is_set():
            yield
            self._played.is_over.wait(_PAUSE)

    def _submit(self) -> str | None:
        for _ in self._tries():
            reply = self._api.execute(self._plan.graph_id)
            if reply.is_accepted:
                self._played.accepted.add(reply.body["id"])
                return str(reply.body["id"])
        return None

    def _stop(self, run_id: str) -> None:
        for _ in self._tries():
            reply = self._api.stop(self._plan.graph_id, run_id)
            if reply.is_accepted:
                if reply.body:
                    self._played.stopped.add(run_id)
                return

    def _answer_questions(self, run_id: str) -> None:
        for _ in self._tries():
            reply = self._api.read(run_id)
            if not reply.is_accepted:
                continue
            if reply.body["status"] in {"COMPLETED", "FAILED", "CANCELLED"}:
                return
            for node in reply.body["node_executions"]:
                if node["status"] == "WAITING" and "Go on?" in str(node["inputs"]):
                    self._api.answer(run_id, node["id"], {"approved": bool(node["attempts"] % 2)})

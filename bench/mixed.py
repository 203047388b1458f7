"""`./dev bench --load SECONDS`: people on pages, programs at the API and watchers at the WebSocket, all at once."""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2
import orjson
from asgiref.sync import sync_to_async
from django.test import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from bench.stage import Stage, opened
from config.local.console import Console
from config.local.folder import DataFolder
from executions.engine.status import Status
from executions.models import Execution, Process

PEOPLE, PROGRAMS, WATCHERS = 6, 6, 4
WORKERS = 2
GRAPH = "chain-5"
_PATIENCE = 30.0
_PAUSE = 0.05  # seconds between two actions of somebody
_SAMPLES = 8  # of the memory

Action = Callable[[], Awaitable[object]]


@dataclass
class Tally:
    """How long each kind of action took, and what went wrong."""

    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # MB of each process, over time.
    memory: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def time(self, name: str, action: Action) -> None:
        """Do it once."""
        began = time.perf_counter()
        try:
            await action()
        except (httpx2.HTTPError, WebSocketException, OSError, TimeoutError) as error:
            self.errors[name].append(f"{type(error).__name__}: {error}")
        else:
            self.took[name].append(time.perf_counter() - began)

    def table(self) -> list[list[str]]:
        """A line for each kind."""
        lines = [["action", "count", "errors", "p50", "p95", "p99"]]
        for name in sorted({*self.took, *self.errors}):
            took = sorted(self.took[name])
            shares = [f"{1e3 * _share(took, share):.0f} ms" for share in (0.5, 0.95, 0.99)]
            lines.append([name, str(len(took)), str(len(self.errors[name])), *shares])
        return lines


def _share(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(share * len(took)))] if took else 0.0


class Load:
    """Everybody who does something."""

    def __init__(self, stage: Stage, seconds: float) -> None:
        self.stage = stage
        self.tally = Tally()
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._graph_id = stage.version(GRAPH).graph_id
        browser = Client()
        browser.force_login(stage.user)
        self._cookies = {name: morsel.value for name, morsel in browser.cookies.items()}

    async def run(self) -> None:
        """Until the time is over."""
        bearer = {"Authorization": f"Bearer {self.stage.key}"}
        url = self.stage.web.url
        async with (
            httpx2.AsyncClient(base_url=url, headers=bearer, timeout=_PATIENCE) as api,
            httpx2.AsyncClient(base_url=url, cookies=self._cookies, timeout=_PATIENCE) as pages,
        ):
            await asyncio.gather(
                self._sample_memory(),
                *(self._program(api) for _ in range(PROGRAMS)),
                *(self._person(pages) for _ in range(PEOPLE)),
                *(self._watcher(api) for _ in range(WATCHERS)),
            )

    async def _repeat(self, *named: tuple[str, Action]) -> None:
        for name, action in itertools.cycle(named):
            if time.monotonic() > self._end:
                return
            await self.tally.time(name, action)
            await asyncio.sleep(_PAUSE)

    async def _program(self, api: httpx2.AsyncClient) -> None:
        def get(path: str) -> Action:
            return lambda: _get(api, path)

        await self._repeat(
            ("API: start a run", lambda: self._start(api)),
            ("API: list of runs", get("/api/executions")),
            ("API: a graph", get(f"/api/graphs/{self._graph_id}")),
            ("API: credits", get("/api/user/credits")),
        )

    async def _person(self, pages: httpx2.AsyncClient) -> None:
        def get(path: str) -> Action:
            return lambda: _get(pages, path)

        await self._repeat(
            ("page: dashboard", get("/dashboard/")),
            ("page: list of runs", get("/executions/")),
            ("page: a graph", get(f"/graphs/{self._graph_id}/")),
            ("page: blocks", get("/blocks/")),
        )

    async def _start(self, api: httpx2.AsyncClient) -> str:
        answer = await api.post(f"/api/graphs/{self._graph_id}/execute", json={})
        answer.raise_for_status()
        return str(answer.json()["id"])

    async def _watcher(self, api: httpx2.AsyncClient) -> None:
        address, bearer = self.stage.web, {"Authorization": f"Bearer {self.stage.key}"}
        url = f"ws://{address.name}:{address.port}/ws/"
        async with connect(url, additional_headers=bearer, origin=Origin(address.url)) as socket:
            await self._repeat(
                ("WebSocket: start a run and see it end", lambda: self._watch(api, socket))
            )

    async def _watch(self, api: httpx2.AsyncClient, socket: ClientConnection) -> None:
        run_id = await self._start(api)
        data = {"graph_exec_id": run_id, "after_seq": 0}
        question = {"method": "subscribe_graph_execution", "data": data}
        await socket.send(orjson.dumps(question), text=True)
        async with asyncio.timeout(_PATIENCE):
            while not _is_end(await socket.recv(), run_id):
                pass

    async def _sample_memory(self) -> None:
        while time.monotonic() < self._end:
            await asyncio.sleep(self._seconds / _SAMPLES)
            for name, bytes_ in (await sync_to_async(_memory)()).items():
                self.tally.memory[name].append(bytes_ / 1e6)


async def _get(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    answer.raise_for_status()


def _is_end(frame: str | bytes, run_id: str) -> bool:
    message = orjson.loads(frame)
    data = message.get("data") or {}
    is_run = message.get("method") == "graph_execution_event" and data["id"] == run_id
    return bool(is_run and data["status"] == Status.COMPLETED)


def _memory() -> dict[str, float]:
    """What each process says of itself."""
    said = Process.objects.exclude(gauges={}).order_by("kind", "pk")
    return {str(each): float(each.gauges["agentloom_resident_memory_bytes"]) for each in said}


def measure(seconds: float, folder: DataFolder, console: Console) -> int:
    """Print the table; 1 if anything went wrong."""
    with opened(folder, console, workers=WORKERS) as stage:
        load = Load(stage, seconds)
        asyncio.run(load.run())
        with suppress(TimeoutError):
            stage.wait_until(lambda: not Execution.objects.unfinished().exists(), "the last runs")
    return _tell(load.tally, console)


def _tell(tally: Tally, console: Console) -> int:
    lines = tally.table()
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        console.say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    for name, samples in tally.memory.items():
        console.say(f"MB of {name}: " + ", ".join(f"{each:.0f}" for each in samples))
    for name, errors in tally.errors.items():
        if errors:
            console.say(f"{name}: {errors[0]}")
    bad = Execution.objects.exclude(status=Status.COMPLETED).count()
    console.say(f"{Execution.objects.count()} runs, {bad} of them not completed")
    return int(bool(bad or any(tally.errors.values())))

"""A client of the WebSocket that notes when events arrive."""

import asyncio
import time
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from bench.stage import Stage
from executions.engine.status import Status
from executions.models import Event

TIMEOUT = 60.0

Frames = list[tuple[float, bytes]]


def latencies(stage: Stage, runs: int) -> list[float]:
    """Seconds from the writing of an event to its arrival, for each frame; the commit lies in between."""
    graph_id = stage.version("chain-5").graph_id
    frames = asyncio.run(_watch(stage, graph_id, runs))
    arrivals = [(at, *_last_event(frame)) for at, frame in frames]
    written = _written({run_id for _, run_id, _ in arrivals})
    return [at - written[run_id, seq] for at, run_id, seq in arrivals]


async def _watch(stage: Stage, graph_id: UUID, runs: int) -> Frames:
    headers = {"Authorization": f"Bearer {stage.key}"}
    url = f"ws://{stage.web.name}:{stage.web.port}/ws/"
    origin = Origin(stage.web.url)
    async with connect(url, additional_headers=headers, origin=origin) as socket:
        data = {"graph_id": str(graph_id), "batch": True}
        await socket.send(
            orjson.dumps({"method": "subscribe_graph_executions", "data": data}), text=True
        )
        await socket.recv()
        frames, _ = await asyncio.gather(
            asyncio.wait_for(_listen(socket, runs), TIMEOUT),
            asyncio.to_thread(_run_all, stage, runs),
        )
    return frames


def _run_all(stage: Stage, runs: int) -> None:
    try:
        for _ in range(runs):
            stage.run("chain-5")
    finally:
        connection.close()


async def _listen(socket: ClientConnection, runs: int) -> Frames:
    """Every frame up to the end of the last run."""
    frames: Frames = []
    ended = 0
    while ended < runs:
        frame = await socket.recv(decode=False)
        frames.append((time.time(), frame))
        ended += sum(_is_end(event) for event in orjson.loads(frame)["data"]["events"])
    return frames


def _is_end(event: dict[str, Any]) -> bool:
    return bool(
        event["kind"] == Event.Kind.EXECUTION and event["data"]["status"] == Status.COMPLETED
    )


def _last_event(frame: bytes) -> tuple[UUID, int]:
    data = orjson.loads(frame)["data"]
    return UUID(data["execution_id"]), data["events"][-1]["seq"]


def _written(run_ids: set[UUID]) -> dict[tuple[UUID, int], float]:
    rows = Event.objects.filter(execution__in=run_ids)
    return {
        (run_id, seq): at.timestamp()
        for run_id, seq, at in rows.values_list("execution_id", "seq", "created_at")
    }

"""The client for programs with an event loop; its verbs are those of `client`."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self, cast

import httpx2

from agentloom_client import calls
from agentloom_client.answers import body_of
from agentloom_client.calls import Call
from agentloom_client.errors import refusal, unreachable
from agentloom_client.events import Event, Reader
from agentloom_client.types import ENDED, Graph, Imported, NodeRun, Run

TIMEOUT = 60.0  # seconds; the server says something more often while it streams


class AsyncAgentloom:
    """Verbs of the API. Close it, or use it with `async with`. Every verb raises `AgentloomError`."""

    def __init__(self, url: str | None = None, api_key: str | None = None) -> None:
        address, headers = calls.settings(url, api_key)
        self._http = httpx2.AsyncClient(base_url=address, headers=headers, timeout=TIMEOUT)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def graphs(self, search: str = "") -> list[Graph]:
        """Your graphs and those of your teams, newest first."""
        found: list[Graph] = []
        page = 1
        while True:
            answer = await self._ask(calls.graphs(search, page))
            found += answer["results"]
            if not answer["next"]:
                return found
            page += 1

    async def runs(self, graph: str | None = None) -> list[Run]:
        """The newest hundred runs: yours, or those of a graph. They have no values."""
        graph_id = await self._id_of(graph) if graph else None
        answer = await self._ask(calls.runs(graph_id))
        return cast("list[Run]", answer["results"])

    async def start(
        self,
        graph: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
        credentials_inputs: Mapping[str, Any] | None = None,
        preset_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Start a run; the same key gets the same run."""
        more = {"credentials_inputs": credentials_inputs, "preset_id": preset_id}
        graph_id = await self._id_of(graph)
        call = calls.start(graph_id, inputs or {}, version, idempotency_key, **more)
        return cast("Run", await self._ask(call))

    async def run(self, graph: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> Run:
        """Start a run, and wait for its end; takes what `start` takes."""
        run = await self.start(graph, inputs, **more)
        return await self.wait(run["id"])

    async def wait(self, run_id: str) -> Run:
        """The run when it has ended, however it did."""
        async for _event in self.events(run_id):
            pass
        return await self.get(run_id)

    async def get(self, run_id: str) -> Run:
        """A run as it is now."""
        return cast("Run", await self._ask(calls.run(run_id)))

    async def nodes(self, run_id: str) -> list[NodeRun]:
        """The first thousand node executions of a run, in the order of their creation."""
        answer = await self._ask(calls.run(run_id))
        return cast("list[NodeRun]", answer["node_executions"])

    async def stop(self, run_id: str) -> Run | None:
        """Stop a run; None when it had ended before."""
        run = await self.get(run_id)
        return cast("Run | None", await self._ask(calls.stop(run["graph_id"], run_id)))

    async def events(self, run_id: str, after: int = 0) -> AsyncIterator[Event]:
        """What happens to a run, from its first event on, live, until it has ended."""
        failures = 0
        while failures < calls.TRIES:
            try:
                async for event in self._stream(calls.events(run_id, after)):
                    after, failures = event.seq, 0
                    yield event
                    if event.is_last:
                        return
                run = await self.get(run_id)
                if run["status"] in ENDED:
                    return
            except httpx2.TransportError as error:
                failures += 1
                if failures == calls.TRIES:
                    raise unreachable(error) from error
                await asyncio.sleep(calls.pause(failures - 1))

    async def export(
        self, graph: str, *, version: int | None = None, format: str = "agentloom"
    ) -> Any:
        """A graph as a file, with what you keep for it; it holds no secrets."""
        graph_id = await self._id_of(graph)
        return await self._ask(calls.export(graph_id, version, format))

    async def import_graph(self, file: Any) -> Imported:
        """Make a graph of what a file holds."""
        return cast("Imported", await self._ask(calls.take_in(file)))

    async def _id_of(self, graph: str) -> str:
        if calls.is_id(graph):
            return graph
        found = await self.graphs(graph)
        return calls.chosen(found, graph)

    async def _stream(self, call: Call) -> AsyncIterator[Event]:
        reader = Reader()
        async with self._http.stream(call.method, call.path, params=dict(call.query)) as answer:
            if answer.status_code in calls.REPEATABLE_STATUS:
                raise httpx2.TransportError(f"the server answers {answer.status_code}")
            if answer.status_code >= 400:
                await answer.aread()
                raise refusal(answer.status_code, answer.json())
            async for line in answer.aiter_lines():
                event = reader.take(line)
                if event:
                    yield event

    async def _ask(self, call: Call) -> Any:
        for attempt in range(call.tries):
            is_last = attempt == call.tries - 1
            try:
                answer = await self._http.request(
                    call.method,
                    call.path,
                    json=call.body,
                    params=dict(call.query),
                    headers=dict(call.headers),
                )
            except httpx2.TransportError as error:
                if is_last:
                    raise unreachable(error) from error
            else:
                if is_last or answer.status_code not in calls.REPEATABLE_STATUS:
                    return body_of(answer)
            await asyncio.sleep(calls.pause(attempt))
        return None

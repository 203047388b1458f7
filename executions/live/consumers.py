"""The WebSocket at /ws/: watch runs live, with replay of what was missed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from uuid import UUID

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import OperationalError

from accounts.errors import RateLimitedError
from accounts.models import Scope
from executions import events
from executions.engine.values import dump
from executions.errors import WatchError
from executions.live import watching
from executions.live.listening import listen_for_good

UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, TOO_MANY, TOO_BIG = 4401, 4403, 4404, 1008, 1009
TRY_LATER = 1013
MAX_MESSAGE = 65_536  # characters or bytes; what subscribes to a run has a hundred
MAX_SUBSCRIPTIONS = 200
MAX_MESSAGES_PER_SECOND = 100

JSONDict = dict[str, Any]


class NowhereConsumer(AsyncWebsocketConsumer):
    """Any other address: refused, without a traceback."""

    async def connect(self) -> None:
        """Say no."""
        await self.close(NOT_FOUND)


class ExecutionConsumer(AsyncWebsocketConsumer):
    """One client. It subscribes to runs, or to all that its user starts of a graph; each message is {method, data, …}."""

    async def connect(self) -> None:
        """Let in whoever is known by session, header or a one-use ticket."""
        self.watched: dict[str, watching.Watch] = {}  # by group
        try:
            caller = await watching.caller_of(self.scope)
        except RateLimitedError:
            await self.close(TOO_MANY)
            return
        if caller is None or not caller.may(Scope.READ_EXECUTIONS):
            await self.close(UNAUTHENTICATED if caller is None else FORBIDDEN)
            return
        await listen_for_good(self.channel_layer)
        self.caller, self.user = caller, caller.user
        self.checked_at = self.counted_from = time.monotonic()
        self.received = 0
        await self.accept()
        self.guard = asyncio.create_task(self._stand_guard())

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        if hasattr(self, "guard"):
            self.guard.cancel()
        for group in getattr(self, "watched", {}):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Answer one message; what is wrong with it is said, never dropped."""
        if self._is_flood():
            await self.close(TOO_MANY)
            return
        if len(text_data or bytes_data or "") > MAX_MESSAGE:
            await self.close(TOO_BIG)
            return
        if not await self._is_welcome():
            return
        method = ""
        try:
            message = _parse(text_data)
            method = message["method"]
            await self._METHODS.get(method, ExecutionConsumer._unknown)(self, message)
        except WatchError as error:
            await self._send({"method": method or "error", "success": False, "error": str(error)})

    def _is_flood(self) -> bool:
        """Whether more messages came in a second than anybody needs; then the connection ends."""
        now = time.monotonic()
        if now - self.counted_from > 1:
            self.counted_from, self.received = now, 0
        self.received += 1
        return self.received > MAX_MESSAGES_PER_SECOND

    async def _stand_guard(self) -> None:
        """Close a connection on which nothing is said, too, when its time is over."""
        try:
            while await self._is_welcome():
                await asyncio.sleep(self.checked_at + watching.CHECK_EVERY - time.monotonic())
        except OperationalError:  # whoever is there comes back, and is asked again
            await self.close(TRY_LATER)

    async def _is_welcome(self) -> bool:
        """Look now and then whether the caller may still be here; close the connection if not."""
        if time.monotonic() - self.checked_at < watching.CHECK_EVERY:
            return True
        self.checked_at = time.monotonic()
        if await watching.is_welcome(self.caller):
            await self._leave_what_is_closed()
            return True
        await self.close(UNAUTHENTICATED)
        return False

    async def _leave_what_is_closed(self) -> None:
        """Watch no more what a team has shared with the user, and does no longer."""
        watched = {
            watch.execution_id: group
            for group, watch in self.watched.items()
            if watch.execution_id is not None
        }
        for execution_id in watched.keys() - await watching.visible_among(self.user, watched):
            group = watched[execution_id]
            channel = self.watched.pop(group).channel
            await self.channel_layer.group_discard(group, self.channel_name)
            await self._send({"method": "unsubscribe", "success": True, "channel": channel})

    async def _heartbeat(self, message: JSONDict) -> None:
        """Answer, after whatever has happened meanwhile and Redis did not tell."""
        for watch in list(self.watched.values()):
            await self._catch_up(watch)
        await self._send({"method": "heartbeat", "success": True, "data": "pong"})

    async def _subscribe_execution(self, message: JSONDict) -> None:
        data = message["data"]
        execution_id = _uuid(data.get("graph_exec_id"), "graph_exec_id")
        await watching.require_execution(self.user, execution_id)
        if events.execution_group(execution_id) in self.watched:
            raise WatchError("This connection watches this execution already")
        watch = watching.Watch(
            channel=f"{self.user.pk}|graph_exec#{execution_id}",
            execution_id=execution_id,
            last_seq=_count(data.get("after_seq", 0)),
            is_batched=bool(data.get("batch")),
        )
        await self._join(events.execution_group(execution_id), message, watch)
        await self._catch_up(watch)

    async def _subscribe_graph(self, message: JSONDict) -> None:
        graph_id = _uuid(message["data"].get("graph_id"), "graph_id")
        await watching.require_graph(self.user, graph_id)
        watch = watching.Watch(
            channel=f"{self.user.pk}|graph#{graph_id}|executions",
            is_batched=bool(message["data"].get("batch")),
        )
        await self._join(events.graph_group(graph_id, self.user.pk), message, watch)

    async def _subscribe_notifications(self, message: JSONDict) -> None:
        if not self.caller.may(Scope.READ_NOTIFICATIONS):
            raise WatchError("This API key lacks the permission read_notifications")
        watch = watching.Watch(channel=f"{self.user.pk}|notifications", is_batched=False)
        await self._join(events.notifications_group(self.user.pk), message, watch)

    async def notification_new(self, message: JSONDict) -> None:
        """There is something new on the user's page (from the channel layer)."""
        watch = self.watched.get(events.notifications_group(self.user.pk))
        if watch and await self._is_welcome():
            data = {"id": message["id"], "event": message["event"]}
            await self._send({"method": "notification", "channel": watch.channel, "data": data})

    async def _unsubscribe(self, message: JSONDict) -> None:
        data = message["data"]
        if data.get("notifications"):
            group = events.notifications_group(self.user.pk)
        elif "graph_id" in data:
            group = events.graph_group(_uuid(data["graph_id"], "graph_id"), self.user.pk)
        else:
            group = events.execution_group(_uuid(data.get("graph_exec_id"), "graph_exec_id"))
        watch = self.watched.pop(group, None)
        if watch:
            await self.channel_layer.group_discard(group, self.channel_name)
        await self._send(
            {"method": "unsubscribe", "success": True, "channel": watch.channel if watch else None}
        )

    async def _unknown(self, message: JSONDict) -> None:
        known = ", ".join(sorted(self._METHODS))
        raise WatchError(f'There is no method "{message["method"]}"; known are: {known}')

    async def _join(self, group: str, message: JSONDict, watch: watching.Watch) -> None:
        if group not in self.watched and len(self.watched) >= MAX_SUBSCRIPTIONS:
            raise WatchError(f"One connection may watch {MAX_SUBSCRIPTIONS} things at most")
        # Joined before the log is read: an event in between comes twice and is dropped by its number.
        await self.channel_layer.group_add(group, self.channel_name)
        self.watched[group] = watch
        await self._send({"method": message["method"], "success": True, "channel": watch.channel})

    async def execution_events(self, message: JSONDict) -> None:
        """Events were committed (from the channel layer)."""
        if not await self._is_welcome():
            return
        execution_id = UUID(message["execution_id"])
        watch = self.watched.get(events.execution_group(execution_id))
        if watch:
            if message["events"][0]["seq"] > watch.last_seq + 1:
                await self._catch_up(watch)
            await self._forward(watch, execution_id, message["events"])
        for group, graph_watch in self.watched.items():
            if graph_watch.execution_id is None and group == message.get("graph_group"):
                await self._forward(graph_watch, execution_id, message["events"])

    async def execution_stream(self, message: JSONDict) -> None:
        """A node that is running shows unfinished output."""
        if not await self._is_welcome():
            return
        watch = self.watched.get(events.execution_group(UUID(message["execution_id"])))
        if watch:
            data = {key: message[key] for key in ("execution_id", "id", "node_id", "text")}
            await self._send({"method": "node_stream", "channel": watch.channel, "data": data})

    async def _catch_up(self, watch: watching.Watch) -> None:
        """Send what the log has and the client has not."""
        if watch.execution_id is None:
            return
        while missed := await watching.events_after(watch.execution_id, watch.last_seq):
            await self._forward(watch, watch.execution_id, missed)

    async def _forward(
        self, watch: watching.Watch, execution_id: UUID, rows: list[watching.EventRow]
    ) -> None:
        new = watch.take_new(rows)
        if not new:
            return
        if watch.is_batched:
            data = {"execution_id": str(execution_id), "events": new}
            await self._send({"method": "execution_events", "channel": watch.channel, "data": data})
            return
        for frame in await watching.single_frames(execution_id, new):
            await self._send({**frame, "channel": watch.channel})

    async def _send(self, message: JSONDict) -> None:
        await self.send(text_data=dump(message))

    _METHODS: ClassVar[dict[str, Callable[["ExecutionConsumer", JSONDict], Awaitable[None]]]] = {
        "heartbeat": _heartbeat,
        "subscribe_graph_execution": _subscribe_execution,
        "subscribe_graph_executions": _subscribe_graph,
        "subscribe_notifications": _subscribe_notifications,
        "unsubscribe": _unsubscribe,
    }


def _parse(text: str | None) -> JSONDict:
    if text is None:
        raise WatchError("Messages must be text, not binary")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise WatchError(f"This is not JSON: {error}") from None
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        raise WatchError('A message is an object with a "method"')
    data = message.setdefault("data", {})
    if data is None:
        message["data"] = {}
    elif message["method"] != "heartbeat" and not isinstance(data, dict):
        raise WatchError('"data" must be an object')
    return message


def _uuid(value: object, name: str) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise WatchError(f'"{name}" must be the id of what to watch') from None


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    raise WatchError('"after_seq" must be the number of the last event that you have, or 0')

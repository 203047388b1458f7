"""Passes connections on: `python -m chaos.machines.relay HOST PORT TARGET …`, where a target is a socket's path or host:port."""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial

_CHUNK = 65_536


async def serve(routes: Sequence[tuple[str, int, str]]) -> None:
    """Until it is ended."""
    servers = [
        await asyncio.start_server(partial(_pass_on, target), host, port)
        for host, port, target in routes
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _pass_on(target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        there, back = await _open(target)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _open(target: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if target.startswith("/"):
        return await asyncio.open_unix_connection(target)
    host, _, port = target.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side ends; then so does the other."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    words = sys.argv[1:]
    asyncio.run(serve([(a, int(b), c) for a, b, c in zip(*[iter(words)] * 3, strict=True)]))

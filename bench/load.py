"""Sends many POSTs at once over a few connections that stay open."""

import asyncio
import time
from dataclasses import dataclass

from config.local.programs import Address

TIMEOUT = 60.0


class RefusedError(Exception):
    """The server answered with something else than 2xx."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and how long it took."""

    body: bytes
    seconds: float


def post(address: Address, path: str, *, key: str, count: int, connections: int) -> list[Answer]:
    """The answers of `count` POSTs with an empty object."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    return asyncio.run(_post_all(address, head.encode() + b"{}", count, connections))


async def _post_all(address: Address, request: bytes, count: int, connections: int) -> list[Answer]:
    left = iter(range(count))
    answers: list[Answer] = []

    async def send_some() -> None:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        for _ in left:
            began = time.perf_counter()
            writer.write(request)
            body = await asyncio.wait_for(_read_answer(reader), TIMEOUT)
            answers.append(Answer(body, time.perf_counter() - began))
        writer.close()

    await asyncio.gather(*(send_some() for _ in range(connections)))
    return answers


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.splitlines()
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers["content-length"]))
    if status.split()[1][0] != "2":
        raise RefusedError(f"{status}: {body.decode(errors='replace')[:500]}")
    return body

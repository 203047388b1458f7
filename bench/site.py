"""A small web server for the blocks to call: answers any GET after `?ms=` milliseconds with its own address."""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

END_OF_HEAD = b"\r\n\r\n"


class Answering(asyncio.Protocol):
    """One connection."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while END_OF_HEAD in self._received:
            head, _, self._received = self._received.partition(END_OF_HEAD)
            self._plan_answer(head.split(b" ", 2)[1].decode())

    def _plan_answer(self, target: str) -> None:
        wait = float(parse_qs(urlsplit(target).query).get("ms", ["0"])[0]) / 1_000
        answer = answer_with(f"{self._origin}{target}")
        if wait:
            asyncio.get_running_loop().call_later(wait, self._transport.write, answer)
        else:
            self._transport.write(answer)


def answer_with(text: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n"
    return (head + text).encode()


async def serve(port: int) -> None:
    origin = f"http://127.0.0.1:{port}"
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Answering(origin), "127.0.0.1", port, backlog=1_024, reuse_address=True
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

"""A small HTTP server that misbehaves on purpose, byte by byte. Conformance and fault tests run against it.

Plain asyncio: a web framework would repair half of the faults. Each request is answered by a Reply; a
Reply is bytes and pauses, so that nothing that can happen on a wire is out of reach.
"""

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MAX_REQUEST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out. ``pace_s``: pause after every byte; ``hang``: never go on after what stands here.

    ``reset``: end with RST instead of a polite end. ``length``: the Content-Length to claim, -1 for none.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    pace_s: float = 0.0
    delay_s: float = 0.0
    hang_before_headers: bool = False
    hang: bool = False
    reset: bool = False
    length: int | None = None

    def head(self) -> bytes:
        fields = {"Connection": "close", **self.headers}
        if self.content_type:
            fields["Content-Type"] = self.content_type
        if self.length != -1:
            fields["Content-Length"] = str(len(self.body) if self.length is None else self.length)
        lines = [f"HTTP/1.1 {self.status} .", *(f"{name}: {value}" for name, value in fields.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


Answerer = Callable[[Asked], Reply | Awaitable[Reply]]


def json_reply(value: object, status: int = 200, **more: Any) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode(), status, **more)


def gzip_bomb(decoded_bytes: int) -> Reply:
    """A valid gzip body of zeros inside a JSON string, a thousand times larger than it travels."""
    block = b"0" * (1024 * 1024)
    packed = gzip.compress(b'{"a":"' + block * (decoded_bytes // len(block)) + b'"}', compresslevel=9)
    return Reply(packed, headers={"Content-Encoding": "gzip"})


class FaultServer:
    """Listens on a free port of this machine. ``asked`` holds every request, ``connections`` counts them."""

    def __init__(self, answer: Answerer) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.connections = 0
        self.base_url = ""
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            asked = await read_request(reader)
            if asked is not None:
                self.asked.append(asked)
                reply = self.answer(asked)
                await send(writer, reply if isinstance(reply, Reply) else await reply)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            if task is not None:
                self._tasks.discard(task)
            writer.close()

    async def stop(self) -> None:
        """End every answer under way, and wait until it has let go of its connection."""
        # Connections that were just accepted begin a turn of the loop later, and end one later, too.
        await asyncio.sleep(0.01)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def run_fault_server(answer: Answerer, tls: Any = None) -> AsyncIterator[FaultServer]:
    """A server for the time of the block; nothing of it is left afterwards."""
    fault_server = FaultServer(answer)
    listener = await asyncio.start_server(fault_server.serve, "127.0.0.1", 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    fault_server.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield fault_server
    finally:
        listener.close()
        await fault_server.stop()


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    length = int(headers.get("content-length", "0"))
    if length > MAX_REQUEST_BYTES:
        return None
    return Asked(method, path, headers, await reader.readexactly(length))


async def send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    if reply.hang_before_headers:
        await asyncio.Event().wait()
    await asyncio.sleep(reply.delay_s)
    wire = reply.head() + reply.body
    if reply.pace_s:
        for place in range(len(wire)):
            writer.write(wire[place : place + 1])
            await writer.drain()
            await asyncio.sleep(reply.pace_s)
    else:
        writer.write(wire)
        await writer.drain()
    if reply.hang:
        await asyncio.Event().wait()
    if reply.reset:
        await asyncio.sleep(0.02)
        line: socket.socket = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

"""Connections from inside of a namespace to an allowed service go on outside."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final, Self

from simulator.launch.allowed import Address

MOST: Final = 256
"""Connections that are forwarded at a time. A further one is closed at once."""
CONNECTING: Final = 10.0
"""Seconds in which the service outside must accept."""
_PIECE: Final = 1 << 16
"""Bytes that are read at a time."""


class Forwarder:
    """A thread that accepts at listening sockets and forwards to an address each."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures: dict[str, int] = {}
        """`HOST:PORT: why` -> how often a connection could not be forwarded."""
        self._unserved: set[socket.socket] = set()
        """Connections that came in and belong to no transport yet."""
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="forwarder")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        """Break off what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in self._unserved:
            client.close()

    def forward(self, listening: socket.socket, address: Address) -> None:
        """Forward every connection that comes in there to this address. The socket is closed at the end."""
        listening.setblocking(False)
        self._loop.call_soon_threadsafe(self._begin, self._accept(listening, address))

    def _begin(self, work: Coroutine[object, None, None]) -> None:
        """Run a task until it ends or all do."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket, address: Address) -> None:
        """Accept connections, and forward them."""
        with listening:
            while True:
                client, _ = await self._loop.sock_accept(listening)
                if self._open < MOST:
                    self._open += 1
                    self._unserved.add(client)
                    self._begin(self._serve(client, address))
                else:
                    self._fail(client, address, f"{MOST} connections are open")

    def _fail(self, client: socket.socket, address: Address, reason: str) -> None:
        """Count a connection that cannot be forwarded, and break it off."""
        line = f"{address}: {reason}"
        self.failures[line] = self.failures.get(line, 0) + 1
        with suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        self._unserved.discard(client)

    async def _serve(self, client: socket.socket, address: Address) -> None:
        """Forward one connection until both sides have ended."""
        try:
            try:
                async with asyncio.timeout(CONNECTING):
                    theirs = await asyncio.open_connection(address.host, address.port, limit=_PIECE)
            except OSError as error:  # TimeoutError is one
                self._fail(client, address, error.strerror or f"no answer within {CONNECTING:.0f} s")
                return
            try:
                ours = await asyncio.open_connection(sock=client, limit=_PIECE)
            except BaseException:
                theirs[1].transport.abort()
                raise
            self._unserved.discard(client)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(_pump(ours[0], theirs[1]))
                    group.create_task(_pump(theirs[0], ours[1]))
            except* OSError:  # one of them broke it off
                ours[1].transport.abort()
                theirs[1].transport.abort()
            finally:
                ours[1].close()
                theirs[1].close()
        finally:
            self._open -= 1


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the end, at the pace of the slower side."""
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()

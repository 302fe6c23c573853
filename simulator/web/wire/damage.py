"""The effects of a fault on the socket: RST, silence, half a body, bytes that are not HTTP.

Every wait ends when the connection ends, so a server that stops only has to close its connections.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any, Final

from simulator.clock import stopwatch
from simulator.messages import ABANDONED, Answer, Damage, Receive, Scope, Send
from simulator.scenario.staging.strikes import strike_of
from simulator.web.wire.reading import ClientGoneError

CONNECTION: Final = "kucoin_simulator.connection"
"""The ASGI extension with which our own server hands over the connection: its `transport` is asyncio's."""
GARBAGE: Final = (b"\xde\xad\xbe\xef" * 15 + b"\r\n\r\n") * 4
"""Neither HTTP nor UTF-8. It has line ends, so that no client waits for more of it."""
ARRIVAL: Final = 20
"""ms for which the client can read what was written, before a RST discards it or surplus bytes follow."""
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a socket sends a RST at once."""


class NoTransportError(RuntimeError):
    """A network fault struck a call that did not come through the simulator's own server."""

    def __init__(self, network: str) -> None:
        super().__init__(
            f"network: {network} needs the connection itself, and this ASGI server does not hand it over;"
            " run the simulator's own server, kucoin-simulator or simulator.web.server.LocalServer"
        )


async def deliver(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer with its damage. Raises `NoTransportError`."""
    if answer.damage is None:
        await answer.send(send)
        return
    transport = scope.get("extensions", {}).get(CONNECTION, {}).get("transport")
    if transport is None and answer is ABANDONED:
        return
    if transport is None and answer.damage.network:
        raise NoTransportError(answer.damage.network)
    gone = asyncio.ensure_future(disconnected(receive))
    try:
        with suppress(ClientGoneError):
            await _Delivery(answer, answer.damage, transport, send, gone).run()
    finally:
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)


async def disconnected(receive: Receive) -> None:
    """Wait until either end has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


class _Delivery:
    """The delivery of one damaged answer. An answer without a body, a redirect, is struck before its first byte."""

    def __init__(
        self,
        answer: Answer,
        damage: Damage,
        transport: asyncio.Transport | None,
        send: Send,
        gone: asyncio.Future[None],
    ) -> None:
        self._answer, self._damage = answer, damage
        self._transport, self._send, self._gone = transport, send, gone
        self._out = 0
        words: Any = (damage.network or "delay", damage.at)
        self._effect = strike_of(*words)
        self._begun = bool(answer.body) and self._effect.begins != "nothing"

    async def run(self) -> None:
        """Send what comes before the strike; wait; strike. Raises `ClientGoneError`."""
        if self._begun:
            await self._begin()
        if self._effect.waits == "byte by byte" and self._begun:
            await self._drip()
        else:
            await self._wait(self._damage.pause)
        if self._effect.ends != "open":
            await self._strike()
        elif self._begun:
            await self._send({"type": "http.response.body", "body": self._answer.body[self._out :]})
        else:
            await self._answer.send(self._send)

    async def _begin(self) -> None:
        """Send the head, and half of the body if the strike says so."""
        head, half = dict(self._answer.head), len(self._answer.body) // 2
        if self._effect.announced == "half":
            head[b"content-length"] = str(half).encode()
        await self._send({"type": "http.response.start", "status": self._answer.status, "headers": list(head.items())})
        if self._effect.begins == "half":
            await self._more(half)

    async def _more(self, size: int) -> None:
        """Send so many bytes more of the body."""
        part = self._answer.body[self._out : self._out + size]
        self._out += size
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def _drip(self) -> None:
        """Send a byte at a time, evenly over the pause, up to the last but one."""
        began, out, size = stopwatch(), self._out, len(self._answer.body) - self._out
        for place in range(size):
            due = self._damage.pause * (place + 1) / size
            await self._wait(due - (stopwatch() - began) / 1_000_000)
            if out + place + 1 < len(self._answer.body):
                await self._more(1)

    async def _strike(self) -> None:
        """End the connection, and wait for its end, because until then uvicorn would send an answer of its own."""
        assert self._transport is not None
        strike, rest = self._effect, self._answer.body[self._out :]
        if strike.then == "garbage":
            size = len(rest) if self._begun else len(GARBAGE)
            self._transport.write((GARBAGE * (size // len(GARBAGE) + 1))[:size])
        elif strike.then != "nothing":
            await self._wait(ARRIVAL)
            self._transport.write(rest[:-1] if strike.then == "rest but a byte" else rest)
        if strike.ends == "RST":
            await self._wait(ARRIVAL)
            while self._transport.get_write_buffer_size():
                await self._wait(ARRIVAL)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self._transport.abort()
        if strike.ends != "never":
            self._transport.close()
        await self._gone

    async def _wait(self, milliseconds: float) -> None:
        """Wait, or only give other tasks their turn if the time is over already. Raises `ClientGoneError`."""
        if milliseconds > 0:
            await asyncio.wait({self._gone}, timeout=milliseconds / 1000)
        else:
            await asyncio.sleep(0)
        if self._gone.done():
            raise ClientGoneError

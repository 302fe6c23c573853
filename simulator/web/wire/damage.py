"""What a fault does to an answer on the socket: RST, silence, half a body, bytes that are no HTTP.

Every wait ends when the connection does, so a server that stops closes its connections and is done.
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
"""The ASGI extension by which our own server hands over the connection: its `transport` is asyncio's."""
GARBAGE: Final = (b"\xde\xad\xbe\xef" * 15 + b"\r\n\r\n") * 4
"""Neither HTTP nor UTF-8, but with ends of lines: nobody waits for more of it."""
ARRIVAL: Final = 20
"""ms that a client gets to take what has been written, before a RST overtakes it or bytes too many follow."""
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: closing waits for nothing, and resets."""


class NoTransportError(RuntimeError):
    """A network fault struck a call that did not come through the simulator's own server."""

    def __init__(self, network: str) -> None:
        super().__init__(
            f"network: {network} needs the connection itself, and this ASGI server does not hand it over;"
            " run the simulator's own server, kucoin-simulator or simulator.web.server.LocalServer"
        )


async def deliver(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Put an answer on the wire with the damage that it has. Raises `NoTransportError`."""
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
    """One damaged answer. One without a body, a redirect, has no middle: it suffers before its first byte."""

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
        self._strikes = strike_of(*words)
        self._begun = bool(answer.body) and self._strikes.begins != "nothing"

    async def run(self) -> None:
        """Send what comes before the strike; wait; strike. Raises `ClientGoneError`."""
        if self._begun:
            await self._begin()
        if self._strikes.waits == "byte by byte" and self._begun:
            await self._drip()
        else:
            await self._wait(self._damage.pause)
        if self._strikes.ends != "open":
            await self._strike()
        elif self._begun:
            await self._send({"type": "http.response.body", "body": self._answer.body[self._out :]})
        else:
            await self._answer.send(self._send)

    async def _begin(self) -> None:
        """The head, and half of the body or none of it."""
        head, half = dict(self._answer.head), len(self._answer.body) // 2
        if self._strikes.announced == "half":
            head[b"content-length"] = str(half).encode()
        await self._send({"type": "http.response.start", "status": self._answer.status, "headers": list(head.items())})
        if self._strikes.begins == "half":
            await self._more(half)

    async def _more(self, size: int) -> None:
        """So many bytes more."""
        part = self._answer.body[self._out : self._out + size]
        self._out += size
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def _drip(self) -> None:
        """A byte at a time, evenly over the pause. The last one is not sent here."""
        began, out, size = stopwatch(), self._out, len(self._answer.body) - self._out
        for place in range(size):
            due = self._damage.pause * (place + 1) / size
            await self._wait(due - (stopwatch() - began) / 1_000_000)
            if out + place + 1 < len(self._answer.body):
                await self._more(1)

    async def _strike(self) -> None:
        """End the connection, and see it end: until then uvicorn would answer in our place."""
        assert self._transport is not None
        strike, rest = self._strikes, self._answer.body[self._out :]
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
        """Others get their turn, also when it is late already. Raises `ClientGoneError`."""
        if milliseconds > 0:
            await asyncio.wait({self._gone}, timeout=milliseconds / 1000)
        else:
            await asyncio.sleep(0)
        if self._gone.done():
            raise ClientGoneError

"""Flow control of one connection: its parser can be paused, and the application is told when the client has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from simulator.messages import AsgiMessage
from simulator.web.wire.patience import Patience


class Flow(FlowControl):
    """Back-pressure of one connection. Only the parser pauses: the socket is still read, to see when it closes."""

    def __init__(self, transport: asyncio.Transport, patience: Patience, read_on: Callable[[], None]) -> None:
        super().__init__(transport)
        self._patience, self._read_on = patience, read_on

    def pause_reading(self) -> None:
        """The parser gets nothing more for now."""
        self.read_paused = True

    def resume_reading(self) -> None:
        """The parser may go on."""
        if self.read_paused:
            self.read_paused = False
            self._patience.go_on()  # the pause was ours, so it does not count against the client
            self._read_on()


class Hearing:
    """The messages of one request to the application: its body, and then that the client has gone.

    A client that has only stopped sending looks like one that has gone. An application that waits for the end gets
    `http.disconnect` a moment later, and gives up. An application that does not wait goes on, and its answer is sent.
    """

    def __init__(self, cycle: RequestResponseCycle, patience: Patience) -> None:
        self._cycle, self._patience = cycle, patience
        self._whole = False

    async def __call__(self) -> AsgiMessage:
        """The next message."""
        self._disconnected()
        message: AsgiMessage = await self._cycle.receive()  # type: ignore[assignment]  # uvicorn's type of the same
        if self._disconnected():
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body")
        return message

    def _disconnected(self) -> bool:
        """True if the application is to see the client as gone. Marks the cycle first if that moment has come."""
        if self._whole and self._patience.over:
            self._cycle.disconnected = True
        return self._cycle.disconnected

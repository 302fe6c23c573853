"""The two directions of one connection: how its parser is held back, and what a request hears of its client's end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from simulator.messages import Message
from simulator.web.wire.patience import Patience


class Flow(FlowControl):
    """Back-pressure of one connection: it holds back the parser. The socket is read on, so that its end is seen."""

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
            self._patience.go_on()  # the client was not the one to be waited for
            self._read_on()


class Hearing:
    """What the application receives of one request: its body, and then that the client is gone.

    A client that has only stopped sending looks the same as one that has gone. Whoever listens for the end is told of
    it a moment later, and gives up; whoever does not listen goes on, and the answer is written.
    """

    def __init__(self, cycle: RequestResponseCycle, patience: Patience) -> None:
        self._cycle, self._patience = cycle, patience
        self._whole = False

    async def __call__(self) -> Message:
        """The next message."""
        self._told()
        message: Message = await self._cycle.receive()  # type: ignore[assignment]  # uvicorn's type of the same
        if self._told():
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body")
        return message

    def _told(self) -> bool:
        if self._whole and self._patience.over:
            self._cycle.disconnected = True
        return self._cycle.disconnected

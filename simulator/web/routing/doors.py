"""A port of its own for one workspace: what comes there is addressed to that workspace, whatever its path and host.

So a client with fixed URLs reaches the workspace without a prefix. A credential of another workspace counts there as it
does everywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol
from urllib.parse import unquote

from simulator.core.refusals import Refusal
from simulator.messages import Answer, Receive, Request, Scope, Send
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family
from simulator.web.endpoints.table import BASE
from simulator.web.routing.paths import PathMatch

PLACED: Final = "/w/"
CONTROLLED: Final = f"{BASE}/workspaces/"
"""The beginnings of paths that may name a workspace."""
HOST: Final = "127.0.0.1"
"""Such a port is opened on loopback only."""


class NoDoorError(Exception):
    """No port can be opened. `args[0]` says why, and what to do."""


class Registry(Protocol):
    """What a port needs of all workspaces; `Workspaces` describes it."""

    home: Desk

    def desk(self, name: str) -> Desk | None:
        """The desk of a living workspace."""

    def match_path(self, path: str) -> PathMatch:
        """The match of a path that names a workspace."""

    def missing(self, name: str) -> str:
        """The message that there is no such workspace."""


class Behind(Protocol):
    """The application behind all ports."""

    @property
    def workspaces(self) -> Registry:
        """All workspaces."""

    def at_once(self, request: Request, addressed: Desk | None = None) -> Answer | None:
        """The answer to a call that need not wait."""

    def streams_at(self, path: str, door: Door | None = None) -> bool:
        """True if there is a websocket at a path."""

    def stream(self, connection: Any, request: Request, rest: bytes, door: Door | None = None) -> None:
        """Make a websocket of a connection."""

    async def serve_at(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""


class Door:
    """One such port."""

    def __init__(self, name: str, port: int, app: Behind) -> None:
        self.name, self.port = name, port
        self.origins = (f"http://{HOST}:{port}", f"https://{HOST}:{port}")
        self._app = app
        self.close: Callable[[], None] = lambda: None
        """Stop to listen, and close the connections. The server sets it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application of this port."""
        await self._app.serve_at(self, scope, receive, send)

    def at_once(self, request: Request) -> Answer | None:
        """The answer to a call that need not wait; None = nothing was performed."""
        desk = self._app.workspaces.desk(self.name)
        return None if desk is None else self._app.at_once(request, desk)

    def streams_at(self, path: str) -> bool:
        """True if there is a websocket at a path."""
        return self._app.streams_at(path, self)

    def stream(self, connection: Any, request: Request, rest: bytes) -> None:
        """Make a websocket of a connection."""
        self._app.stream(connection, request, rest, self)

    def turn_away(self, request: Request, refusal: Refusal) -> Answer:
        """The refusal of a request that could not be read; the workspace records it."""
        workspaces = self._app.workspaces
        return (workspaces.desk(self.name) or workspaces.home).refuse(request, refusal, Family.RESOURCE)

    def match_path(self, path: str) -> PathMatch:
        """The match of a path: this workspace, with its own prefix or without any.

        Only a call of the control surface can name another workspace in its path.
        """
        workspaces = self._app.workspaces
        match = workspaces.match_path(path) if path.startswith(CONTROLLED) else None
        if match and (match.desk or match.notes):
            return match
        desk = workspaces.desk(self.name)
        if desk is None:
            return PathMatch(None, "", path, (workspaces.missing(self.name),))
        if not path.startswith(PLACED):
            return PathMatch(desk, "", path)
        name, _, rest = path.removeprefix(PLACED).partition("/")
        if unquote(name).lower() != self.name:
            return PathMatch(None, "", f"/{rest}", (f"this port is workspace {self.name}'s own; use the common one",))
        return PathMatch(desk, PLACED + name, f"/{rest}")


class Doors:
    """The open ports of a server's workspaces, by the name of the workspace."""

    def __init__(self) -> None:
        self._doors: dict[str, Door] = {}
        self.opener: Callable[[str, int], Awaitable[Door]] | None = None
        """Opens a port (0 = any that is free) for a workspace; raises `OSError`. None = the server cannot."""

    async def open(self, name: str, port: int) -> None:
        """Open a port for a workspace that is about to be made. Raises `NoDoorError`."""
        if self.opener is None:
            raise NoDoorError("this application runs without the simulator's own server, which opens ports")
        if name in self._doors:
            raise NoDoorError(f"there is a workspace {name} already; take another name, or DELETE that one")
        try:
            door = await self.opener(name, port)
        except OSError as error:
            why = str(error.strerror or error).partition(" (while")[0]
            raise NoDoorError(f"cannot listen on port {port} of {HOST}: {why}; port 0 is any that is free") from None
        if name in self._doors:
            door.close()
            raise NoDoorError(f"another call makes the workspace {name} at this moment; take another name")
        self._doors[name] = door

    def close(self, name: str) -> None:
        """Close the port of a workspace, if it has one."""
        if door := self._doors.pop(name, None):
            door.close()

    def origins(self, name: str) -> tuple[str, ...]:
        """The origins of a workspace's port; () if it has none."""
        door = self._doors.get(name)
        return door.origins if door else ()

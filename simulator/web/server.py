"""A scenario at a real port: uvicorn in this process, or in one of its threads for tests and the tour."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

from uvicorn.config import Config
from uvicorn.server import Server

from simulator.clock import machine_seconds
from simulator.exchange import Exchange
from simulator.old_worlds import OLD_WORLDS
from simulator.scenario.loader import DEMO, Scenario, load
from simulator.web.app import App
from simulator.web.endpoints.beginning import opened
from simulator.web.guards import LOOPBACK_NAMES, Policy, unspecified
from simulator.web.routing.doors import HOST, Door
from simulator.web.wire.connection import Connection
from simulator.web.wire.crowd import CROWDED, Crowd, most_connections
from simulator.web.wire.outbox import Outbox

LOG: Final = logging.getLogger(__name__)
TURNS: Final = 20
"""Turns of the event loop in which calls can end when the server stops."""
GRACE: Final = 0.3
"""Seconds in which calls can end after these turns."""
ACCEPTED: Final = 16
"""Connections that are accepted in one turn. If no file is left, asyncio fails as many times in a row."""
BACKLOG: Final = 1024
"""Connections that can wait to be accepted."""
FEWEST: Final = 16
"""Connections that stay possible, however many workspaces have ports of their own."""
OUT_OF_FILES: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def origins(
    host: str, port: int, public_url: str | None = None, listening: Iterable[tuple[str, int]] = (), *, tls: bool = False
) -> tuple[str, ...]:
    """The origins of this server, the public one first, and every name of loopback; with `tls` each by https, too.

    `listening` are other addresses at which it listens.

    An address that means every interface, such as `0.0.0.0`, is not an origin; 127.0.0.1 or [::1] stands in its place.
    """
    schemes = ("http", "https") if tls else ("http",)
    every = [(host, port), *listening]
    own = [f"{scheme}://{name}" for scheme in schemes for address in every for name in _names(*address)]
    return tuple(dict.fromkeys([public_url.rstrip("/"), *own] if public_url else own))


def _names(host: str, port: int) -> list[str]:
    """The names and the port by which a server is called that listens on an address."""
    named = f"[{host}]" if ":" in host else host
    if unspecified(host):
        named = "127.0.0.1" if "." in host or ":" not in host else "[::1]"
    return [f"{name}:{port}" for name in (named, *LOOPBACK_NAMES)]


def create_app(
    scenario: Scenario | None = None, own_origins: tuple[str, ...] | None = None, policy: Policy | None = None
) -> App:
    """The ASGI application of a scenario; without parameters, the demo world on 127.0.0.1:8080."""
    scenario = scenario or load(DEMO)
    return App(opened(scenario, own_origins or scenario.world.origins), scenario, policy=policy)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 = any free port. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    # asyncio does this for sockets that say they are TCP; these do not, and each answer would wait 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def port_of(listening: socket.socket) -> int:
    """The port that a socket is bound to."""
    port: int = listening.getsockname()[1]
    return port


class SimulatorServer(Server):
    """uvicorn's server. It calls `on_ready` when it accepts connections, and ends at once."""

    def __init__(self, app: App, on_ready: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._crowd: Crowd[Connection] = Crowd(self._crowded)
        self._outbox = Outbox()
        super().__init__(
            Config(
                app,
                loop="auto",  # uvloop if it is installed (the extra `fast`), else asyncio
                http=self._connections(app),  # type: ignore[arg-type]  # it is only called
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,  # a caller's IP is the socket's (H26), whatever X-Forwarded-For says
                backlog=ACCEPTED,
            )
        )
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._warned = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then call `on_ready`."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._trouble)
        if isinstance(self._loop, asyncio.BaseEventLoop):  # uvloop's timers ask the machine
            self._loop.time = machine_seconds  # type: ignore[method-assign]
        self._crowd.most = most_connections()
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(BACKLOG)
            self._app.entrance.ports.add(port_of(listening))
        self._app.workspaces.doors.opener = self._open_door
        self._on_ready()

    def _connections(self, app: App | Door) -> Callable[..., Connection]:
        """Makes the connections of a port: the common one of all workspaces, or one of a single workspace."""
        return partial(
            Connection,
            served=app,
            crowd=self._crowd,
            outbox=self._outbox,
            entrance=self._app.entrance,
            turn_away=app.turn_away,
            at_once=app.at_once,
        )

    async def _open_door(self, name: str, port: int) -> Door:
        """Open a port for a workspace; it takes the place of a connection. Raises `OSError`."""
        if self._crowd.most is not None and self._crowd.most <= FEWEST:
            raise OSError(errno.EMFILE, CROWDED)
        with ExitStack() as undo:
            listening = undo.enter_context(bind(HOST, port))
            door = Door(name, port_of(listening), self._app)
            connections, state = self._connections(door), self.server_state
            make = partial(connections, config=self.config, server_state=state, app_state=self.lifespan.state)
            server = await asyncio.get_running_loop().create_server(make, sock=listening, backlog=ACCEPTED)
            listening.listen(BACKLOG)
            undo.pop_all()
        self.servers.append(server)
        self._app.entrance.ports.add(door.port)
        if self._crowd.most is not None:
            self._crowd.most -= 1
        door.close = partial(self._close_door, door, server)
        return door

    def _close_door(self, door: Door, server: asyncio.Server) -> None:
        """Stop to listen at a workspace's port, and close its connections once they have their answers."""
        if server in self.servers:
            self.servers.remove(server)
            self._app.entrance.ports.discard(door.port)
            server.close()
            if self._crowd.most is not None:
                self._crowd.most += 1
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection) and connection.served is door:
                    connection.finish()

    def _trouble(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Report an error of asyncio, but only once that no connection can be accepted."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in OUT_OF_FILES):
            loop.default_exception_handler(context)
        else:
            self._crowded()

    async def main_loop(self) -> None:
        """Run until `end` is called. That does not depend on a clock, because a test may have stopped it."""
        while not self.should_exit:
            await self.on_tick(0)  # the Date header
            OLD_WORLDS.look()
            self._warned = self._warned and len(self.server_state.connections) > (self._crowd.most or 0) // 2
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._ended.wait()

    def _crowded(self) -> None:
        """Warn that there are too many connections: once, until at least half of them are closed."""
        if not self._warned:
            self._warned = True
            LOG.warning(CROWDED)

    def end(self) -> None:
        """Make the server end. Any thread may call this."""
        self.should_exit = True
        if self._loop:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._ended.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the server because of a signal."""
        super().handle_exit(sig, frame)
        self.end()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close connections first, because an open call may wait for its client, or for the delay of a fault."""
        self._app.stop()
        self._outbox.empty()
        for accepting in (*self.servers, *(sockets or ())):
            accepting.close()
        for connection in list(self.server_state.connections):
            connection.transport.close()
            if connection.transport.get_write_buffer_size():
                connection.transport.abort()  # the client does not read
        for _ in range(TURNS):
            await asyncio.sleep(0)
        tasks = self.server_state.tasks
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class LocalServer:
    """A simulator on a free port of 127.0.0.1, in a thread of this process, for the length of a `with` block."""

    def __init__(self, scenario: Scenario | str | Path | None = None, policy: Policy | None = None) -> None:
        if isinstance(scenario, str | Path):
            scenario = load(str(scenario))
        self._socket = bind("127.0.0.1", 0)
        self.port = port_of(self._socket)
        self.url = f"http://127.0.0.1:{self.port}"
        tls = policy is None or policy.tls is not False
        self.app = create_app(scenario, origins("127.0.0.1", self.port, tls=tls), policy)
        self._ready = threading.Event()
        self._server = SimulatorServer(self.app, self._ready.set)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    @property
    def exchange(self) -> Exchange:
        """The exchange of the default workspace. Read it only while no request is under way."""
        return self.app.desk.exchange

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the server did not start within 10 s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()
        self._thread.join(10)
        self._socket.close()
        if self._thread.is_alive():
            raise RuntimeError("the server did not end within 10 s")

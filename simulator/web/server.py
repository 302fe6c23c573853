"""A scenario behind a real port: uvicorn in this process, or in a thread of it for tests and the tour."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server

from simulator.core.refusals import Reason
from simulator.exchange import Exchange
from simulator.scenario.loader import DEMO, Scenario, load
from simulator.web.app import App
from simulator.web.desk import opened
from simulator.web.envelope import as_json
from simulator.web.guards import LOOPBACK_NAMES, Policy, unspecified
from simulator.web.network import CONNECTION

GRACE: Final = 0.3
"""Seconds that open connections get when the server stops."""


def origins(host: str, port: int, public_url: str | None = None) -> tuple[str, ...]:
    """Our own origins, the public one first; a loopback server answers to every name of loopback.

    What a server listens on that listens everywhere, such as `0.0.0.0`, is no origin of anybody's.
    """
    named = f"[{host}]" if ":" in host else host
    if unspecified(host):
        named = "127.0.0.1" if "." in host or ":" not in host else "[::1]"
    own = [f"http://{name}:{port}" for name in (named, *LOOPBACK_NAMES)]
    return tuple(dict.fromkeys([public_url.rstrip("/"), *own] if public_url else own))


def create_app(
    scenario: Scenario | None = None, own_origins: tuple[str, ...] | None = None, policy: Policy | None = None
) -> App:
    """The ASGI application of a scenario; the demo world on 127.0.0.1:8080 unless told otherwise."""
    scenario = scenario or load(DEMO)
    return App(opened(scenario, own_origins or scenario.world.origins), scenario, policy=policy)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 = any that is free. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio does this for sockets that say they are TCP; these do not, and each answer would wait 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def port_of(listening: socket.socket) -> int:
    """The port that a socket is bound to."""
    port: int = listening.getsockname()[1]
    return port


class JsonProtocol(HttpToolsProtocol):
    """uvicorn's protocol; bytes that are no HTTP are refused in JSON, and a request brings its connection along."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Remember what each request of this connection is given."""
        super().connection_made(transport)
        self._extensions: dict[str, dict[object, object]] = {CONNECTION: {"transport": transport}}
        self._overtaken: deque[RequestResponseCycle] = deque()

    def on_message_begin(self) -> None:
        """A request begins, maybe before the last one was answered."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        if self.cycle is not None and not self.cycle.response_complete:
            while self._overtaken and self._overtaken[0].response_complete:
                self._overtaken.popleft()
            self._overtaken.append(self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every request that waits; uvicorn tells only the one that was read last."""
        super().connection_lost(exc)
        for cycle in self._overtaken:
            cycle.disconnected = True
            cycle.message_event.set()

    def send_400_response(self, msg: str) -> None:
        """Refuse and hang up: where the next request would begin, nobody knows."""
        denial = Reason.BODY_NOT_JSON.denial
        body = as_json({"code": denial.code, "msg": denial.text, "retry": False, "success": False})
        if isinstance(self.app, App):
            self.app.garbled(self.client[0] if self.client else "", msg, body)
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()


class SimulatorServer(Server):
    """uvicorn's server; tells when it accepts connections."""

    def __init__(self, app: App, on_ready: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            Config(
                app,
                loop="asyncio",
                http=JsonProtocol,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,  # a caller's IP is the socket's (H26), whatever X-Forwarded-For says
                timeout_graceful_shutdown=GRACE,  # type: ignore[arg-type]  # asyncio.wait_for takes fractions
            )
        )
        self._app, self._on_ready = app, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up first: what is open waits for its client, or for a fault's time to pass, and not for us."""
        self._app.stop()
        for connection in list(self.server_state.connections):
            connection.transport.close()
            if connection.transport.get_write_buffer_size():
                connection.transport.abort()  # its client does not read
        await super().shutdown(sockets)


class LocalServer:
    """A simulator on a free port of 127.0.0.1, in a thread of this process, for the length of a `with` block."""

    def __init__(self, scenario: Scenario | None = None, policy: Policy | None = None) -> None:
        self._socket = bind("127.0.0.1", 0)
        self.port = port_of(self._socket)
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = create_app(scenario, origins("127.0.0.1", self.port), policy)
        self._ready = threading.Event()
        self._server = SimulatorServer(self.app, self._ready.set)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    @property
    def exchange(self) -> Exchange:
        """What is behind the port. Read it when no request is under way."""
        return self.app.desk.exchange

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the server did not start within 10 s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

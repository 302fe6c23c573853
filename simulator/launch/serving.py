"""The simulator of `exec`: a server in a thread of this process, on a free port, and what it saw."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Final, Self

from simulator.scenario.loader import load
from simulator.scenario.overrides import Overrides, override
from simulator.web.guards import Policy
from simulator.web.server import SimulatorServer, bind, create_app, origins, port_of

START: Final = 30.0
"""Seconds that a start may take, however busy the machine is."""


class CannotListenError(Exception):
    """No port can be listened at; the message says why."""


class Serving:
    """A server that ends with its process. It is ready when `start` returns."""

    def __init__(
        self, scenario: str, seed: int | None, overrides: Overrides, policy: Policy, ended: Callable[[str], None]
    ) -> None:
        """`ended` is called with the reason if the server ends by itself.

        Raises `ScenarioError`, `OverrideError` and `CannotListenError`.
        """
        try:
            self._socket = bind("127.0.0.1", 0)
        except OSError as error:
            raise CannotListenError(str(error.strerror or error)) from None
        self.address = f"127.0.0.1:{port_of(self._socket)}"
        self.scenario = override(load(scenario, seed), overrides)
        self.app = create_app(self.scenario, origins("127.0.0.1", port_of(self._socket), tls=True), policy)
        self._ended = ended
        self._ready = threading.Event()
        self._server = SimulatorServer(self.app, self._ready.set)
        self.problem = ""
        """Why the server has ended by itself; "" = it has not."""

    def start(self, more: Iterable[socket.socket] = ()) -> Self:
        """Accept connections at the port, and at other sockets that listen already. Raises `CannotListenError`."""
        sockets = [self._socket, *more]
        threading.Thread(target=self._run, args=(sockets,), name="simulator", daemon=True).start()
        if not self._ready.wait(START) or self.problem:
            raise CannotListenError(self.problem or f"the server was not ready within {START:g} s")
        return self

    def _run(self, sockets: list[socket.socket]) -> None:
        try:
            self._server.run(sockets)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the command must not go on without a simulator
            self.problem = f"{type(error).__name__}: {error}"
        self.problem = self.problem or "its event loop has ended"
        self._ready.set()
        self._ended(self.problem)

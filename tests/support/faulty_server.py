"""Connections to a server that fails as it is told, byte by byte."""

from __future__ import annotations

import socket
from typing import Final

from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault
from simulator.web.server import LocalServer
from support.wire import Broker, Http

TIME: Final = b"GET /api/v1/timestamp HTTP/1.1\r\nHost: x\r\n\r\n"
COIN: Final = b"GET /api/v3/currencies/BTC HTTP/1.1\r\nHost: x\r\n\r\n"
FORM: Final = b"application/x-www-form-urlencoded"


def post(target: str, body: bytes) -> bytes:
    """A form."""
    head = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return head % (target.encode(), FORM, len(body)) + body


def split(got: bytes) -> tuple[list[bytes], bytes]:
    """The lines of the head, and what follows it."""
    head, end, body = got.partition(b"\r\n\r\n")
    assert end, got
    return head.split(b"\r\n"), body


def names(head: list[bytes]) -> list[bytes]:
    """The status line, and the names of the headers."""
    return [head[0], *(each.partition(b":")[0] for each in head[1:])]


def length(head: list[bytes]) -> int:
    """Content-Length, which must stand there once."""
    [value] = [each for each in head if each.startswith(b"content-length: ")]
    return int(value.partition(b": ")[2])


def read_answer(connection: socket.socket) -> tuple[list[bytes], bytes]:
    """One whole answer, and nothing of what follows."""
    got = b""
    while not got.endswith(b"\r\n\r\n"):
        got += _some(connection, 1)
    head, body = split(got)
    while len(body) < length(head):
        body += _some(connection, length(head) - len(body))
    return head, body


def read_rest(connection: socket.socket) -> tuple[bytes, str]:
    """All that comes, and how it ends: FIN or RST."""
    got = b""
    try:
        while more := connection.recv(65_536):
            got += more
    except ConnectionResetError:
        return got, "RST"
    return got, "FIN"


def _some(connection: socket.socket, size: int) -> bytes:
    more = connection.recv(size)
    assert more, "the connection was closed too early"
    return more


class Line:
    """Makes connections to a server, which is in the demo world as it is at the start."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.broker = Broker(Http(server.port))
        self.stage()
        server.exchange.reset()

    def stage(self, *faults: Fault) -> None:
        """These faults from now on."""
        self.server.exchange.stage(Staging(faults))

    def connect(self) -> socket.socket:
        """A connection of its own."""
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=10)

    def talk(self, sent: bytes) -> tuple[bytes, str]:
        """All that comes back, and how it ends: FIN or RST."""
        with self.connect() as connection:
            connection.sendall(sent)
            return read_rest(connection)

    def ask(self, sent: bytes = COIN) -> tuple[list[bytes], bytes]:
        """A request that is answered."""
        with self.connect() as connection:
            connection.sendall(sent)
            return read_answer(connection)

    def alive(self) -> bool:
        """Whether the server answers somebody else."""
        return self.broker.send("GET", "/api/v1/timestamp").status == 200

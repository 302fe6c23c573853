"""Raw connections to a server: every byte of a request, in packets of the test's choice."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Self

from simulator.web.server import LocalServer

BODY = b'{"user":"alice","client_id":"demo-broker","redirect_uri":"http://localhost:3000/callback","state":"7"}'
TIME = b"GET /api/v1/timestamp HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = TIME.replace(b"Host: x", b"Host: x\r\nConnection: close")


def head(*lines: bytes, method: bytes = b"POST", path: bytes = b"/_sim/v1/authorizations") -> bytes:
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", b"Host: 127.0.0.1", *lines, b"", b""])


TYPE = b"Content-Type: application/json"
LENGTH = b"Content-Length: %d" % len(BODY)


class Wire:
    """A raw connection."""

    def __init__(self, server: LocalServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.socket.sendall(piece)

    def rest(self) -> bytes:
        """All that comes until the server ends the connection."""
        got = b""
        try:
            while more := self.socket.recv(65_536):
                got += more
        except ConnectionResetError:
            pass
        return got

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def statuses(got: bytes) -> list[int]:
    """The status of each answer."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


def talk(server: LocalServer, *pieces: bytes) -> bytes:
    with Wire(server) as wire:
        wire.send(*pieces)
        return wire.rest()


def splits(data: bytes, step: int = 1) -> Iterator[tuple[bytes, bytes]]:
    for place in range(1, len(data), step):
        yield data[:place], data[place:]

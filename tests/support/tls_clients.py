"""Raw TLS connections to a server: what a client sends inside TLS, byte by byte, and how it ends."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import Any

from simulator.certificates.authority import serving
from simulator.web.server import LocalServer
from support.wire import V1, Http

WWW = "www.kucoin.com"
CONNECT = b"CONNECT www.kucoin.com:443 HTTP/1.1\r\nHost: www.kucoin.com:443\r\n\r\n"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def trusting(**settings: Any) -> ssl.SSLContext:
    """A client's context that trusts the authority of this process's servers, with these attributes."""
    context = ssl.create_default_context(cadata=serving().pem)
    for name, value in settings.items():
        setattr(context, name, value)
    return context


def plain(server: LocalServer) -> socket.socket:
    """A connection that has not said anything."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def secure(server: LocalServer, name: str = WWW, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    """A connection behind its handshake."""
    return (context or trusting()).wrap_socket(plain(server), server_hostname=name)


def rest(connection: socket.socket) -> tuple[bytes, str]:
    """All that comes, and how it ends: FIN or RST. Python's TLS takes a RST for an end as well."""
    got = b""
    try:
        while more := connection.recv(65_536):
            got += more
    except ConnectionResetError:
        return got, "RST"
    return got, "FIN"


def talk(server: LocalServer, *pieces: bytes, name: str = WWW) -> bytes:
    """What a server answers to these pieces inside TLS, until it ends the connection."""
    with secure(server, name) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return rest(connection)[0]


class Inside:
    """TLS of a client by hand, so that a test decides which bytes go out when, on whatever stands below."""

    def __init__(self, below: socket.socket, name: str = WWW, context: ssl.SSLContext | None = None) -> None:
        self.below = below
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = (context or trusting()).wrap_bio(self._in, self._out, server_hostname=name)

    def hello(self) -> bytes:
        """The first bytes of the handshake."""
        with suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()
        return self._out.read()

    def finish(self) -> None:
        """Go on with the handshake to its end."""
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._exchange()
        self.below.sendall(self._out.read())

    def _exchange(self) -> None:
        if self._out.pending:
            self.below.sendall(self._out.read())
        if received := self.below.recv(65_536):
            self._in.write(received)
        else:
            self._in.write_eof()

    def ask(self, request: bytes) -> bytes:
        """The whole answer to a request that ends the connection."""
        return self.said(request)[0]

    def said(self, request: bytes) -> tuple[bytes, str]:
        """All that comes, and how it ends: with a word, with FIN only, or with RST."""
        if request:
            self._tls.write(request)
        got = b""
        while True:
            try:
                more = self._tls.read(65_536)
            except ssl.SSLWantReadError:
                try:
                    self._exchange()
                except ConnectionResetError:
                    return got, "RST"
                continue
            except ssl.SSLZeroReturnError:
                more = b""
            except ssl.SSLEOFError:
                return got, "FIN"
            if not more:
                return got, "word"
            got += more


def handshakes(server: LocalServer) -> list[dict[str, Any]]:
    """The failed handshakes that a server tells of, newest first."""
    told: list[dict[str, Any]] = Http(server.port)("GET", f"{V1}/handshakes").json()["handshakes"]
    return told


def forget(server: LocalServer) -> int:
    """Empty the list. How many there were."""
    dropped: int = Http(server.port)("DELETE", f"{V1}/handshakes").json()["dropped"]
    return dropped

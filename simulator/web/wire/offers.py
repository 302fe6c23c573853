"""Offers to go on in another protocol (`Upgrade`): they are ignored, and the request is read to its end."""

from __future__ import annotations

from typing import Final

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

FRAMING: Final = (b"content-length", b"transfer-encoding")
"""Headers that tell where a body ends."""


def websocket(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request offers to go on as a WebSocket (RFC 6455 s4.1)."""
    return any(name == b"upgrade" and b"websocket" in value.lower() for name, value in headers)


def read_rest(connection: HttpToolsProtocol) -> None:
    """Give the connection a parser that goes on behind the head that it has just read. Raises `HttpParserError`.

    A server may ignore an offer (RFC 9110 s7.8). llhttp takes it for accepted: it ends the message behind the head, and
    would read the body as another request. So a new parser is told how the body is framed.
    """
    parser = HttpRequestParser(Rest(connection))
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what uvicorn sets for its own
    lines = [f"{connection.scope['method']} / HTTP/{connection.scope['http_version']}".encode()]
    lines += [b"%s: %s" % header for header in connection.headers if header[0] in FRAMING]
    lines.append(b"connection: " + (b"keep-alive" if connection.cycle.keep_alive else b"close"))
    connection.parser = parser  # before it tells that a request without a body is whole
    parser.feed_data(b"\r\n".join([*lines, b"", b""]))


class Rest:
    """What a parser tells that begins behind a head: the head that it had to be given is nobody's news."""

    def __init__(self, connection: HttpToolsProtocol) -> None:
        self._connection = connection
        self._known = True

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._known:
            self._connection.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of the request target."""
        if not self._known:
            self._connection.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        if not self._known:
            self._connection.on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head has ended."""
        if not self._known:
            self._connection.on_headers_complete()
        self._known = False

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._connection.on_body(body)

    def on_message_complete(self) -> None:
        """A request has ended."""
        self._connection.on_message_complete()

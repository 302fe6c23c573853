"""Offers of another protocol (`Upgrade`) are ignored, and the request is read to its end."""

from __future__ import annotations

from typing import Final

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

FRAMING: Final = (b"content-length", b"transfer-encoding")
"""Headers that say where a body ends."""


def websocket(headers: list[tuple[bytes, bytes]]) -> bool:
    """True if a request offers to go on as a WebSocket (RFC 6455 s4.1)."""
    return any(name == b"upgrade" and b"websocket" in value.lower() for name, value in headers)


def target(url: bytes) -> tuple[str, str]:
    """Path and query of a request target, also of one that is a whole URL."""
    if not url.startswith(b"/"):
        url = b"/" + url.partition(b"://")[2].partition(b"/")[2]
    path, _, query = url.decode("latin-1").partition("?")
    return path, query


def read_rest(connection: HttpToolsProtocol) -> None:
    """Give the connection a new parser for what follows the head that was just read. Raises `HttpParserError`.

    A server may ignore an offer (RFC 9110 s7.8), but llhttp assumes that it was accepted: it ends the message after the
    head, and would read the body as another request. So the new parser gets a head that says how the body is framed.
    """
    parser = HttpRequestParser(Rest(connection))
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what uvicorn sets for its own
    lines = [f"{connection.scope['method']} / HTTP/{connection.scope['http_version']}".encode()]
    lines += [b"%s: %s" % header for header in connection.headers if header[0] in FRAMING]
    lines.append(b"connection: " + (b"keep-alive" if connection.cycle.keep_alive else b"close"))
    connection.parser = parser  # before the parser reports the end of a request without a body
    parser.feed_data(b"\r\n".join([*lines, b"", b""]))


class Rest:
    """The callbacks of a parser that begins after a head. The head that it was given is not reported again."""

    def __init__(self, connection: HttpToolsProtocol) -> None:
        self._connection = connection
        self._in_given_head = True

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._in_given_head:
            self._connection.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of the request target has arrived."""
        if not self._in_given_head:
            self._connection.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header has arrived."""
        if not self._in_given_head:
            self._connection.on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head has ended."""
        if not self._in_given_head:
            self._connection.on_headers_complete()
        self._in_given_head = False

    def on_body(self, body: bytes) -> None:
        """A part of a body has arrived."""
        self._connection.on_body(body)

    def on_message_complete(self) -> None:
        """A request has ended."""
        self._connection.on_message_complete()

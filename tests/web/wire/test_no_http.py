"""Bytes that are no HTTP request: the parser's own refusal is JSON too."""

from __future__ import annotations

import json
import socket

import pytest

from simulator.web.server import LocalServer


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /oauth?state=\xe4\xbd\xa0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"FOO /api/v1/timestamp HTTP/1.1\r\nHost: x\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_no_http_is_refused_in_json(server: LocalServer, sent: bytes) -> None:
    """A 400 that a client can parse; the connection ends with it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        got = b""
        while more := connection.recv(65_536):
            got += more
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/json" in head
    assert json.loads(body) == {"code": "400101", "msg": "Invalid request data.", "retry": False, "success": False}

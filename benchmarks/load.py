"""A small load generator: keep-alive connections that each send one request after the other, in one thread.

Preparing a request and looking into its answer is the client's work: it is kept off the clock where one connection is
measured, and as small as can be where sixteen are.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Ask = Callable[[int], bytes]
"""The next request of a connection, by the connection's number."""
Hear = Callable[[int, bytes], None]
"""What a connection does with the answer's body."""


@dataclass
class Measured:
    """Requests a second, and the 99th percentile of one request's time in ms."""

    per_second: float
    p99: float


def request(method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 request as bytes; `kc_api_key` is the header `kc-api-key`."""
    lines = [f"{method} {target} HTTP/1.1", "host: 127.0.0.1"]
    if body:
        headers.setdefault("content_type", "application/json")
        headers["content_length"] = str(len(body))
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int, number: int = 0) -> None:
        self.number = number
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def send(self, sent: bytes) -> None:
        self.began = time.perf_counter_ns()
        self.socket.sendall(sent)

    def heard(self) -> bytes | None:
        """The answer's body, None while it is incomplete. Raises when it is no success."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server hung up")
        self._received += chunk
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return None
        self._received = b""
        self.judge(head, body)
        return body

    def judge(self, head: bytes, body: bytes) -> None:
        """A benchmark of refusals would look fast."""
        if not head.startswith(b"HTTP/1.1 20") or b'"success":false' in body or body.startswith(b'{"msg"'):
            raise RuntimeError(f"refused: {body.decode()[:300]}")

    def call(self, sent: bytes) -> bytes:
        """One request and its answer's body."""
        self.send(sent)
        while (body := self.heard()) is None:
            pass
        return body


def call(port: int, sent: bytes) -> Any:
    """One request on a connection of its own, as JSON."""
    connection = Connection(port)
    with connection.socket:
        return json.loads(connection.call(sent))


def drive(port: int, connections: int, requests: int, ask: Ask, hear: Hear) -> Measured:
    """Send `requests` requests over `connections` connections."""
    return alone(port, requests, ask, hear) if connections == 1 else together(port, connections, requests, ask, hear)


def alone(port: int, requests: int, ask: Ask, hear: Hear) -> Measured:
    """One connection: the rate is that of the requests alone."""
    connection = Connection(port)
    times = []
    with connection.socket:
        for _ in range(requests):
            sent = ask(0)
            body = connection.call(sent)
            times.append(time.perf_counter_ns() - connection.began)
            hear(0, body)
    return Measured(1e9 * requests / sum(times), percentile(times))


def together(port: int, connections: int, requests: int, ask: Ask, hear: Hear) -> Measured:
    """Several connections, each busy all the time: the rate is that of the whole run."""
    selector = selectors.DefaultSelector()
    times: list[int] = []
    left = requests - connections
    began = time.perf_counter()
    for number in range(connections):
        connection = Connection(port, number)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(ask(number))
    while len(times) < requests:
        for key, _ in selector.select():
            connection = key.data
            body = connection.heard()
            if body is None:
                continue
            times.append(time.perf_counter_ns() - connection.began)
            hear(connection.number, body)
            if left > 0:
                left -= 1
                connection.send(ask(connection.number))
    spent = time.perf_counter() - began
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return Measured(requests / spent, percentile(times))


def percentile(times: list[int]) -> float:
    """The 99th, in ms."""
    return sorted(times)[len(times) * 99 // 100] / 1e6

"""A small load generator: keep-alive connections that send one prepared request after the other."""

from __future__ import annotations

import asyncio
import json
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
    """Requests a second over the whole run, and the 99th percentile of one request's time in ms."""

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


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> bytes:
    """One request and its answer's body. Raises when the status is not 200."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 200") or b'"success":false' in body or b'"msg":"' in body[:8]:
        raise RuntimeError(f"refused: {body.decode()[:300]}")
    return body


def call(port: int, sent: bytes) -> Any:
    """One request on a connection of its own, as JSON."""

    async def once() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await exchange(reader, writer, sent)
        finally:
            writer.close()

    return json.loads(asyncio.run(once()))


def drive(port: int, connections: int, requests: int, ask: Ask, hear: Hear = lambda number, body: None) -> Measured:
    """Send `requests` requests over `connections` connections."""

    async def connection(number: int, count: int, times: list[int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count):
            sent = ask(number)
            began = time.perf_counter_ns()
            body = await exchange(reader, writer, sent)
            times.append(time.perf_counter_ns() - began)
            hear(number, body)
        writer.close()

    async def everything() -> Measured:
        times: list[int] = []
        began = time.perf_counter()
        await asyncio.gather(*(connection(number, requests // connections, times) for number in range(connections)))
        spent = time.perf_counter() - began
        return Measured(len(times) / spent, sorted(times)[len(times) * 99 // 100] / 1e6)

    return asyncio.run(everything())

"""What TLS costs: a call by https beside one by http, and a new connection of each kind, in CPU time.

    python benchmarks/tls.py [--calls 3000] [--connections 300] [--rounds 5] [--uvloop]

The figures are the CPU time of client and server together, so the client's TLS is in them as well. The kinds are
measured in turn.
"""

from __future__ import annotations

import socket
import ssl
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from os import environ
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parent.parent)]

from simulator.certificates.authority import serving  # noqa: E402 - the line above finds it
from simulator.web.server import LocalServer  # noqa: E402

NAME: Final = "www.kucoin.com"
TIME: Final = b"GET /api/v1/timestamp HTTP/1.1\r\nHost: www.kucoin.com\r\n\r\n"
CONNECT: Final = b"CONNECT www.kucoin.com:443 HTTP/1.1\r\nHost: www.kucoin.com:443\r\n\r\n"

Opened = Callable[[], socket.socket]


def ways(port: int, context: ssl.SSLContext) -> dict[str, Opened]:
    """The ways to a server, by name: each opens a connection on which requests can be sent."""

    def plain() -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def connected() -> socket.socket:
        connection = plain()
        connection.sendall(CONNECT)
        connection.recv(4096)
        return connection

    return {
        "http": plain,
        "https": lambda: context.wrap_socket(plain(), server_hostname=NAME),
        "https by CONNECT": lambda: context.wrap_socket(connected(), server_hostname=NAME),
    }


def ask(connection: socket.socket) -> None:
    """One call, whose answer is short and may come in several pieces."""
    connection.sendall(TIME)
    got = b""
    while not got.endswith(b"}"):
        got += connection.recv(65_536)


def per_call(opened: Opened, calls: int) -> float:
    """The CPU time of a call on a connection that stays open, in us."""
    with opened() as connection:
        ask(connection)
        began = time.process_time_ns()
        for _ in range(calls):
            ask(connection)
        return (time.process_time_ns() - began) / calls / 1000


def per_connection(opened: Opened, connections: int) -> float:
    """The CPU time of a new connection with one call, in us."""
    began = time.process_time_ns()
    for _ in range(connections):
        with opened() as connection:
            ask(connection)
    return (time.process_time_ns() - began) / connections / 1000


def main() -> None:
    """Measure, and print a table."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--uvloop", action="store_true")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ["KUCOIN_SIMULATOR_STATE_DIR"] = folder
        server = LocalServer()
        server._server.config.loop = "uvloop" if flags.uvloop else "asyncio"  # noqa: SLF001 - no user needs it
        with server:
            every = ways(server.port, ssl.create_default_context(cadata=serving().pem))
            began = time.perf_counter_ns()
            with every["https"]() as first:
                ask(first)
            first_ms = (time.perf_counter_ns() - began) / 1_000_000
            print(f"the first connection by https, which imports and makes certificates: {first_ms:.0f} ms")
            rows: dict[str, list[tuple[float, float]]] = {name: [] for name in every}
            for _ in range(flags.rounds):
                for name, opened in every.items():
                    rows[name].append((per_call(opened, flags.calls), per_connection(opened, flags.connections)))
    print("\n| | a call | a new connection with a call |\n|---|---|---|")
    plain = [statistics.median(column) for column in zip(*rows["http"], strict=True)]
    for name, figures in rows.items():
        call, connection = (statistics.median(column) for column in zip(*figures, strict=True))
        print(
            f"| {name} | {call:.0f} us ({call - plain[0]:+.0f}) | {connection:.0f} us ({connection - plain[1]:+.0f}) |"
        )


if __name__ == "__main__":
    main()

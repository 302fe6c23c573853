"""Measure the simulator as shipped against a bare uvicorn + Starlette application, in one run on one machine.

    python benchmarks/run.py [--quick]

Prints the tables of docs/performance.md. Ratios carry over to other machines; absolute numbers do not.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import growth  # noqa: E402 - the two lines above find it
from load import Ask, Hear, Measured, call, drive, request  # noqa: E402

from simulator.core.signature import prehash, sign  # noqa: E402

BIN = Path(sys.executable).parent
HERE = Path(__file__).parent
QUICK = "--quick" in sys.argv
CONNECTIONS = (1, 16)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def commands(port: int) -> dict[str, list[str]]:
    bare = [str(BIN / "uvicorn"), "bare:app", "--app-dir", str(HERE), "--port", str(port), "--no-access-log"]
    return {
        "bare": [*bare, "--log-level", "warning", "--loop", "asyncio", "--http", "httptools", "--lifespan", "off"],
        "simulator": [str(BIN / "kucoin-simulator"), "--port", str(port)],
    }


@contextlib.contextmanager
def running(name: str, path: str) -> Iterator[tuple[int, float]]:
    """A server process; (port, seconds from its start to its first answer)."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KUCOIN_SIMULATOR")}
    began = time.perf_counter()
    process = subprocess.Popen(commands(port)[name], stdout=subprocess.DEVNULL, env=environment)
    try:
        while True:
            try:
                call(port, request("GET", path))
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - began > 30:
                    raise
                time.sleep(0.002)
        yield port, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def cold_start(runs: int) -> None:
    times: dict[str, list[float]] = {"bare": [], "simulator": []}
    for _ in range(runs):
        for name, path in (("bare", "/get"), ("simulator", "/api/v1/timestamp")):
            with running(name, path) as (_, seconds):
                times[name].append(seconds)
    bare, ours = statistics.median(times["bare"]), statistics.median(times["simulator"])
    print("\n| cold start to first answer | median ms | min | max |\n|---|---|---|---|")
    for name, spent in times.items():
        print(f"| {name} | {statistics.median(spent) * 1000:.0f} | {min(spent) * 1000:.0f} | {max(spent) * 1000:.0f} |")
    print(f"\nratio {ours / bare:.2f} (aim: at most 1.6)")


def always(sent: bytes) -> Ask:
    """The same request for every connection."""
    return lambda number: sent


class Session:
    """A broker's credentials for each connection of a running simulator."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.tokens: dict[int, str] = {}
        self.keys: dict[int, dict[str, str]] = {}
        uri = "http://localhost:3000/callback"
        for number in range(max(CONNECTIONS)):
            query = f"response_type=code&client_id=demo-broker&redirect_uri={uri}&scope=OAUTH_CREATE_API&state=1"
            form = b"step=consent&identity=frank&decision=approve&grant=API_WITHDRAW_OAUTH&grant=API_SPOT"
            code = self._consent(query, form)
            bought = f"grant_type=authorization_code&code={code}&redirect_uri={uri}&client_id=demo-broker"
            tokens = call(port, request("GET", f"/_oauth/access-token?{bought}"))
            self.tokens[number] = tokens["refresh_token"]
            body = json.dumps({"authGroupMap": {"API_COMMON": True, "API_WITHDRAW_OAUTH": True}}).encode()
            path = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"
            added = call(port, request("POST", path, body, authorization=f"bearer {tokens['access_token']}"))
            self.keys[number] = added["data"]

    def _consent(self, query: str, form: bytes) -> str:
        answer: Any = call(
            self.port,
            request(
                "POST",
                f"/oauth?{query}",
                form,
                content_type="application/x-www-form-urlencoded",
                accept="application/json",
            ),
        )
        return str(answer["code"])

    def refresh(self, number: int) -> bytes:
        body = f"grant_type=authorization_code&scope=OAUTH_CREATE_API&refresh_token={quote(self.tokens[number])}"
        return request("POST", "/_oauth/refresh-token", body.encode(), content_type="application/x-www-form-urlencoded")

    def refreshed(self, number: int, body: bytes) -> None:
        self.tokens[number] = json.loads(body)["refresh_token"]

    def signed(self, number: int, method: str, path: str, body: bytes = b"") -> bytes:
        key, stamp = self.keys[number], str(time.time_ns() // 1_000_000)
        sent: bytes = request(
            method,
            path,
            body,
            kc_api_key=key["apiKey"],
            kc_api_sign=sign(key["secret"], prehash(stamp, method, path, body)),
            kc_api_timestamp=stamp,
            kc_api_passphrase=sign(key["secret"], key["passphrase"].encode()),
            kc_api_key_version="3",
        )
        return sent


def throughput(requests: int, rounds: int) -> None:
    get, post = request("GET", "/get"), request("POST", "/post", growth.BODY)
    nothing: Hear = lambda number, body: None  # noqa: E731 - a value among values
    with running("bare", "/get") as (bare, _), running("simulator", "/api/v1/timestamp") as (ours, _):
        session = Session(ours)
        time_request = request("GET", "/api/v1/timestamp")
        pairs: dict[str, tuple[bytes, Ask, Hear]] = {
            "timestamp": (get, always(time_request), nothing),
            "accounts (signed)": (get, lambda number: session.signed(number, "GET", "/api/v1/accounts"), nothing),
            "refresh": (post, session.refresh, session.refreshed),
            "withdrawal": (post, lambda number: session.signed(number, "POST", growth.PATH, growth.BODY), nothing),
        }
        print("\n| operation | connections | bare/s | simulator/s | ratio | p99 ms bare | p99 ms simulator |")
        print("|---|---|---|---|---|---|---|")
        for name, (floor, ask, hear) in pairs.items():
            for connections in CONNECTIONS:
                bares: list[Measured] = []
                mine: list[Measured] = []
                for _ in range(rounds):
                    bares.append(drive(bare, connections, requests, always(floor)))
                    mine.append(drive(ours, connections, requests, ask, hear))
                ratio = statistics.median(o.per_second / b.per_second for o, b in zip(mine, bares, strict=True))
                middle: Callable[[list[Measured], str], float] = lambda runs, figure: statistics.median(  # noqa: E731
                    getattr(run, figure) for run in runs
                )
                print(
                    f"| {name} | {connections} | {middle(bares, 'per_second'):.0f} | {middle(mine, 'per_second'):.0f} "
                    f"| {ratio:.2f} | {middle(bares, 'p99'):.2f} | {middle(mine, 'p99'):.2f} |"
                )


def growing(times: int) -> None:
    print("\n| users | operation | median us | p99 us |\n|---|---|---|---|")
    for users in (10, 1_000, 100_000):
        for name, (median, p99) in growth.measure(users, times).items():
            print(f"| {users} | {name} | {median:.1f} | {p99:.1f} |")


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs")
    cold_start(3 if QUICK else 15)
    throughput(400 if QUICK else 4_000, 1 if QUICK else 5)
    growing(1_000 if QUICK else 20_000)

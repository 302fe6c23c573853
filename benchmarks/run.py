"""Measure the simulator as shipped against a bare uvicorn + Starlette application, in one run on one machine.

    python benchmarks/run.py [--quick]

Prints the tables of docs/performance.md. Ratios carry over to other machines; absolute numbers do not.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import growth  # noqa: E402 - the two lines above find it
from load import Ask, Hear, Measured, call, drive, request  # noqa: E402
from start import RICH, answered, cold_start, commands, environment, free_port  # noqa: E402

from simulator.core.gateway.signature import prehash, sign  # noqa: E402

QUICK = "--quick" in sys.argv
CONNECTIONS = (1, 16)


class Running(NamedTuple):
    """A server process: its port and its id."""

    port: int
    process: int


@contextlib.contextmanager
def running(name: str, path: str) -> Iterator[Running]:
    """A server process."""
    port = free_port()
    command = [*commands(port)[name], *(("--user", RICH) if name == "simulator" else ())]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment())
    try:
        answered(process, port, path)
        yield Running(port, process.pid)
    finally:
        process.terminate()
        process.wait()


AHEAD = 4_000
"""ms by which the clients' clock is ahead. A timestamp may be off by less than 5 s, either way."""
FORM = b"grant_type=authorization_code&scope=OAUTH_CREATE_API&refresh_token="
REFRESH = (
    b"POST /_oauth/refresh-token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)


def always(sent: bytes) -> Ask:
    """The same request for every connection."""
    return lambda number: sent


class Session:
    """A broker's credentials for each connection of a running simulator."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.tokens: dict[int, bytes] = {}
        self.keys: dict[int, dict[str, str]] = {}
        call(port, request("PATCH", "/_sim/v1/choices", b'{"rate_pools": "count"}'))
        uri = "http://localhost:3000/callback"
        for number in range(max(CONNECTIONS)):
            query = f"response_type=code&client_id=demo-broker&redirect_uri={uri}&scope=OAUTH_CREATE_API&state=1"
            form = b"step=consent&identity=frank&decision=approve&grant=API_WITHDRAW_OAUTH&grant=API_SPOT"
            code = self._consent(query, form)
            bought = f"grant_type=authorization_code&code={code}&redirect_uri={uri}&client_id=demo-broker"
            tokens = call(port, request("GET", f"/_oauth/access-token?{bought}"))
            self.tokens[number] = tokens["refresh_token"].encode()
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
        body = FORM + self.tokens[number]
        return b"%sContent-Length: %d\r\n\r\n%s" % (REFRESH, len(body), body)

    def refreshed(self, number: int, body: bytes) -> None:
        self.tokens[number] = body.partition(b'"refresh_token":"')[2].partition(b'"')[0]

    def signed(self, number: int, method: str, path: str, body: bytes = b"") -> bytes:
        key, stamp = self.keys[number], str(time.time_ns() // 1_000_000 + AHEAD)
        return request(
            method,
            path,
            body,
            kc_api_key=key["apiKey"],
            kc_api_sign=sign(key["secret"], prehash(stamp, method, path, body)),
            kc_api_timestamp=stamp,
            kc_api_passphrase=sign(key["secret"], key["passphrase"].encode()),
            kc_api_key_version="3",
        )

    def all_signed(self, requests: int, method: str, path: str, body: bytes = b"") -> Ask:
        """Signed before the run begins, which must not last longer than a timestamp is good for: 9 s."""
        ready = [self.signed(number % max(CONNECTIONS), method, path, body) for number in range(requests)]
        return lambda number: ready.pop()


def nothing(number: int, body: bytes) -> None:
    pass


def throughput(requests: int, rounds: int) -> None:
    get, post = request("GET", "/get"), request("POST", "/post", growth.BODY)
    with running("bare", "/get") as bare, running("simulator", "/api/v1/timestamp") as ours:
        session = Session(ours.port)
        time_request = request("GET", "/api/v1/timestamp")
        prepared: dict[str, tuple[bytes, Callable[[], Ask], Hear]] = {
            "timestamp": (get, lambda: always(time_request), nothing),
            "accounts (signed)": (get, lambda: session.all_signed(requests, "GET", "/api/v1/accounts"), nothing),
            "refresh": (post, lambda: session.refresh, session.refreshed),
            "withdrawal": (post, lambda: session.all_signed(requests, "POST", growth.PATH, growth.BODY), nothing),
        }
        print(
            "\n| operation | connections | bare/s | simulator/s | ratio | p99 ms bare | p99 ms simulator"
            " | CPU us bare | CPU us simulator |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for name, (floor, prepare, hear) in prepared.items():
            for connections in CONNECTIONS:
                pairs = [
                    (
                        load_on(bare, connections, requests, always(floor), nothing),
                        load_on(ours, connections, requests, prepare(), hear),
                    )
                    for _ in range(rounds)
                ]
                print(f"| {name} | {connections} | {' | '.join(compared(pairs))} |")


class Run(NamedTuple):
    """What the client measured, and the microseconds of CPU that the server took for a call; None = nobody knows."""

    measured: Measured
    cpu: float | None


def load_on(server: Running, connections: int, requests: int, ask: Ask, hear: Hear) -> Run:
    """One run against a server."""
    before = cpu_seconds(server.process)
    measured = drive(server.port, connections, requests, ask, hear)
    after = cpu_seconds(server.process)
    return Run(measured, None if before is None or after is None else (after - before) / requests * 1_000_000)


def cpu_seconds(process: int) -> float | None:
    """The CPU time that all threads of a process have taken, in the kernel as well. Only Linux tells it."""
    try:
        threads = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/schedstat")]
    except OSError:
        return None
    return sum(int(times.split()[0]) for times in threads) / 1e9 if threads else None


def compared(pairs: list[tuple[Run, Run]]) -> list[str]:
    """Medians over the rounds: rates, their ratio round by round, the slow ones, and the server's CPU a call."""
    bares, mine = zip(*pairs, strict=True)
    ratio = statistics.median(one.measured.per_second / floor.measured.per_second for floor, one in pairs)
    rates = [f"{statistics.median(run.measured.per_second for run in runs):.0f}" for runs in (bares, mine)]
    slow = [f"{statistics.median(run.measured.p99 for run in runs):.2f}" for runs in (bares, mine)]
    spent = [[run.cpu for run in runs if run.cpu is not None] for runs in (bares, mine)]
    cpu = [f"{statistics.median(times):.0f}" if times else "-" for times in spent]
    return [*rates, f"{ratio:.2f}", *slow, *cpu]


def build_of_python() -> str:
    """Version and build: an interpreter without these optimisations is slower by a sixth."""
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    names = [word for word in ("--enable-optimizations", "--with-lto", "--enable-shared") if word in options]
    return f"Python {sys.version.split()[0]}, built with {' '.join(names) or 'no option for speed'}"


def growing(times: int) -> None:
    print("\n| users | operation | median us | p99 us |\n|---|---|---|---|")
    for users in (10, 1_000, 100_000):
        for name, (median, p99) in growth.measure(users, times).items():
            print(f"| {users} | {name} | {median:.1f} | {p99:.1f} |")


if __name__ == "__main__":
    loop = "uvloop" if importlib.util.find_spec("uvloop") else "asyncio"
    print(f"{build_of_python()}; {os.cpu_count()} CPUs; the simulator runs on {loop}, the bare application on asyncio")
    cold_start(3 if QUICK else 21)
    throughput(400 if QUICK else 4_000, 1 if QUICK else 5)
    growing(1_000 if QUICK else 20_000)

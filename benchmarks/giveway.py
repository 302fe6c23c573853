"""Does long work give way? How long `/_sim/live` takes at most while a long call runs, and how long a stop takes.

    python benchmarks/giveway.py [USERS] [ENTRIES]

100,000 users, each with a withdrawal that waits and a deposit that has not its confirmations, and a journal of 10,000
entries, unless told otherwise. The server is a process of its own. The table of docs/performance.md is made of this.
"""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from growth import crowd  # noqa: E402 - the line above finds it
from msgspec.structs import replace  # noqa: E402

from simulator.core import world as kept  # noqa: E402
from simulator.core.choices import After  # noqa: E402
from simulator.core.funds import balances  # noqa: E402
from simulator.core.spec import FeeDeductType, WithdrawType  # noqa: E402
from simulator.core.world import Held, Line, World  # noqa: E402

V1: Final = "/_sim/v1"
JSON, YAML = ({"content-type": f"application/{kind}"} for kind in ("json", "yaml"))
PAYLOAD: Final = b'{"note":"' + b"some words " * 130 + b'"}'


def waiting(world: World, at: int) -> World:
    """Each user has a withdrawal that settles, and a deposit that is credited, within the next ten minutes."""
    world = replace(world, choices=replace(world.choices, settlement=After(600_000), confirmation_time=60_000))
    line, arriving, one = Line(), Line(), Decimal(1)
    for number, user in zip(count(), sorted(world.users), strict=False):
        name = f"{number:024x}"
        payment = kept.Payment("USDT", "T1" * 17, one, WithdrawType.ADDRESS, "trx", False, "", "", None)
        withdrawal = kept.Withdrawal(
            *(name, user, "0" * 24, "demo-broker", payment, "trx", None, one, one, Decimal(0), Decimal(0)),
            *(FeeDeductType.INTERNAL, None, kept.WithdrawalStatus.PROCESSING, at, at),
        )
        deposit = kept.Deposit(
            *(name, user, "USDT", "trx", "a", "", one, "main", "tx", 0, 2, 1, kept.DepositStatus.PROCESSING, at, at)
        )
        held = Held(name, user, at, "USDT")
        statement = world.statement(user).with_withdrawal(held).with_deposit(held)
        world = balances.hold(balances.give(world, user, "USDT", one), user, "USDT", one)
        everybody = world.everybody.with_withdrawal(held).with_deposit(held)
        world = world.put(withdrawal, deposit, statement, everybody=everybody)
        line, arriving = line.joined(name), arriving.joined(name)
    return replace(world, unsettled=line, arriving=world.arriving.insert(2, arriving))


def serve(users: int, *, idle: bool) -> None:
    """The server: prints its port when it is ready, and runs until a signal."""
    import gc

    from simulator.clock import wall_clock
    from simulator.scenario.loader import load
    from simulator.web.server import SimulatorServer, bind, create_app, origins, port_of

    listening = bind("127.0.0.1", 0)
    scenario = load("demo")
    world = crowd(scenario.world, users)
    scenario = replace(scenario, world=world if idle else waiting(world, wall_clock()))
    app = create_app(scenario, origins("127.0.0.1", port_of(listening)))
    gc.collect()
    gc.freeze()
    SimulatorServer(app, lambda: print(port_of(listening), flush=True)).run([listening])


class Server:
    """A server in a process of its own."""

    def __init__(self, users: int, kind: str = "waiting") -> None:
        command = [sys.executable, __file__, "--serve", str(users), kind]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.call("GET", V1)  # imports what the control surface needs

    def call(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] = JSON) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request(method, path, body or None, headers if body else {})
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {read[:300]!r}")
        return read

    def fill(self, entries: int) -> None:
        """So many refused calls with a body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for _ in range(entries):
            connection.request("POST", "/api/v3/accounts/universal-transfer", PAYLOAD, JSON)
            connection.getresponse().read()
        connection.close()

    def begin(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] = JSON) -> socket.socket:
        """A call whose answer nobody reads."""
        line = socket.create_connection(("127.0.0.1", self.port))
        lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return line

    def stop(self) -> float:
        """Seconds from the signal to the end."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.perf_counter() - began


class Probe:
    """Asks `/_sim/live` again and again."""

    def __init__(self, port: int) -> None:
        self._port, self._over = port, threading.Event()
        self.longest, self.answers = 0.0, 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        time.sleep(0.05)
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        while not self._over.is_set():
            began = time.perf_counter()
            connection.request("GET", "/_sim/live")
            connection.getresponse().read()
            self.longest = max(self.longest, time.perf_counter() - began)
            self.answers += 1
            time.sleep(0.002)


def during(server: Server, name: str, action: Callable[[], object]) -> Any:
    """Do it while `/_sim/live` is asked, and print the row."""
    with Probe(server.port) as probe:
        began = time.perf_counter()
        came = action()
        took = time.perf_counter() - began
    print(f"| {name} | {took:.2f} | {probe.longest * 1000:.0f} | {probe.answers} |", flush=True)
    return came


@contextmanager
def gone(server: Server, times: int, path: str) -> Iterator[None]:
    """Clients that ask and hang up."""
    for line in [server.begin("GET", path) for _ in range(times)]:
        line.close()
    yield


def scenario_text(users: int) -> bytes:
    """A scenario as large as one may be."""
    rows = "".join(f"    u{number}: {{uid: {100_000_000 + number}}}\n" for number in range(users))
    return f"version: 1\nname: many\nextends: demo\ngiven:\n  users:\n{rows}".encode()


def long_calls(server: Server, entries: int) -> None:
    """One after the other, each with its row."""
    during(server, "nothing", lambda: time.sleep(1))
    during(server, f"`GET /requests` of {entries}", lambda: server.call("GET", f"{V1}/requests?limit=10000"))
    during(server, "the same again", lambda: server.call("GET", f"{V1}/requests?limit=10000"))
    during(server, "filtered", lambda: server.call("GET", f"{V1}/requests?path=/x*&limit=10000"))
    during(server, "`GET /requests.har`", lambda: server.call("GET", f"{V1}/requests.har?limit=10000"))

    def abandoned() -> None:
        with gone(server, 20, f"{V1}/requests.har?limit=10000"):
            server.call("GET", f"{V1}/requests?limit=1")

    during(server, "20 of them, whose clients have gone", abandoned)
    during(server, "`GET /users`", lambda: server.call("GET", f"{V1}/users"))
    during(server, "`PUT /users/zoe`", lambda: server.call("PUT", f"{V1}/users/zoe", b"{}"))
    during(server, "`DELETE /users/zoe`", lambda: server.call("DELETE", f"{V1}/users/zoe"))
    until = {"to_event": "deposit", "offset": "-1ms"}
    during(
        server, "`advance` to an event", lambda: server.call("POST", f"{V1}/clock/advance", json.dumps(until).encode())
    )
    passed = json.dumps({"by": "20m"}).encode()
    during(server, "`advance` over all that waits", lambda: server.call("POST", f"{V1}/clock/advance", passed))
    expected = json.dumps({"expect": [{"withdrawals_accepted": 1}] * 20}).encode()
    with suppress(RuntimeError):
        during(server, "`POST /verify`", lambda: server.call("POST", f"{V1}/verify", expected))
    with suppress(RuntimeError):
        server.call("POST", f"{V1}/reset")
    now = json.dumps({"settlement": "immediate"}).encode()
    during(server, "`PATCH /choices`, settle all", lambda: server.call("PATCH", f"{V1}/choices", now))
    text = scenario_text(30_000)
    during(
        server,
        f"`PUT /scenario`, {len(text) >> 10} KiB",
        lambda: server.call("PUT", f"{V1}/scenario", text, YAML),
    )


def carrying(server: Server) -> None:
    """An export of users alone, and back: with all that waits it would be larger than what is read."""
    state = during(server, "`GET /state`", lambda: server.call("GET", f"{V1}/state"))
    during(server, f"`PUT /state`, {len(state) >> 20} MiB", lambda: server.call("PUT", f"{V1}/state", state))
    wrong = state.replace(b'"holds":"0"', b'"holds":"1"')
    with suppress(RuntimeError):
        during(server, "the same with wrong holds", lambda: server.call("PUT", f"{V1}/state", wrong))


def streaming(server: Server) -> None:
    """What 150 readers of the stream cost each call."""

    def per_call() -> float:
        began = time.perf_counter()
        server.fill(500)
        return (time.perf_counter() - began) * 2

    alone = per_call()
    lines = [server.begin("GET", f"{V1}/requests/stream") for _ in range(150)]
    readers = threading.Thread(target=_read_all, args=(lines,), daemon=True)
    readers.start()
    time.sleep(0.2)
    beside = per_call()
    for line in lines:
        line.close()
    print(f"\na call takes {alone:.2f} ms alone, {beside:.2f} ms beside {len(lines)} readers of the stream", flush=True)


def _read_all(lines: list[socket.socket]) -> None:
    import selectors

    selector = selectors.DefaultSelector()
    for line in lines:
        selector.register(line, selectors.EVENT_READ)
    with suppress(OSError, ValueError):
        while True:
            for key, _ in selector.select():
                key.fileobj.recv(1 << 20)  # type: ignore[union-attr]  # a socket


def stops(users: int, entries: int) -> None:
    """Each with a server of its own: the signal comes while the call is under way."""
    print("\n| a stop during | s |\n|---|---|", flush=True)
    state = b""
    calls: dict[str, tuple[str, str, Callable[[], bytes], dict[str, str]]] = {
        "`GET /requests.har`": ("GET", "/requests.har?limit=10000", bytes, JSON),
        "`GET /state`": ("GET", "/state", bytes, JSON),
        "`PUT /state`": ("PUT", "/state", lambda: state, JSON),
        "`advance`": ("POST", "/clock/advance", lambda: b'{"by":"20m"}', JSON),
        "`PUT /scenario`": ("PUT", "/scenario", lambda: scenario_text(30_000), YAML),
    }
    for name, (method, path, body, headers) in calls.items():
        server = Server(users, "waiting" if name == "`advance`" else "idle")
        if "har" in path:
            server.fill(entries)
        if name == "`PUT /state`":
            state = server.call("GET", f"{V1}/state")
        line = server.begin(method, V1 + path, body(), headers)
        time.sleep(0.5)
        print(f"| {name} | {server.stop():.2f} |", flush=True)
        line.close()


def main(users: int, entries: int) -> None:
    server = Server(users)
    streaming(server)
    server.fill(entries)
    print("| call | s | longest `/_sim/live`, ms | answers |\n|---|---|---|---|")
    long_calls(server, entries)
    server.stop()
    idle = Server(users, "idle")
    carrying(idle)
    idle.stop()
    stops(users, entries)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), idle=sys.argv[3] == "idle")
    else:
        main(*map(int, [*sys.argv[1:], *("100000", "10000")[len(sys.argv) - 1 :]]))

"""Compare versions of the simulator in one run: the server's CPU time a call, beside a bare Starlette application.

    python benchmarks/cpu.py [--rounds 7] [--calls 3000] [--uvloop] CHECKOUT...

Each checkout is a folder with a version of this project; all of them run on this `python`, and on asyncio unless told
otherwise. The servers are measured in turn. The first checkout is what the others are compared with.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import growth  # noqa: E402 - the line above finds it
from load import Ask, Hear, call, request  # noqa: E402
from run import Run, Running, Session, always, build_of_python, load_on, nothing  # noqa: E402
from start import ASYNCIO_ALONE, RICH, environment, free_port  # noqa: E402

BARE: Final = "bare"
TOKENS: Final = 600
"""Codes are made before a run, and their exchange is all that is measured: fewer are enough."""
SIMULATOR: Final = "import sys; from simulator.cli import main; sys.exit(main())"
UVICORN: Final = "from uvicorn import main; main()"


class Load(NamedTuple):
    """What is asked of a server: how often, and what a connection sends and hears."""

    calls: int
    ask: Ask
    hear: Hear = nothing


class Candidate(NamedTuple):
    """A server that is measured: its name in the tables, and what is asked of it by the name of an operation."""

    name: str
    server: Running
    loads: dict[str, Callable[[], Load]]


def command(checkout: str, port: int, *, uvloop: bool) -> list[str]:
    """The command line of a server."""
    if checkout == BARE:
        here, loop = str(Path(__file__).parent), "uvloop" if uvloop else "asyncio"
        options = ["--no-access-log", "--log-level", "warning", "--http", "httptools", "--lifespan", "off"]
        return [sys.executable, "-c", UVICORN, "bare:app", "--app-dir", here, *options, "--loop", loop,
                "--port", str(port)]  # fmt: skip
    return [sys.executable, "-c", SIMULATOR, "--port", str(port), "--user", RICH]


@contextlib.contextmanager
def candidate(checkout: str, calls: int, *, uvloop: bool) -> Iterator[Candidate]:
    """A running server, ready to be asked."""
    port = free_port()
    folder = None if checkout == BARE else Path(checkout).resolve()
    folders = [*([] if uvloop else [ASYNCIO_ALONE]), *([folder] if folder else [])]
    line = command(checkout, port, uvloop=uvloop)
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, env=environment(*folders), cwd=folder)
    try:
        path = "/get" if checkout == BARE else "/api/v1/timestamp"
        for _ in range(1000):
            with contextlib.suppress(OSError):
                call(port, request("GET", path))
                break
            time.sleep(0.01)
        loads = bare_loads(calls) if checkout == BARE else loads_of(Session(port), calls)
        yield Candidate(folder.name if folder else BARE, Running(port, process.pid), loads)
    finally:
        process.terminate()
        process.wait()


def bare_loads(calls: int) -> dict[str, Callable[[], Load]]:
    """The least that a server can be asked instead."""
    get, post = request("GET", "/get"), request("POST", "/post", growth.BODY)
    sent = {"timestamp": get, "accounts (signed)": get, "refresh": post, "withdrawal": post, "token": get}
    return {name: partial(Load, calls, always(text)) for name, text in sent.items()}


def loads_of(session: Session, calls: int) -> dict[str, Callable[[], Load]]:
    """The operations that are measured."""
    timestamp = request("GET", "/api/v1/timestamp")
    return {
        "timestamp": lambda: Load(calls, always(timestamp)),
        "accounts (signed)": lambda: Load(calls, session.all_signed(calls, "GET", "/api/v1/accounts")),
        "refresh": lambda: Load(calls, session.refresh, session.refreshed),
        "withdrawal": lambda: Load(calls, session.all_signed(calls, "POST", growth.PATH, growth.BODY)),
        "token": lambda: Load(min(calls, TOKENS), exchanges(session.port, min(calls, TOKENS))),
    }


def exchanges(port: int, number: int) -> Ask:
    """So many requests for tokens, each with a code of its own."""
    uri = "http://localhost:3000/callback"
    granted = {"user": "frank", "client_id": "demo-broker", "redirect_uri": uri, "state": "1"}
    login = request("POST", "/_sim/v1/authorizations", json.dumps(granted).encode())
    query = f"grant_type=authorization_code&redirect_uri={uri}&client_id=demo-broker&code="
    path = f"/_oauth/access-token?{query}"
    ready = [request("GET", path + call(port, login)["code"]) for _ in range(number)]
    return lambda connection: ready.pop()


def measured(candidates: list[Candidate], rounds: int, connections: int) -> dict[tuple[str, str], list[Run]]:
    """The runs of each candidate and operation; the order of the candidates is turned round each time."""
    runs: dict[tuple[str, str], list[Run]] = {}
    for number in range(rounds):
        for operation in candidates[0].loads:
            for each in candidates if number % 2 else candidates[::-1]:
                load = each.loads[operation]()
                run = load_on(each.server, connections, load.calls, load.ask, load.hear)
                runs.setdefault((each.name, operation), []).append(run)
    return runs


def cpu(runs: list[Run]) -> list[float]:
    """The microseconds of each run."""
    return [run.cpu or 0.0 for run in runs]


def shown(candidates: list[Candidate], runs: dict[tuple[str, str], list[Run]], connections: int) -> None:
    """Print the table of one number of connections."""
    names = [each.name for each in candidates]
    bare, first, *others = names
    compared = [f"{name} / {first}" for name in others]
    rated = [f"rate of {name} / bare, p99 ms" for name in names[1:]]
    print(f"\n| {connections} connections | {' | '.join([*names, *compared, *rated])} |")
    print("|---" * (1 + len(names) + len(compared) + len(rated)) + "|")
    for operation in candidates[0].loads:
        mine = {name: runs[name, operation] for name in names}
        cells = [f"{statistics.median(cpu(mine[name])):.0f} ({min(cpu(mine[name])):.0f})" for name in names]
        cells += [
            f"{ratio(cpu(mine[name]), cpu(mine[first])):.2f} ({min(cpu(mine[name])) / min(cpu(mine[first])):.2f})"
            for name in others
        ]
        rates = {name: [run.measured.per_second for run in mine[name]] for name in names}
        slow = {name: statistics.median(run.measured.p99 for run in mine[name]) for name in names}
        cells += [f"{ratio(rates[name], rates[bare]):.2f}, {slow[name]:.1f}" for name in names[1:]]
        print(f"| {operation} | {' | '.join(cells)} |")


def ratio(these: list[float], those: list[float]) -> float:
    """The median of the ratios, round by round: a machine that is busy for a while slows both sides."""
    return statistics.median(this / that for this, that in zip(these, those, strict=True) if that)


def main() -> None:
    """Measure, and print."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkouts", nargs="+", metavar="CHECKOUT")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=3_000)
    parser.add_argument("--connections", type=int, nargs="*", default=[16, 1])
    parser.add_argument("--uvloop", action="store_true")
    options = parser.parse_args()
    loop = "uvloop" if options.uvloop else "asyncio"
    print(f"{build_of_python()}; {os.cpu_count()} CPUs; {loop}; CPU us a call, median (least) of {options.rounds}")
    with contextlib.ExitStack() as stack:
        candidates = [
            stack.enter_context(candidate(checkout, options.calls, uvloop=options.uvloop))
            for checkout in (BARE, *options.checkouts)
        ]
        for connections in options.connections:
            shown(candidates, measured(candidates, options.rounds, connections), connections)


if __name__ == "__main__":
    main()

"""Cold starts: processor time and real time of a process until its first answer, beside the bare application.

    python benchmarks/start.py [RUNS] [CHECKOUT ...]

21 runs unless told otherwise, every server in turn. Other checkouts of this project are measured in the same run. The
first start of each is left out: it compiles what has not been compiled yet. All run on asyncio, whether or not uvloop
is installed.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from load import call, request  # noqa: E402 - the line above finds it

BIN = Path(sys.executable).parent
RICH = "frank:free:1000000000"
"""A user who needs no factor, and can pay for every withdrawal of a benchmark."""
ASYNCIO_ALONE = HERE / "asyncio_alone"
"""A folder without uvloop: both run on asyncio, and what uvloop adds to a start is said apart."""
PATHS = {"bare": "/get"}
"""What is asked of a server; of the simulator the time."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def commands(port: int) -> dict[str, list[str]]:
    """The servers as installed: the bare application and the simulator."""
    bare = [str(BIN / "uvicorn"), "bare:app", "--app-dir", str(HERE), "--port", str(port), "--no-access-log"]
    return {
        "bare": [*bare, "--log-level", "warning", "--loop", "asyncio", "--http", "httptools", "--lifespan", "off"],
        "simulator": [str(BIN / "kucoin-simulator"), "--port", str(port)],
    }


def environment(*path: Path) -> dict[str, str]:
    """No flag of the simulator, and everything compiled: a start that compiles takes twice as long.

    Modules are looked for in the folders of `path` first.
    """
    left_out = ("KUCOIN_SIMULATOR", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, path))} if path else kept


def answered(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Wait for the first answer."""
    began = time.perf_counter()
    while True:
        try:
            call(port, request("GET", path))
        except OSError:
            if process.poll() is not None or time.perf_counter() - began > 30:
                raise
            time.sleep(0.002)
        else:
            return


class Start(NamedTuple):
    """One start, in seconds."""

    cpu: float
    real: float


def started(name: str, checkout: Path | None = None) -> Start:
    """Start a server, and end it as soon as it has answered."""
    port = free_port()
    kind = "bare" if name == "bare" else "simulator"
    began = time.perf_counter()
    path = [ASYNCIO_ALONE, *([checkout] if checkout else [])]
    process = subprocess.Popen(commands(port)[kind], stdout=subprocess.DEVNULL, env=environment(*path))
    try:
        answered(process, port, PATHS.get(kind, "/api/v1/timestamp"))
        real = time.perf_counter() - began
    finally:
        process.kill()  # its own end would be measured, too
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Start(spent.ru_utime + spent.ru_stime, real)


def cold_start(runs: int, checkouts: tuple[Path, ...] = ()) -> None:
    """The table of docs/performance.md."""
    servers: dict[str, Path | None] = {"bare": None, "simulator": HERE.parent}
    servers |= {str(checkout): checkout for checkout in checkouts}
    starts: dict[str, list[Start]] = {name: [] for name in servers}
    for _ in range(runs + 1):
        for name, checkout in servers.items():
            starts[name].append(started(name, checkout))
    floor = [start.cpu for start in starts["bare"][1:]]
    print("\n| cold start to first answer | CPU ms, median | least | of bare | least | real ms, median | least |")
    print("|---|---|---|---|---|---|---|")
    for name, each in starts.items():
        cpu, real = [start.cpu for start in each[1:]], [start.real for start in each[1:]]
        ratios = [statistics.median(cpu) / statistics.median(floor), min(cpu) / min(floor)]
        cells = [statistics.median(cpu) * 1000, min(cpu) * 1000]
        times = [statistics.median(real) * 1000, min(real) * 1000]
        row = [*(f"{cell:.0f}" for cell in cells), *(f"{ratio:.2f}" for ratio in ratios), *(f"{t:.0f}" for t in times)]
        print(f"| {name} | {' | '.join(row)} |")


if __name__ == "__main__":
    cold_start(int(sys.argv[1]) if sys.argv[1:] else 21, tuple(map(Path, sys.argv[2:])))

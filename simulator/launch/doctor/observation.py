"""The command itself: it runs once, and what of it reaches the simulator, or could go past it, is observed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from errno import ENOENT
from typing import TYPE_CHECKING, Any, Final

from simulator.hosts import is_loopback
from simulator.launch.doctor.case import CommandRun
from simulator.launch.doctor.proxies import address
from simulator.launch.listening import fetched

if TYPE_CHECKING:
    from simulator.testing import Client

MOST_WORKSPACES: Final = 50
"""Workspaces whose journals are looked at."""
LOOK: Final = 0.02
"""Seconds between two looks at a command that runs."""


def calls_so_far(url: str, token: str | None) -> int:
    """How many calls all workspaces have had."""
    from simulator.testing import Client

    with Client(url, token=token, timeout=10) as client:
        names = [workspace["name"] for workspace in client.workspaces(limit=MOST_WORKSPACES)["workspaces"]]
        count = _newest(client)
    for name in names:
        with Client(f"{url.rstrip('/')}/w/{name}", token=token, timeout=10) as client:
            count += _newest(client)
    return count


def wall_of(url: str, token: str | None) -> int:
    """The simulator's wall clock, ms."""
    from simulator.testing import Client

    with Client(url, token=token, timeout=10) as client:
        return client.clock()["wall"]


def _newest(client: Client) -> int:
    return client.requests(limit=1)["next"]


def _handshakes(url: str, token: str | None) -> tuple[int, list[dict[str, Any]]]:
    """How many handshakes have failed, and the newest first."""
    status, content = fetched(url, "/_sim/v1/handshakes?limit=100", token)
    data: dict[str, Any] = json.loads(content) if status == 200 else {"count": 0, "handshakes": []}
    return int(data["count"]), list(data["handshakes"])


def run(command: Sequence[str], environment: Mapping[str, str], url: str, token: str | None) -> CommandRun:
    """Run the command, with its output on stderr, and see what of it reaches the simulator.

    It is ended if one of its processes could reach the real exchange, as `exec` would end it.
    """
    from simulator.launch.variables import LEAD, LEAD_REPORT
    from simulator.launch.watching import Watch

    calls, (failed, _) = calls_so_far(url, token), _handshakes(url, token)
    host, port = address(url)
    with tempfile.NamedTemporaryFile(prefix="kucoin-simulator-") as report:
        reporting = {LEAD_REPORT: report.name} if environment.get(LEAD) else {}
        watch = Watch(report.name, () if is_loopback(host) else (f"{host}:{port}",), hooks=bool(reporting))
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own command
                [*command], env={**environment, **reporting}, stdout=2, start_new_session=True
            )
        except OSError as error:
            return CommandRun(127 if error.errno == ENOENT else 126)
        loaded: set[str] = set()
        unled: list[str] = []
        try:
            while process.poll() is None and not unled:
                unled = watch.look()
                loaded |= _loaded(process.pid)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK)
            unled = unled or watch.look()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    count, handshakes = _handshakes(url, token)
    new = tuple(handshakes[: max(0, count - failed)])[::-1]
    seen = calls_so_far(url, token) - calls
    return CommandRun(process.returncode, seen, new, frozenset(loaded), tuple(unled))


def _loaded(process: int) -> set[str]:
    """Which of the libraries that resolve in C a process and those below it have loaded."""
    from simulator.launch import tree

    for place in (process, *tree.descendants(process)):
        with suppress(OSError), open(f"/proc/{place}/maps", "rb") as file:  # noqa: PTH123 - a file of the kernel's
            if b"/uvloop/loop." in file.read():
                return {"uvloop"}
    return set()

"""Which client with hard-wired hosts is led here in which mode of `exec`: measured, and written as a table.

`scripts/client_matrix` writes docs/clients.md with it. Below `exec`, this file runs itself: `matrix.py JOBS RESULTS`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[2]
NODE_FOLDER: Final = ROOT / ".cache" / "node-clients"
"""Where `install_node_clients` puts the packages of npm."""
MODES: Final = ("hooks", "namespace", "proxy")
TIME: Final = "https://api.kucoin.com/api/v1/timestamp"
PATIENCE: Final = 60
"""How long a client may take, s."""

LOOPBACK_ONLY: Final = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Brings loopback up in a new network namespace, and becomes a command there."""


@dataclass(frozen=True)
class Client:
    """A program that calls KuCoin at its hard-wired hosts. It prints `here` or our header if it is led here."""

    name: str
    command: tuple[str, ...]
    package: str = ""
    """The package of npm that it needs."""

    def missing(self) -> str:
        """What this machine has not, or nothing."""
        if not shutil.which(self.command[0]):
            return f"no {self.command[0]}"
        if self.package and not (NODE_FOLDER / "node_modules" / self.package).is_dir():
            return f"no npm package {self.package}"
        return ""


def _python(name: str) -> Client:
    return Client(f"Python {name}", (sys.executable, str(HERE / "python_clients.py"), name))


def _node(name: str, package: str = "") -> Client:
    program = (NODE_FOLDER if package else HERE) / "node_clients.mjs"
    return Client(f"Node {name}", ("node", str(program), name), package)


CLIENTS: Final = (
    *map(
        _python,
        (
            "urllib",
            "requests",
            "httpx",
            "httpx async",
            "aiohttp",
            "ccxt",
            "ccxt async",
            "kucoin-universal-sdk",
        ),
    ),
    _node("fetch"),
    _node("https"),
    *(_node(name, name) for name in ("got", "axios", "ccxt", "kucoin-universal-sdk")),
    Client("curl", ("curl", "-sSi", TIME)),
    Client("wget", ("wget", "-qSO-", TIME)),
    Client("Java HttpClient", ("java", str(HERE / "Timestamp.java"))),
)
IGNORES: Final = "ignores the proxy variables"
OLD_NODE: Final = f"{IGNORES} before Node 22.21 and 24.5 (`NODE_USE_ENV_PROXY`)"
"""The one reason that depends on the version of what is installed."""
REASONS: Final[Mapping[tuple[str, str], str]] = {
    ("Python aiohttp", "proxy"): f"{IGNORES} (`trust_env` is off)",
    ("Python ccxt", "proxy"): f"{IGNORES} (`trust_env` is off) and trusts certifi's file alone",
    ("Python ccxt async", "proxy"): f"{IGNORES} (`trust_env` is off) and trusts certifi's file alone",
    ("Python kucoin-universal-sdk", "proxy"): "trusts certifi's file alone",
    ("Node fetch", "proxy"): OLD_NODE,
    ("Node https", "proxy"): OLD_NODE,
    ("Node got", "proxy"): OLD_NODE,
    ("Node ccxt", "proxy"): f"{IGNORES}: it has agents of its own",
    ("Node kucoin-universal-sdk", "proxy"): f"{IGNORES}: it has an agent of its own",
}
"""Why a client is not led here in a mode. A test holds each against what is measured."""


def install_node_clients() -> None:
    """Install the packages of package.json once, with the program beside them, from the registry of npm."""
    NODE_FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_bytes()
    there = NODE_FOLDER / "package.json"
    if not (there.exists() and there.read_bytes() == wanted and (NODE_FOLDER / "node_modules").is_dir()):
        there.write_bytes(wanted)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        subprocess.run(command, cwd=NODE_FOLDER, check=True, stdout=subprocess.DEVNULL)
    shutil.copy(HERE / "node_clients.mjs", NODE_FOLDER)


def run_here(commands: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Each command's failure by name; "" if it was led here."""
    failures = {}
    for name, command in commands.items():
        try:
            ended = subprocess.run(
                list(command), capture_output=True, text=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            failures[name] = f"no end after {PATIENCE} s"
            continue
        lines = ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"]
        led = ended.stdout.endswith("here\n") or "x-sim-entry" in (ended.stdout + ended.stderr).lower()
        failures[name] = "" if led and ended.returncode == 0 else lines[-1][:300]
    return failures


def offline() -> tuple[str, ...]:
    """What a command is called by so that it has no network but loopback; () if this machine does not allow it.

    A client that is not led here would ask the real exchange.
    """
    prefix = ("unshare", "--map-root-user", "--net", sys.executable, "-c", LOOPBACK_ONLY)
    try:
        tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    except OSError:
        return ()
    return prefix if tried.returncode == 0 else ()


def measure(
    mode: str,
    clients: Iterable[Client],
    folder: Path,
    start: Iterable[str],
    environment: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The failure of each client below `exec --mode MODE`; `start` is how the simulator's command is called.

    Clients that will not be led here are left out if they could reach the real exchange.
    """
    prefix = () if mode == "namespace" else offline()
    run = [client for client in clients if prefix or (client.name, mode) not in REASONS]
    jobs, results = folder / f"{mode}-jobs.json", folder / f"{mode}-results.json"
    jobs.write_text(json.dumps({client.name: client.command for client in run}))
    command = [*prefix, *start, "exec", "--quiet", "--mode", mode, "--scenario", "fixed-key", "--"]
    ended = subprocess.run(
        [*command, sys.executable, __file__, str(jobs), str(results)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if not results.exists():
        raise RuntimeError(f"exec --mode {mode} ended with {ended.returncode}: {ended.stderr.strip()}")
    failures: dict[str, str] = json.loads(results.read_text())
    return failures


def contradictions(mode: str, failures: Mapping[str, str]) -> list[str]:
    """Red cells without a reason, and reasons for cells that are green."""
    wrong = []
    for name, failure in failures.items():
        reason = REASONS.get((name, mode))
        if failure and not reason:
            wrong.append(f"{name} in mode {mode} is not led here: {failure}")
        if reason and not failure and reason != OLD_NODE:
            wrong.append(f"{name} in mode {mode} is led here, so this is no reason any more: {reason}")
    return wrong


def table(measured: Mapping[str, Mapping[str, str]]) -> str:
    """The table in Markdown: a row a client, a column a mode; numbers lead to the reasons below it."""
    reasons: list[str] = []
    rows = []
    for client in CLIENTS:
        cells = []
        for mode, failures in measured.items():
            if client.name not in failures:
                cells.append("not run")
            elif not failures[client.name]:
                cells.append("yes")
            else:
                reason = REASONS.get((client.name, mode), failures[client.name])
                if reason not in reasons:
                    reasons.append(reason)
                cells.append(f"no ({reasons.index(reason) + 1})")
        rows.append(f"| {client.name} | {' | '.join(cells)} |")
    head = [f"| client | {' | '.join(measured)} |", "|---" * (len(measured) + 1) + "|"]
    return "\n".join([*head, *rows, "", *(f"{number}. {reason}." for number, reason in enumerate(reasons, 1))]) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(run_here(json.loads(Path(sys.argv[1]).read_text()))))

"""The health check of a container. Simulators are found by their sockets, so their flags do not matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_ntop
from typing import Final

PROCESSES: Final = Path("/proc")
"""A folder with one folder per process, as on Linux (proc(5))."""
LISTENS: Final = "0A"
"""The state of a listening socket in `net/tcp`."""
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not to listen on, but to recognize
PATIENCE: Final = 2
"""Seconds to wait for an answer."""


def simulators(processes: Path = PROCESSES) -> Iterator[tuple[str, int]]:
    """Host and port of each simulator that runs here, as far as permissions allow."""
    for process in processes.iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if "kucoin-simulator" in map(os.path.basename, words) or ["-m", "simulator"] in _pairs(words):
                    yield from listening(process)
            except OSError:  # it has ended, or belongs to another user
                continue


def _pairs(words: list[str]) -> list[list[str]]:
    return [words[place : place + 2] for place in range(len(words))]


def listening(process: Path) -> Iterator[tuple[str, int]]:
    """Host and port of each TCP socket that a process listens on. Raises `OSError`."""
    own = {_target(file) for file in (process / "fd").iterdir()}
    for table, family in (("tcp", AF_INET), ("tcp6", AF_INET6)):
        rows = process / "net" / table
        for row in rows.read_text().splitlines()[1:] if rows.exists() else ():
            _, local, _, state, *_, inode = row.split()[:10]
            if state == LISTENS and f"socket:[{inode}]" in own:
                address, port = local.split(":")
                yield _host(address, family), int(port, 16)


def _target(file: Path) -> str:
    """The target of a link; "" if it is gone, because a descriptor can close at any time."""
    try:
        return str(file.readlink())
    except FileNotFoundError:
        return ""


def _host(address: str, family: int) -> str:
    """The host to connect to. `address` is hexadecimal, in words of four bytes in the machine's byte order."""
    words = (int(address[place : place + 8], 16) for place in range(0, len(address), 8))
    host = inet_ntop(family, b"".join(word.to_bytes(4, sys.byteorder) for word in words))
    return EVERYWHERE.get(host, host)


def ready(host: str, port: int) -> bool:
    """True if the simulator there says that it is ready."""
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/_sim/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()

"""The index of the endpoints: a module of declarations is imported with the first call of one of its endpoints.

The index is a file next to this module, made when the wheel is built (`hatch_build.py`). It is used only if the
declarations have not changed since. Otherwise all of them are imported, which makes a start some 50 ms longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from msgspec import DecodeError, json

from simulator.core.endpoint import Endpoint

FILE: Final = Path(__file__).with_name("endpoints.index")
ROOT: Final = Path(__file__).parents[3]
JOINING: Final = ("simulator.core.endpoint", "simulator.core.endpoints", "simulator.core.spot.placed")
"""The modules, besides those of the declarations, that decide which endpoints there are, or where."""


class IndexRow(NamedTuple):
    """A method and a path, such as `GET /api/v1/accounts`, with the host and the modules that declare its endpoints."""

    call: str
    host: str
    modules: tuple[str, ...]


class Index(NamedTuple):
    """The rows in the order of the declarations. `checksum` is that of the sources of the declarations."""

    rows: tuple[IndexRow, ...]
    checksum: int


def index() -> tuple[IndexRow, ...]:
    """The rows of the file, or of the declarations if the file is absent or was made of others."""
    return stored(FILE) or declared()


def declared() -> tuple[IndexRow, ...]:
    """The rows of the declarations, all of which are imported."""
    from simulator.core.endpoints import ENDPOINTS

    hosts: dict[str, str] = {}
    modules: dict[str, dict[str, None]] = {}
    for endpoint in ENDPOINTS:
        hosts.setdefault(endpoint.call, endpoint.host)
        modules.setdefault(endpoint.call, {})[endpoint.run.__module__] = None
    return tuple(IndexRow(call, host, tuple(modules[call])) for call, host in hosts.items())


def stored(file: Path) -> tuple[IndexRow, ...] | None:
    """The rows of an index file; None if it cannot be read, or if it was made of other declarations."""
    try:
        rows, checksum = json.decode(file.read_bytes(), type=Index)
        return rows if checksum == _checksum(rows) else None
    except (OSError, DecodeError):
        return None


def compiled() -> bytes:
    """The bytes of the index file for the declarations as they are."""
    rows = declared()
    return json.encode(Index(rows, _checksum(rows)))


def endpoints_of(row: IndexRow) -> tuple[Endpoint, ...]:
    """The endpoints of a row, whose modules are imported now."""
    tuples: Iterable[tuple[Endpoint, ...]] = (import_module(module).ENDPOINTS for module in row.modules)
    return tuple(endpoint for endpoints in tuples for endpoint in endpoints if endpoint.call == row.call)


def _checksum(rows: tuple[IndexRow, ...]) -> int:
    """The checksum of the sources of these rows' modules. Raises `OSError`."""
    checksum = 0
    for module in dict.fromkeys((*JOINING, *(module for row in rows for module in row.modules))):
        with open(f"{ROOT}/{module.replace('.', '/')}.py", "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast
            checksum = crc32(file.read(), checksum)
    return checksum

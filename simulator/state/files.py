"""A state in a file: read at the start of a server, written at its end. The file is complete at each moment."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from msgspec import DecodeError, Raw, json

from simulator.exchange import State
from simulator.printing import printable
from simulator.state.admission import NotAdmittedError, admitted
from simulator.state.encoding import VERSION, exported

LARGEST: Final = 64 * 1_048_576
"""Bytes of a file that are read: the state of 100,000 users has about half."""
MEMBERS: Final = ("version", "page", "state")


class StateFileError(Exception):
    """The file cannot be read or written. The text says what was found, and what to do."""


def check_writable(path: Path) -> None:
    """Raise `StateFileError` if a file of that name could not be written at the end."""
    folder = _target(path).parent
    if not folder.is_dir():
        raise StateFileError(
            f"there is no folder {printable(str(folder))}; make it, because the state is written there"
        )
    if not os.access(folder, os.W_OK):
        raise StateFileError(f"the folder {printable(str(folder))} cannot be written to, and the state is to be there")


def read_state(path: Path, origins: tuple[str, ...], home: str) -> State | None:
    """The state in the file, on these origins of the server; None if there is no such file. Raises `StateFileError`."""
    name = printable(str(path))
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise StateFileError(f"{name} is not a file; give the name of a file for the state")
        if (size := path.stat().st_size) > LARGEST:
            raise StateFileError(f"{name} has {size} bytes, and no more than {LARGEST} are read")
        text = path.read_bytes()
    except (OSError, ValueError) as error:
        raise StateFileError(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        members = json.decode(text, type=dict[str, Raw])
        version = json.decode(members["version"]) if "version" in members else None
    except (DecodeError, RecursionError) as error:
        raise _damaged(name, f"it is not a JSON object: {error}") from None
    if version != VERSION or isinstance(version, bool):
        member = "no version" if version is None else f"version {printable(str(version)[:20])}"
        raise _damaged(name, f"it has {member} of the format, and only version {VERSION} can be read")
    if unknown := sorted(members.keys() - set(MEMBERS)):
        raise _damaged(name, f"it has a member {printable(unknown[0][:40])}, which no export has")
    try:
        return admitted(members.get("state"), origins, home)
    except NotAdmittedError as error:
        raise _damaged(name, "; ".join(printable(" ".join(place)) for place in error.wrong)) from None


def _damaged(name: str, why: str) -> StateFileError:
    return StateFileError(
        f"{name} holds no state that can be used: {why}. Nothing was changed;"
        " move the file away to start with the scenario, or put back an export (GET /_sim/v1/state)"
    )


def write_state(state: State, path: Path) -> None:
    """Write the state, secrets included, in place of the file, whole or not at all. Raises `StateFileError`."""
    target = _target(path)
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:60]}.", delete=False) as file:  # mode 0600
            try:
                for piece in exported(state):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise
    except OSError as error:
        raise StateFileError(
            f"the state could not be written to {printable(str(path))}: {error.strerror or error};"
            " what was in the file before is still there"
        ) from None


def _target(path: Path) -> Path:
    """The file itself if the path is a link to it."""
    return Path(os.path.realpath(path))

"""The state folder of this installation: where it is, and files in it that only their owner can read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Final

VARIABLE: Final = "KUCOIN_SIMULATOR_STATE_DIR"
"""The environment variable that names the state folder."""
NAME: Final = "kucoin-simulator"
NEW: Final = ".new"
"""The end of the name of a file that is being written."""
OTHERS: Final = 0o077
"""The permissions of everybody but the owner."""


class FolderError(Exception):
    """There is no folder that files can be kept in; the message says why."""


def state_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The folder for what one user's simulators keep between runs. It need not exist. Raises `FolderError`.

    It is $KUCOIN_SIMULATOR_STATE_DIR, else what the platform sets aside for state, such as ~/.local/state.
    """
    variables = os.environ if environment is None else environment
    if given := variables.get(VARIABLE):
        return (_home(variables) / given[2:] if given.startswith("~/") else Path(given)).absolute()
    for name in ("LOCALAPPDATA",) if platform == "win32" else ("XDG_STATE_HOME",):
        if Path(variables.get(name, "")).is_absolute():
            return Path(variables[name]) / NAME
    home = _home(variables)
    if platform == "win32":
        return home / "AppData" / "Local" / NAME
    return home / ("Library/Application Support" if platform == "darwin" else ".local/state") / NAME


def _home(variables: Mapping[str, str]) -> Path:
    """The user's home. It must exist, because a system user's home, such as /nonexistent, must not be made."""
    text = variables.get("USERPROFILE" if sys.platform == "win32" else "HOME") or _home_of_account()
    if not Path(text).is_absolute():
        raise FolderError("this user has no home folder" if not text else f"the home folder, {text}, is no full path")
    if not Path(text).is_dir():
        raise FolderError(f"the home folder, {text}, does not exist")
    return Path(text)


def _home_of_account() -> str:
    """The home of this user's account; "" if there is none, as in a container that runs with an unknown user id."""
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can open. Raises `OSError`, and `FolderError` if it belongs to somebody else.

    Whoever owns a folder can put other files there, so a secret of ours must not be looked for in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if foreign(status):
        raise FolderError(f"{folder} belongs to another user")
    if status.st_mode & OTHERS:
        folder.chmod(0o700)


def foreign(status: os.stat_result) -> bool:
    """True if a file belongs to another user. The superuser can open all files and minds none."""
    return sys.platform != "win32" and os.geteuid() not in (0, status.st_uid)


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Only one process at a time is in this block. The value is the lock's file. Raises `OSError`."""
    file = folder / "lock"
    with file.open("ab") as stream:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX)
        yield file


def write(file: Path, data: bytes, *, public: bool = False) -> None:
    """Write a file as a whole: nobody ever sees a part of it. Without `public`, only its owner can read it.

    Raises `OSError`.
    """
    descriptor, new = mkstemp(NEW, file.name, file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        if public:
            Path(new).chmod(0o644)
        Path(new).replace(file)
    except OSError:
        Path(new).unlink(missing_ok=True)
        raise


def clear(folder: Path) -> None:
    """Delete what is left of writes that were broken off. Call it while `locked`. Raises `OSError`."""
    for file in folder.glob(f"*{NEW}"):
        file.unlink(missing_ok=True)

"""The processes below one: who they are, and how all of them are ended, also those that left their parent."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from select import select
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36
ROUND: Final = 0.005
"""Seconds between two looks at processes that end."""
POLITE: Final = 1.0
"""Seconds that a process gets to end after SIGTERM."""


def adopt() -> bool:
    """Become the parent of each process below this one that loses its own. False if the system cannot do it."""
    return _control(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Die of SIGKILL when the parent ends, which is the process with this id."""
    if _control(PR_SET_PDEATHSIG, signal.SIGKILL) and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def rename(name: str) -> None:
    """Let this process have another command line than the one that it was forked from. It does so on Linux only."""
    fields = _stat(os.getpid())
    if len(fields) < 47:
        return
    import ctypes

    start, end = int(fields[45]), int(fields[46])  # of the memory that /proc shows as the command line
    if 0 < start < end:
        ctypes.memmove(start, name.encode()[: end - start - 1].ljust(end - start, b"\0"), end - start)


def _control(option: int, value: int) -> bool:
    """Linux's `prctl`."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    result: int = ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    return result == 0


def descendants(process: int | None = None) -> list[int]:
    """The ids of all processes below one, without a zombie's; by default, below this one."""
    processes: list[int] = []
    waiting = [os.getpid() if process is None else process]
    while waiting:
        children = _children(waiting.pop())
        waiting += children
        processes += [child for child in children if not _zombie(child)]
    return processes


def _children(process: int) -> list[int]:
    processes: list[int] = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/children", "rb") as file:
                processes += map(int, file.read().split())
    except FileNotFoundError:
        if not os.path.exists("/proc/self/task"):  # no /proc: macOS
            return processes
        if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):  # a kernel without this file
            return [
                int(name) for name in os.listdir("/proc") if name.isdigit() and _stat(int(name))[1:2] == [str(process)]
            ]
    except (ProcessLookupError, PermissionError):
        pass
    return processes


def _stat(process: int) -> list[str]:
    """State, parent and so on; [] if the process has ended."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def _zombie(process: int) -> bool:
    return _stat(process)[:1] in ([], ["Z"], ["X"])


def image_of(process: int) -> str:
    """What changes when a process starts another program, and stays when it forks; "" = it cannot be seen."""
    start_of_stack = "".join(_stat(process)[25:26])
    return "" if start_of_stack == "0" else start_of_stack


def name_of(process: int) -> str:
    """The name of a process's program; "" if it has ended."""
    try:
        with open(f"/proc/{process}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def reap() -> dict[int, int]:
    """The wait statuses of children that have ended or stopped, by process id."""
    statuses: dict[int, int] = {}
    with suppress(ChildProcessError):
        while True:
            process, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            if not process:
                break
            statuses[process] = status
    return statuses


def end_all(*, politely: bool = False) -> dict[int, int]:
    """End all processes below this one, and return the wait statuses of those that were its children.

    `politely` sends SIGTERM first and waits a moment.
    """
    statuses = reap()
    rounds = int(POLITE / ROUND) if politely else 0
    number: signal.Signals | None = signal.SIGTERM if politely else signal.SIGKILL
    while below := descendants():
        if number:
            for process in below:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, number)
                if number == signal.SIGTERM:  # a stopped process sees no SIGTERM
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(process, signal.SIGCONT)
        rounds -= 1
        number = signal.SIGKILL if rounds <= 0 else None
        if rounds < -400:  # processes of another user, which cannot be ended
            break
        select([], [], [], ROUND)
        statuses.update(reap())
    statuses.update(reap())
    return statuses

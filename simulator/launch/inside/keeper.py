"""The process around the user's command: makes the namespaces, furnishes them, runs the command, and ends all with it.

    simulator (outside) - keeper (waits, and ends as the command did)
                            - keeper (process 1 inside: resolver, observer)
                                - the command, and whatever it starts

It is started with `python -I -S`, so that it costs little and nothing of the user's is imported.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

from simulator.launch.inside import kernel
from simulator.launch.inside.channel import Channel
from simulator.launch.inside.kernel import FurnishingError
from simulator.launch.inside.signals import ENDING, PASSED_BY

LOST: Final = 125
"""The exit code if the keeper inside ended without a word."""


def run(descriptor: int) -> NoReturn:
    """Be the keeper of the namespace that the other end of this socket asks for."""
    channel = Channel(socket.socket(fileno=descriptor))
    channel.socket.set_inheritable(False)
    try:
        wishes, _ = channel.receive()
    except EOFError:
        sys.exit(LOST)
    ignored = {number for number in PASSED_BY if signal.getsignal(number) is signal.SIG_IGN}  # as nohup has it
    for number in PASSED_BY:
        signal.signal(number, signal.SIG_IGN)
    try:
        _leave(own_processes=wishes["own_processes"])
        if not wishes["own_processes"]:
            kernel.adopt_orphans()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _inside(channel, wishes, writing, ignored)
    except FurnishingError as error:
        report_failure(channel, error)
        sys.exit(LOST)
    channel.socket.close()
    os.close(writing)
    forced = _wait(child, ignored)
    if not wishes["own_processes"]:
        _end_descendants()  # nothing is left, unless the keeper inside was killed
    _end_like(struct.pack("i", forced) if forced else os.read(reading, struct.calcsize("i")))


def _wait(child: int, ignored: set[signal.Signals]) -> int:
    """Wait for the keeper inside. The number of the signal that came twice, which ends it; 0 = none did."""
    counts = {number: 0 for number in ENDING if number not in ignored}
    forced: list[int] = []

    def count(number: int, frame: object) -> None:
        counts[signal.Signals(number)] += 1
        if counts[signal.Signals(number)] > 1 and not forced:
            forced.append(number)
            os.kill(child, signal.SIGKILL)

    for number in counts:
        signal.signal(number, count)
    os.waitpid(child, 0)
    for number in counts:
        signal.signal(number, signal.SIG_IGN)
    return forced[0] if forced else 0


def report_failure(channel: Channel, error: FurnishingError) -> None:
    """Tell the other side which step could not be done."""
    cause = error.cause
    channel.send({"failed": error.step, "number": cause.errno, "text": cause.strerror, "file": cause.filename})


def _inside(channel: Channel, wishes: dict[str, Any], writing: int, ignored: set[signal.Signals]) -> NoReturn:
    """Be the first process inside. It never returns into the code of the process that it was forked from.

    The status of the command goes to `writing`, whose other end is closed when the keeper outside ends.
    """
    from simulator.launch.inside.household import Household

    code, group = LOST, os.getpgrp()
    try:
        if wishes["own_processes"]:
            kernel.die_with_parent(signal.SIGKILL)  # and all others with it, because this is process 1
        else:
            kernel.adopt_orphans()
            os.setpgid(0, 0)  # so that a SIGKILL to the group of the command leaves someone to clear up
        Household(channel, wishes, ignored, writing, group).run()
        code = 0
    except FurnishingError as error:
        report_failure(channel, error)
    except EOFError:  # the other side has gone
        pass
    except BaseException:  # noqa: BLE001  # a process 1 that is in error must end, and say why
        sys.excepthook(*sys.exc_info())
    finally:
        if not wishes["own_processes"]:
            _end_descendants()
        os._exit(code)


def _leave(*, own_processes: bool) -> None:
    """Leave the network, the mounts, and if wished the processes of the machine for new ones. Raises `FurnishingError`.

    Who may do so keeps the users of the machine. Everybody else becomes the only user of a new user namespace, under
    the same number, and has there the rights that the other steps need.
    """
    step, user, group = "unshare", os.geteuid(), os.getegid()
    flags = kernel.NEW_NETWORK | kernel.NEW_MOUNTS | (kernel.NEW_PROCESSES if own_processes else 0)
    privileged = kernel.capable(kernel.SYS_ADMIN)
    try:
        kernel.unshare(flags if privileged else flags | kernel.NEW_USERS)
        if not privileged:
            step = "user map"
            with suppress(FileNotFoundError):
                Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    except OSError as error:
        raise FurnishingError(step, error) from None


def _end_like(record: bytes) -> NoReturn:
    """End as the command did: with its exit code, or by the signal that ended it. `record` has its status."""
    if not record:
        os._exit(LOST)
    (status,) = struct.unpack("i", record)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with suppress(OSError, ValueError):
            import resource

            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _end_descendants() -> None:
    """End everything that was started inside. Orphans become ours, so that there is an end to it."""
    while True:
        with suppress(OSError):
            for child in Path("/proc/thread-self/children").read_text(encoding="ascii").split():
                os.kill(int(child), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return

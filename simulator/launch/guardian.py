"""The guardian: a process between the simulator and the command, so that no process of the command outlives either.

It is forked before the simulator's imports. It starts the command in its own process group, passes signals on, looks
for processes that the hooks cannot lead, and ends everything below it when the command or the simulator's process ends.
It talks with the simulator's process in lines of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from select import select
from socket import socket
from typing import TYPE_CHECKING, Any, Final, NoReturn

from simulator.launch import tree

if TYPE_CHECKING:
    from simulator.launch.watching import Watch

FORWARDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
"""Signals to the simulator's process that are for the command."""
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The second of one of these ends the command by SIGKILL."""
STOPPING: Final = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
NAME: Final = "kucoin-simulator-guardian"
NOT_FOUND: Final = 127
NOT_EXECUTABLE: Final = 126


class Guardian:
    """The guardian's own side."""

    def __init__(self, line: socket, before: Mapping[signal.Signals, Any], terminal: int | None) -> None:
        self._line, self._before, self._terminal = line, before, terminal
        self._received = b""
        self._command = 0
        self._status: int | None = None
        self._signals = dict.fromkeys(ENDING, 0)
        self._forced: signal.Signals | None = None
        self._watch: Watch | None = None
        self._findings: list[str] = []
        self._folder = ""
        self._aborted = False

    def run(self) -> NoReturn:
        """Wait for the command, guard it, and end with it."""
        wake = wake_pipe()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in FORWARDED:
            signal.signal(number, lambda *_: None)  # it is read from the pipe
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        tree.adopt()
        tree.rename(NAME)  # who ends the simulator by its command line must not end its guardian
        alive = True
        while alive and self._status is None:
            seconds = self._watch.seconds if self._watch else None
            sources: list[Any] = [self._line, wake]
            ready, _, _ = select(sources, [], [], seconds)
            for arrived in signals_of(wake) if wake in ready else ():
                self._count(arrived)  # Ctrl+C in the terminal: the command has it already, as a member of this group
            if self._line in ready:
                alive = self._receive()
            if self._watch and not self._findings:
                self._look(self._watch)
            self._reaped(tree.reap())
        self._end(alive=alive)

    def _count(self, number: int) -> None:
        if number in self._signals and self._command:
            self._signals[signal.Signals(number)] += 1
            if self._signals[signal.Signals(number)] > 1:
                self._force(signal.Signals(number))

    def _force(self, why: signal.Signals) -> None:
        """End the command at once. Its exit status tells of the signal that asked for it."""
        self._forced = why
        self._reaped(tree.end_all())

    def _receive(self) -> bool:
        """Read what the simulator's process says. False = it has ended."""
        try:
            data = self._line.recv(1 << 20)
        except ConnectionError:
            data = b""
        if not data:
            return False
        *lines, self._received = (self._received + data).split(b"\n")
        for text in lines:
            message = json.loads(text)
            if "run" in message:
                self._start(message)
            elif "folder" in message:
                self._folder = message["folder"]
            elif "close" in message:
                os._exit(0)
            elif "signal" in message:
                self._forward(message["signal"])
            elif "go_on" in message:
                self._to_group(signal.SIGCONT)
            elif "abort" in message:
                self._aborted = True
                self._reaped(tree.end_all())
        return True

    def _tell(self, **message: object) -> None:
        with suppress(OSError):
            self._line.sendall(json.dumps(message).encode() + b"\n")

    def _start(self, message: dict[str, Any]) -> None:
        """Start the command as a member of this process's group, in front of the terminal if there is one."""
        if self._aborted:
            self._status = int(signal.SIGKILL)
            return
        os.setpgid(0, 0)
        if message["in_front"] and self._terminal is not None:
            with suppress(OSError):
                os.tcsetpgrp(self._terminal, os.getpid())
        problem, writer = os.pipe()
        guardian = os.getpid()
        self._command = os.fork()
        if not self._command:
            self._become(message, writer, guardian)
        os.close(writer)
        failure = os.read(problem, 64)
        os.close(problem)
        if failure:
            number, _, _ = failure.partition(b" ")
            os.waitpid(self._command, 0)
            self._tell(failed=os.strerror(int(number)))
            self._status = (NOT_FOUND if int(number) == 2 else NOT_EXECUTABLE) << 8
            return
        self._tell(started=self._command)
        if message["watch"]:
            from simulator.launch.watching import Watch

            self._watch = Watch(**message["watch"])

    def _become(self, message: dict[str, Any], problem: int, guardian: int) -> NoReturn:
        """Become the command, in the child."""
        try:
            tree.die_with_parent(guardian)
            signal.set_wakeup_fd(-1)
            for number, handler in self._before.items():
                signal.signal(number, signal.SIG_IGN if handler == signal.SIG_IGN else signal.SIG_DFL)
            os.execvpe(message["run"][0], message["run"], message["environment"])  # noqa: S606 - the user's own command
        except OSError as error:
            os.write(problem, f"{error.errno} ".encode())
        finally:
            os._exit(NOT_FOUND)

    def _forward(self, number: int) -> None:
        self._to_group(number)
        self._count(number)

    def _to_group(self, number: int) -> None:
        """Signal the command's process group as a terminal would, without this process."""
        if self._command:
            handler = signal.signal(number, signal.SIG_IGN)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(0, number)
            signal.signal(number, handler)

    def _look(self, watch: Watch) -> None:
        """End the command if a process of it cannot be led."""
        findings = watch.look()
        if findings:
            self._findings += findings
            self._tell(unled=findings)
            self._reaped(tree.end_all())

    def _reaped(self, statuses: dict[int, int]) -> None:
        status = statuses.get(self._command)
        if status is None or self._status is not None:
            return
        if os.WIFSTOPPED(status):
            self._tell(stopped=os.WSTOPSIG(status))
        else:
            self._status = status

    def _end(self, *, alive: bool) -> NoReturn:
        """End what the command left behind, tell how it ended, and end."""
        names: list[str] = []
        if alive:
            if self._watch and not self._findings and (findings := self._watch.look()):
                self._tell(unled=findings)
            names = sorted(filter(None, map(tree.name_of, tree.descendants())))
        elif self._folder:
            import shutil

            which = f", process {self._command}," if self._command else ""
            with suppress(OSError):
                os.write(2, f"kucoin-simulator: the simulator was killed; its command{which} ends as well\n".encode())
            shutil.rmtree(self._folder, ignore_errors=True)
        tree.end_all(politely=alive)
        status = self._status
        if status is not None and os.WIFSIGNALED(status) and self._forced and os.WTERMSIG(status) == signal.SIGKILL:
            status = int(self._forced)
        self._tell(ended=status, left=names)
        if self._command and not sys.platform.startswith("linux"):
            os.killpg(0, signal.SIGKILL)  # the processes below this one cannot be listed
        os._exit(0)


def wake_pipe() -> int:
    """A descriptor from which the number of each signal can be read. Python's own handlers see two as one at times."""
    wake, waker = os.pipe()
    for end in (wake, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    return wake


def signals_of(wake: int) -> bytes:
    """The numbers of the signals that have come."""
    try:
        return os.read(wake, 4096)
    except BlockingIOError:
        return b""

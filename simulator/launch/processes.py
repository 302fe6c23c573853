"""The command of the user as a guarded process: it has the terminal, gets our signals, and never outlives us."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from select import select
from typing import Any, Final

from simulator.launch import tree
from simulator.launch.guardian import FORWARDED, STOPPING, Guardian, signals_of, wake_pipe

UNUSUAL: Final = (signal.SIGPIPE, signal.SIGCHLD)
"""Signals whose handling differs between Python and a command."""


class GuardianKilledError(Exception):
    """The guardian was killed. The command and all its processes have ended."""


class GuardedCommand:
    """A command that can be started later. Construct it before any thread is started, because it forks."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` prints a line for the user."""
        if not hasattr(os, "fork"):
            raise OSError("this system cannot fork processes; `kucoin-simulator env` prints the variables instead")
        self._say = tell
        self._before = {number: signal.getsignal(number) for number in (*FORWARDED, *STOPPING, *UNUSUAL)}
        self._before[signal.SIGPIPE] = signal.SIG_DFL  # Python ignores it, and its parent hardly ever does
        self._terminal = _terminal()
        self._line, theirs = socket.socketpair()
        self._guardian = os.fork()
        if not self._guardian:
            self._line.close()
            try:
                Guardian(theirs, self._before, self._terminal).run()
            except BaseException:  # noqa: BLE001 - a fork must never return into its parent's code
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(70)
        theirs.close()
        tree.adopt()
        self._received = b""
        self.process = 0
        """The command's process id, once it has started."""
        self.unled: list[str] = []
        """What the hooks could not lead, as sentences."""
        self.left: list[str] = []
        """The names of the processes that the command left behind. They have been ended."""

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        watch: Mapping[str, object] | None = None,
    ) -> int:
        """Run the command and return its exit code, which is 128 + N if it died of signal N.

        `watch` = how `Watch` is made, which finds what hooks cannot lead. Raises `GuardianKilledError`.
        """
        for number in FORWARDED:
            if not (number == signal.SIGHUP and self._before[number] == signal.SIG_IGN):  # nohup
                signal.signal(number, lambda *_: None)  # `_wait` reads it from the pipe
        in_front = self._terminal is not None and os.tcgetpgrp(self._terminal) == os.getpgrp()
        self._send(run=list(arguments), environment=dict(environment), watch=watch, in_front=in_front)
        try:
            return self._wait(arguments[0])
        finally:
            if in_front:
                self._put_in_front(os.getpgrp())
            for number in FORWARDED:
                signal.signal(number, signal.SIG_IGN)  # this process is ending
            with suppress(ChildProcessError):
                os.waitpid(self._guardian, 0)

    def guard(self, folder: str) -> None:
        """If this process is killed, another one says so and removes the folder, whichever user runs the command."""
        self._send(folder=folder)

    def close(self) -> None:
        """End the guardian, if it is still there."""
        self._send(close=True)
        self._line.close()

    def abort(self) -> None:
        """End the command at once, because the simulator cannot go on. Any thread may call this."""
        self._send(abort=True)

    def _send(self, **message: object) -> None:
        with suppress(BrokenPipeError):
            self._line.sendall(json.dumps(message).encode() + b"\n")

    def _wait(self, program: str) -> int:
        """Pass on what arrives, until the guardian says how the command ended."""
        wake = wake_pipe()
        sources: list[Any] = [self._line, wake]
        while True:
            ready, _, _ = select(sources, [], [])
            for number in signals_of(wake) if wake in ready else ():
                if number in FORWARDED:
                    self._send(signal=number)
            if self._line not in ready:
                continue
            try:
                data = self._line.recv(1 << 16)
            except ConnectionError:
                data = b""
            if not data:
                tree.end_all()
                raise GuardianKilledError
            *lines, self._received = (self._received + data).split(b"\n")
            for text in lines:
                message: dict[str, Any] = json.loads(text)
                if "started" in message:
                    self.process = message["started"]
                elif "failed" in message:
                    self._say(f"{program} cannot be started: {message['failed']}")
                elif "stopped" in message:
                    self._stop(message["stopped"])
                elif "unled" in message:
                    self.unled += message["unled"]
                elif "ended" in message:
                    self.left = message["left"]
                    return _exit_code(message["ended"])

    def _put_in_front(self, group: int) -> None:
        """Give the terminal to a process group."""
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        with suppress(OSError):
            os.tcsetpgrp(self._terminal or 0, group)
        signal.signal(signal.SIGTTOU, before)

    def _stop(self, number: int) -> None:
        """The command was stopped, such as by Ctrl+Z: stop as well, so that the shell gets its terminal back."""
        if self._terminal is None or not _shell():
            name = signal.Signals(number).name
            self._say(f"the command is stopped by {name}; `kill -CONT {self.process}` continues it")
            return
        os.kill(os.getpid(), signal.SIGSTOP)
        with suppress(OSError):
            if os.tcgetpgrp(self._terminal) == os.getpgrp():  # `fg`, not `bg`
                self._put_in_front(self._guardian)
        self._send(go_on=True)


def _terminal() -> int | None:
    """The controlling terminal; None = there is none."""
    try:
        return os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None


def _shell() -> bool:
    """True if the parent can continue this process when it is stopped."""
    return os.getsid(0) != os.getpid() and os.getsid(os.getppid()) == os.getsid(0)


def _exit_code(status: int | None) -> int:
    """The exit code of a wait status, as shells have it."""
    code = os.waitstatus_to_exitcode(status or 0)
    return code if code >= 0 else 128 - code

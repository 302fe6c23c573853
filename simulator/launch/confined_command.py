"""The user's command in a namespace, as the process outside sees it."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

from simulator.launch.terminal import Terminal


class ConfinedCommand:
    """The user's command inside. Its process is the one that waits for it: it ends with the same code or signal."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: Terminal) -> None:
        self._process, self._terminal = process, terminal
        self.pid = process.pid
        """Also the number of the group of processes that the command starts in."""

    @property
    def returncode(self) -> int | None:
        """The exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._process.poll()

    def poll(self) -> int | None:
        """The exit code as `returncode` has it. For code that expects a `subprocess.Popen`."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; seconds. Raises `subprocess.TimeoutExpired`. Without a timeout, Ctrl+Z stops us too."""
        if timeout is None and self._process.returncode is None:
            while self._stopped():
                self._terminal.stop()
        return self._process.wait(timeout)

    def _stopped(self) -> bool:
        """Wait until the command stops or ends; True if it has stopped."""
        with suppress(ChildProcessError):
            state = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
            if state and state.si_code in {os.CLD_STOPPED, os.CLD_TRAPPED}:
                os.waitid(os.P_PID, self.pid, os.WSTOPPED)
                return True
        return False

    def send_signal(self, number: int) -> None:
        """Send a signal to the command's group. A command that has ended gets none.

        SIGKILL ends everything inside. So does the second SIGINT, SIGTERM or SIGHUP, from a terminal too.
        """
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End everything inside at once."""
        self.send_signal(signal.SIGKILL)

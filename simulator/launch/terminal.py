"""The terminal that a command is started at: who reads from it, and whom its Ctrl+C and Ctrl+Z are for."""

from __future__ import annotations

import os
import signal
from contextlib import suppress


class Terminal:
    """The controlling terminal of this process, which can be lent to another group of processes."""

    def __init__(self) -> None:
        try:
            self._file: int | None = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            self._file = None
        self._group: int | None = None

    def lend(self, group: int) -> None:
        """Put a group in front, if we are in front ourselves."""
        if self._file is not None and os.tcgetpgrp(self._file) == os.getpgrp():
            self._group = group
            self._put_in_front(group)

    def take_back(self) -> None:
        """Put our own group in front again."""
        if self._group is not None:
            self._put_in_front(os.getpgrp())
        self._group = None

    def close(self) -> None:
        """Take the terminal back, and let go of it."""
        self.take_back()
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def stop(self) -> None:
        """The group was stopped, as by Ctrl+Z: stop too until the shell continues us, then continue the group.

        Without a shell that could do so, the group goes on at once. A group that has no terminal stays stopped.
        """
        if self._group is None:
            return
        if os.getsid(0) != os.getpid():
            self._put_in_front(os.getpgrp())
            os.kill(os.getpid(), signal.SIGSTOP)
            if self._file is not None and os.tcgetpgrp(self._file) == os.getpgrp():  # `fg`, not `bg`
                self._put_in_front(self._group)
        with suppress(ProcessLookupError):
            os.killpg(self._group, signal.SIGCONT)

    def _put_in_front(self, group: int) -> None:
        """Make a group the one that reads from the terminal."""
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})  # we may be behind it
        with suppress(OSError):
            os.tcsetpgrp(self._file or 0, group)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

"""The garbage collector, while something large is built: a full collection walks through all that there is so far.

Beside 100,000 users that stops everything for some 100 ms, in whichever thread it happens. Values of ours are never
part of a cycle, so such a collection finds nothing. Young objects are collected as ever.

The collector belongs to the whole process, which need not be ours: it is put back as it was found.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

NEVER: Final = 1_000_000_000
"""So many collections of the middle generation pass before a full one."""


class Collector:
    """What is asked of the process's collector. Several may ask at the same time, in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._found: tuple[int, int, int] = gc.get_threshold()
        self.ours = False
        """True if this process is ours alone, so that standing values may be left out of collections for good."""

    @contextmanager
    def never_full(self) -> Iterator[None]:
        """Within the block, no full collection begins by itself."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._found = gc.get_threshold()
                gc.set_threshold(*self._found[:2], NEVER)
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users and gc.get_threshold()[2] == NEVER:  # else somebody else has set it meanwhile
                    gc.set_threshold(*self._found)

    @contextmanager
    def start(self) -> Iterator[None]:
        """Around the start and the run of a process of our own: nothing is collected before `stands` is called."""
        was = gc.isenabled()
        gc.disable()
        self.ours = True
        try:
            yield
        finally:
            self.ours = False
            if was:
                gc.enable()

    def stands(self) -> None:
        """The start is over. All that it has made is left out of collections from now on."""
        if self.ours:
            gc.freeze()
            gc.enable()

    def settle(self) -> None:
        """Leave all that there is out of collections from now on, if the process is ours: a large world stays long."""
        if self.ours:
            gc.collect(1)  # garbage that is left out of collections stays for good
            gc.freeze()


COLLECTOR: Final = Collector()
"""That of this process."""

"""No full garbage collection happens while something large is built, because it visits all objects.

With 100,000 users a full collection stops all threads for about 100 ms. Values of ours are never part of a cycle, so
such a collection frees nothing. Young objects are collected as usual.

The collector belongs to the whole process, which need not be ours, so its settings are restored afterwards.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

NEVER: Final = 1_000_000_000
"""The threshold of the oldest generation with which no full collection begins."""


class Collector:
    """The settings of the process's collector. Several callers may use it at the same time, in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._threshold: tuple[int, int, int] = gc.get_threshold()
        self.ours = False
        """True if this process is ours alone, so that standing values may be left out of collections for good."""

    @contextmanager
    def never_full(self) -> Iterator[None]:
        """Within the block, no full collection begins by itself."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._threshold = gc.get_threshold()
                gc.set_threshold(*self._threshold[:2], NEVER)
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users and gc.get_threshold()[2] == NEVER:  # otherwise other code has set it meanwhile
                    gc.set_threshold(*self._threshold)

    @contextmanager
    def start(self) -> Iterator[None]:
        """Within the block this process is ours alone. Nothing is collected until `stands` is called."""
        enabled = gc.isenabled()
        gc.disable()
        self.ours = True
        try:
            yield
        finally:
            self.ours = False
            if enabled:
                gc.enable()

    def stands(self) -> None:
        """End the start. All objects that exist now are left out of later collections."""
        if self.ours:
            gc.freeze()
            gc.enable()

    def settle(self) -> None:
        """Leave all objects out of later collections, if the process is ours, because a large world stays long."""
        if self.ours:
            gc.collect(1)  # garbage that is frozen is never freed
            gc.freeze()


COLLECTOR: Final = Collector()
"""The collector of this process."""

"""Long work gives way: other calls have their turn meanwhile, and the work ends if its caller has gone.

There are two kinds. Output that is written piece by piece (the journal, an export) is made in slices of the event loop.
A result that is computed as a whole (an advance, an import, a scenario) is computed in a thread, which the interpreter
interrupts every few milliseconds. The thread works on frozen values; the event loop puts its result in place.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from simulator.clock import stopwatch
from simulator.collector import COLLECTOR
from simulator.core.world import folds
from simulator.messages import Receive
from simulator.web.wire.damage import disconnected
from simulator.web.wire.reading import ClientGoneError

T = TypeVar("T")
SLICE: Final = 5_000_000
"""How long a slice may keep the event loop, in ns."""
THREADS: Final = 4
"""How many threads work at the same time. Each may keep the event loop waiting for 5 ms."""


class WorldGoneError(Exception):
    """The world that a call worked on has gone, because its scenario or workspace has ended meanwhile."""


class _Shares:
    """The locks that all long work of one event loop shares: the turn for a slice, and the room for threads."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.room = asyncio.Semaphore(THREADS)


_SHARES: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shares] = WeakKeyDictionary()


def _shares() -> _Shares:
    loop = asyncio.get_running_loop()
    shares = _SHARES.get(loop)
    if shares is None:
        shares = _SHARES[loop] = _Shares()
    return shares


# --- In slices of the event loop
async def in_slices(steps: Iterable[T], gone: asyncio.Future[Any] | None = None) -> AsyncIterator[list[T]]:
    """What the steps yield, a slice at a time. Raises `ClientGoneError` when `gone` is done."""
    remaining, over, turn = iter(steps), False, _shares().turn
    while not over:
        async with turn:
            if gone is not None and gone.done():
                raise ClientGoneError
            batch, over = _slice(remaining)
            if not over:
                await asyncio.sleep(0)
        if batch:
            yield batch


def _slice(steps: Iterator[T]) -> tuple[list[T], bool]:
    """The results of one slice, and true if it was the last one."""
    began, batch = stopwatch(), []
    for step in steps:
        batch.append(step)
        if stopwatch() - began >= SLICE:
            return batch, False
    return batch, True


async def collected(steps: Iterable[T | None], receive: Receive | None = None) -> list[T]:
    """Everything that the steps yield except None. Raises `ClientGoneError` when the connection ends."""
    gone = asyncio.ensure_future(disconnected(receive)) if receive else None
    try:
        return [step async for batch in in_slices(steps, gone) for step in batch if step is not None]
    finally:
        if gone is not None:
            gone.cancel()


# --- In a thread
class _EndedError(BaseException):
    """Ends the thread of a job whose caller has gone. No `except Exception` catches it."""


class _Job(Generic[T]):
    """Work in a thread of its own. The process does not wait for it at its end."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work, self._loop = work, asyncio.get_running_loop()
        self.done: asyncio.Future[T] = self._loop.create_future()
        self._lock, self._over = threading.Lock(), False
        self._thread = threading.Thread(target=self._run, name="long work", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop the work at its next step of Python, and drop its result."""
        self.done.cancel()
        with self._lock:
            if self._over:
                return
            self._over = True
            import ctypes  # here, because it is slow to import and rarely needed

            thread = ctypes.c_ulong(self._thread.ident or 0)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(_EndedError))

    def _run(self) -> None:
        with suppress(_EndedError, RuntimeError):  # RuntimeError: the event loop has been closed
            result, error = None, None
            try:
                with folds.apart():
                    result = self._work()
            except Exception as raised:  # noqa: BLE001 - it is raised again in the caller that waits
                error = raised
            with self._lock:
                self._over = True
            self._loop.call_soon_threadsafe(self._tell, result, error)

    def _tell(self, result: Any, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(result)
        else:
            self.done.set_exception(error)


async def aside(work: Callable[[], T], receive: Receive | None = None, over: asyncio.Future[None] | None = None) -> T:
    """The result of work in a thread. The work must not use values that other code changes meanwhile.

    It is stopped if the connection ends (`ClientGoneError`), and when `over` is done (`WorldGoneError`).
    """
    gone = asyncio.ensure_future(disconnected(receive)) if receive else None
    ends: set[asyncio.Future[Any]] = {end for end in (gone, over) if end is not None}
    try:
        async with _shares().room:
            with COLLECTOR.never_full():
                job = _Job(work)
                try:
                    await asyncio.wait({job.done, *ends}, return_when=asyncio.FIRST_COMPLETED)
                    if over is not None and over.done():
                        raise WorldGoneError
                    if gone is not None and gone.done():
                        raise ClientGoneError
                    return job.done.result()
                finally:
                    job.end()
    finally:
        if gone is not None:
            gone.cancel()

"""The collector of the process is put back as it was found, whatever happens to the work."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest

from simulator.collector import NEVER, Collector
from simulator.web import work

FOUND = (650, 9, 8)


@pytest.fixture(autouse=True)
def found() -> Iterator[None]:
    """A process whose owner has chosen other thresholds than Python's."""
    before = gc.get_threshold()
    gc.set_threshold(*FOUND)
    yield
    gc.set_threshold(*before)


def test_no_full_collection_while_anybody_works() -> None:
    """Two at the same time: the first to end changes nothing, the last puts it back."""
    collector = Collector()
    with collector.never_full():
        with collector.never_full():
            assert gc.get_threshold() == (*FOUND[:2], NEVER)
        assert gc.get_threshold() == (*FOUND[:2], NEVER)
    assert gc.get_threshold() == FOUND


def test_what_others_set_meanwhile_stays() -> None:
    """Whoever else changes the thresholds has the last word."""
    with Collector().never_full():
        gc.set_threshold(1, 2, 3)
    assert gc.get_threshold() == (1, 2, 3)


def test_an_error_puts_it_back() -> None:
    """A start that fails leaves it on, and not ours."""
    collector = Collector()

    def fail() -> None:
        with collector.start(), collector.never_full():
            assert not gc.isenabled()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert gc.isenabled()
    assert not collector.ours
    assert gc.get_threshold() == FOUND


def test_a_collector_that_was_off_stays_off() -> None:
    """It is the choice of whose process it is."""
    gc.disable()
    try:
        with Collector().start():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_nothing_of_another_process_is_frozen() -> None:
    """What stands is left out of collections only where the process is ours alone."""
    before = gc.get_freeze_count()
    Collector().settle()
    Collector().stands()
    assert gc.get_freeze_count() == before


def test_work_aside_meets_no_full_collection() -> None:
    """While it works, when it fails, and when nobody waits for it any more."""
    seen: list[int] = []
    begun, released = threading.Event(), threading.Event()

    def fail() -> None:
        seen.append(gc.get_threshold()[2])
        raise ValueError("no")

    def hang() -> None:
        begun.set()
        while not released.wait(0.001):
            pass  # it must go on with steps of Python, because its end is an exception between two of them

    async def all_of_it() -> None:
        with pytest.raises(ValueError, match="no"):
            await work.aside(fail)
        assert gc.get_threshold() == FOUND
        task = asyncio.ensure_future(work.aside(hang))
        await asyncio.to_thread(begun.wait)
        assert gc.get_threshold()[2] == NEVER
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        released.set()

    asyncio.run(all_of_it())
    assert seen == [NEVER]
    assert gc.get_threshold() == FOUND

"""Coverage's tracer is at work in fixtures and tests alone: what pytest does between them takes twice as long with it.

Of a test that is marked `no_cover`, nothing is traced, its fixtures included.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from coverage import Coverage


class Tracing:
    """A plugin of pytest. Threads keep their tracers until pytest-cov stops all of them, at the first `no_cover` test.

    Without `--cov`, or if coverage has no trace function (as with `sys.monitoring`), it changes nothing.
    """

    def __init__(self) -> None:
        self._active = False
        self._tracer: Any = None
        self._covered = True

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """What tests import is counted while they are collected."""
        coverage = Coverage.current()
        if coverage is not None:
            self._active = True
            # pytest-cov starts it again after each `no_cover` test; then it would search all modules for such files
            coverage._warn_preimported_source = False
        try:
            return (yield)
        finally:
            self._pause()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._covered = not item.get_closest_marker("no_cover")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """After a `no_cover` test, pytest-cov starts the tracer."""
        try:
            return (yield)
        finally:
            self._pause()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self) -> Generator[None, object, object]:
        with self._traced():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self) -> Generator[None, object, object]:
        with self._traced():
            return (yield)

    def _pause(self) -> None:
        """Trace nothing more in this thread, but remember how."""
        if self._active:
            self._tracer = sys.gettrace() or self._tracer
            sys.settrace(None)

    @contextmanager
    def _traced(self) -> Iterator[None]:
        """A block of a fixture or a test. One may begin in another: a fixture can ask for the next by its name."""
        before = sys.gettrace()
        if self._active:
            sys.settrace(self._tracer if self._covered else None)
        try:
            yield
        finally:
            if self._active:
                sys.settrace(before)

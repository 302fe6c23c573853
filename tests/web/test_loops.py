"""The event loop is uvloop where that is installed, and asyncio's elsewhere; nobody has to choose."""

from __future__ import annotations

import sys

import pytest
from support.raw_http import LAST, TIME, statuses, talk

from simulator.web.server import LocalServer


def loop_of(server: LocalServer) -> str:
    """The library whose event loop a running server uses."""
    return type(server._server._loop).__module__.partition(".")[0]


def test_uvloop_is_used_where_it_is_installed() -> None:
    """A server in a thread runs on uvloop, and answers."""
    pytest.importorskip("uvloop")
    with LocalServer() as server:
        assert statuses(talk(server, TIME, LAST)) == [200, 200]
        assert loop_of(server) == "uvloop"


def test_asyncio_is_used_where_there_is_no_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a server runs on the loop of the standard library."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    with LocalServer() as server:
        assert statuses(talk(server, TIME, LAST)) == [200, 200]
        assert loop_of(server) == "asyncio"

"""The event loop is uvloop where that is installed, and asyncio's elsewhere; nobody has to choose."""

from __future__ import annotations

import socket
import sys
import threading

import pytest
from freezegun import freeze_time
from support.raw_http import LAST, TIME, statuses, talk

from simulator.testing import Client
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


@pytest.mark.parametrize("uvloop", [True, False])
def test_a_stopped_clock_of_the_process(uvloop: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server in a thread starts, keeps its delays and stops while freezegun has stopped the clocks of the process."""
    if uvloop:
        pytest.importorskip("uvloop")
    else:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    with freeze_time("2026-01-01"), LocalServer() as server, Client(server.url) as client:
        client.add_fault({"operation": "get_currency", "delay": "20ms", "times": 1})
        client.add_fault({"operation": "get_currency", "delay": "10m", "times": 1})
        currency = b"GET /api/v3/currencies/BTC HTTP/1.1\r\nHost: x\r\n\r\n"
        assert statuses(talk(server, currency, LAST)) == [200, 200]
        with socket.create_connection(("127.0.0.1", server.port)) as waiting:
            waiting.sendall(currency)
            assert client.wait_for_requests(since=0, operation="get_currency", count=1)["requests"]
            server.__exit__(None, None, None)
            assert not server._thread.is_alive()
            server._thread = threading.Thread(target=int)
            server._thread.start()

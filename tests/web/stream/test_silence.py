"""Clients that say nothing, and clients that read nothing: each is told or cut off, and the journal says why."""

from __future__ import annotations

import socket

import pytest
from support.control_calls import steer
from support.feeds import public, session
from support.polling import wait_until
from support.wire import V1, Broker

from simulator.web.server import LocalServer
from simulator.web.stream import session as sessions
from simulator.web.stream import socket as sockets


def ended(online: Broker, place: int = 0) -> str:
    """Why a session has ended, "" = it has not. The newest one is at the place 0."""
    reason: str = steer(online.send, "GET", "/streams").json()["streams"][place]["ended"]
    return reason


def test_a_silent_client_is_told_and_closed(online: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the interval and the timeout it hears `ping timeout`, and the entry of its session has the reason."""
    monkeypatch.setattr(sessions, "SILENCE", 0.05)
    with session(*public(online.send)) as feed:
        assert feed.told() == {"id": "c-1", "type": "error", "code": 400, "data": "ping timeout"}
        code, reason = feed.end()
    assert (code, reason[:13]) == (1000, "ping timeout:")
    [entry] = [each for each in online.send("GET", f"{V1}/requests").json()["requests"] if each["status"] == 101][:1]
    assert entry["notes"][-1].startswith("the websocket ended: ping timeout:")


def test_whoever_speaks_stays(online: Broker) -> None:
    """The time is counted from the last message; also a ping of the protocol itself counts."""
    assert sessions.SILENCE == 28
    with session(*public(online.send)) as feed:
        assert feed.socket.ping().wait(20)
        feed.nothing()


def test_a_client_that_reads_nothing_is_cut_off(online: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """When more than the limit waits for it, the connection ends without a word, and others are served as ever."""
    assert sockets.MOST_UNSENT == 1_048_576
    with session(*public(online.send)) as slow, session(*public(online.send)) as other:
        slow.subscribe("/market/match:BTC-USDT")
        monkeypatch.setattr(sockets, "MOST_UNSENT", -1)
        slow.say(type="ping")
        wait_until(lambda: ended(online, 1))
        monkeypatch.undo()
        other.nothing()
        assert slow.end() == (None, "")
    assert ended(online, 1).startswith("the client reads too slowly")


def test_a_client_that_hangs_up_leaves_nothing(server: LocalServer, online: Broker) -> None:
    """Its session ends, and nobody is told of commands for it any more."""
    with session(*public(online.send)) as feed:
        feed.subscribe("/market/match:BTC-USDT")
        feed.socket.socket.shutdown(socket.SHUT_RDWR)
    wait_until(lambda: ended(online))
    assert server.exchange.watcher is None

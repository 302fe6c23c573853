"""A plain request is answered without uvicorn, and nobody can tell: the bytes are those of uvicorn's way."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace
from support.demo_world import CALLBACK
from support.desk import START, payment
from support.raw_http import LAST, TIME, TYPE, Wire, head, splits, statuses
from support.wire import JSON, SCENARIO, V1, WITHDRAWAL, Broker, Http, control

from simulator.clock import ClockSettings
from simulator.messages import Answer, Request
from simulator.web.app import App
from simulator.web.endpoints.desk import Desk
from simulator.web.server import LocalServer

VARYING = re.compile(
    rb"(date: \w+,|gw-ratelimit-(?:reset|remaining): |127\.0\.0\.1:|localhost:|\[::1\]:|\"data\":(?=\d{13}\})"
    rb"|\"(?:wall_time|microseconds|idle)\":)[^\r\n\"/,}]+"
)
"""What depends on the machine's clock or on the port."""


class Pair(NamedTuple):
    """Two servers of the same world: one answers at once, the other never does. And how often the first one did."""

    quick: LocalServer
    slow: LocalServer
    answered: list[str]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Both, with the business clock at a standstill, so that they name new things alike."""
    world = SCENARIO.world
    world = world.put(choices=replace(world.choices, rate_pools="count"))
    scenario = replace(SCENARIO, world=world, clock=ClockSettings(frozen=True, start=START))
    answered: list[str] = []
    by_itself = App.at_once

    def counted(self: App, request: Request) -> Answer | None:
        answer = by_itself(self, request)
        if answer is not None:
            answered.append(request.path)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "at_once", counted)
        quick = LocalServer(scenario)
        patch.setattr(App, "at_once", lambda self, request: None)
        slow = LocalServer(scenario)
    with quick, slow:
        yield Pair(quick, slow, answered)


def heard(server: LocalServer, pieces: tuple[bytes, ...]) -> bytes:
    """All that comes back, without what varies, until the server or else the client has ended the connection."""
    with Wire(server) as wire:
        with suppress(OSError):  # the server has had enough
            wire.send(*pieces, LAST)
        return VARYING.sub(rb"\1", wire.rest())


def both(pair: Pair, *pieces: bytes) -> bytes:
    """What both servers say, which is the same."""
    quick = heard(pair.quick, pieces)
    assert quick == heard(pair.slow, pieces)
    return quick


def get(path: bytes, *lines: bytes, method: bytes = b"GET") -> bytes:
    return head(*lines, method=method, path=path)


def post(path: bytes, body: bytes, *lines: bytes) -> bytes:
    return head(*lines, b"Content-Length: %d" % len(body), path=path) + body


T = b"/api/v1/timestamp"
R = b"/_oauth/refresh-token"
TALKS: dict[str, tuple[bytes, ...]] = {
    "time": (TIME,),
    "time and time": (TIME, TIME, TIME),
    "pipelined": (TIME + TIME,),
    "ten pipelined": (TIME * 10,),
    "300 pipelined": (TIME * 300,),
    "status": (get(b"/api/v1/status"),),
    "my ip": (get(b"/api/v1/my-ip"),),
    "currencies": (get(b"/api/v3/currencies"),),
    "currency": (get(b"/api/v3/currencies/USDT"),),
    "currency and chain": (get(b"/api/v3/currencies/USDT?chain=trx"),),
    "no currency": (get(b"/api/v3/currencies/N%C3%96"),),
    "bytes in a path": (get(b"/api/v3/currencies/\xc3\x96"),),
    "bytes in a query": (get(T + b"?a=\xc3\x96\xff"),),
    "escapes in a path": (get(b"/api/v1/time%73tamp"),),
    "a fragment": (get(T + b"#here"), get(T + b"?a#here")),
    "question marks": (get(T + b"?"), get(T + b"??"), get(T + b"?a?b=/c")),
    "two slashes": (get(b"/" + T),),
    "a slash behind": (get(T + b"/"),),
    "odd signs": (get(T + b"?\"<>[]{}|\\^`'"),),
    "a tab in the target": (get(T + b"?a\tb"),),
    "a zero in the target": (get(T + b"?a\0b"),),
    "absolute form": (get(b"http://api.kucoin.com" + T),),
    "asterisk": (get(b"*", method=b"OPTIONS"),),
    "no path": (get(b"timestamp"),),
    "unknown path": (get(b"/api/v1/nothing"),),
    "HEAD": (get(T, method=b"HEAD"),),
    "OPTIONS": (get(T, method=b"OPTIONS"),),
    "POST to a GET": (post(T, b"{}", TYPE),),
    "DELETE to a GET": (get(T, method=b"DELETE"),),
    "PUT": (get(T, method=b"PUT"),),
    "small letters": (get(T, method=b"get"),),
    "HTTP/1.0": (TIME.replace(b"1.1", b"1.0"),),
    "HTTP/1.0, kept": (TIME.replace(b"1.1\r\n", b"1.0\r\nConnection: keep-alive\r\n"),),
    "HTTP/1.2": (TIME.replace(b"1.1", b"1.2"),),
    "HTTP/0.9": (b"GET /api/v1/timestamp\r\n\r\n",),
    "close": (LAST,),
    "close, then more": (LAST + TIME,),
    "keep-alive": (get(T, b"Connection: Keep-Alive"),),
    "no host": (b"GET /api/v1/timestamp HTTP/1.1\r\n\r\n",),
    "two hosts": (get(T, b"Host: other"),),
    "a host of KuCoin's": (TIME.replace(b"Host: x", b"Host: API-futures.KuCoin.com"),),
    "a wrong host of KuCoin's": (TIME.replace(b"Host: x", b"Host: www.kucoin.com:443"),),
    "a workspace's host": (TIME.replace(b"Host: x", b"Host: nobody.localhost"),),
    "two cookies": (get(T, b"Cookie: a=1", b"Cookie: b=2"),),
    "two keys": (get(b"/api/v1/accounts", b"KC-API-KEY: a", b"KC-API-KEY: b"),),
    "an empty header": (get(T, b"X-Nothing:"),),
    "bytes in a header": (get(T, b"X-Bytes: \xff\xfe"),),
    "a folded header": (get(T, b"X-Long: a\r\n b"),),
    "no colon": (get(T, b"nonsense"),),
    "a space before a colon": (get(T, b"X-Space : a"),),
    "many headers": (get(T, *(b"X-%d: y" % number for number in range(150))),),
    "lines end in LF": (TIME.replace(b"\r\n", b"\n"),),
    "empty lines before": (b"\r\n\r\n" + TIME + b"\r\n" + TIME,),
    "expect": (post(R, b"{}", TYPE, b"Expect: 100-continue"),),
    "expect without a body": (get(T, b"Expect: 100-continue"),),
    "expect more": (get(T, b"Expect: miracles"),),
    "a GET with a body": (head(b"Content-Length: 5", method=b"GET", path=T) + b"hello",),
    "length 0": (get(T, b"Content-Length: 0"),),
    "length 007": (head(b"Content-Length: 007", TYPE, path=R) + b'{"a":1}',),
    "length with spaces": (head(b"Content-Length:   2  ", TYPE, path=R) + b"{}",),
    "a length that is none": (head(b"Content-Length: +2", path=R) + b"{}",),
    "two lengths": (head(b"Content-Length: 2", b"Content-Length: 2", path=R) + b"{}",),
    "a length and chunks": (head(b"Content-Length: 2", b"Transfer-Encoding: chunked", path=R) + b"0\r\n\r\n",),
    "chunks": (head(TYPE, b"Transfer-Encoding: chunked", path=R) + b"2\r\n{}\r\n0\r\n\r\n",),
    "broken chunks": (TIME + head(TYPE, b"Transfer-Encoding: chunked", path=R) + b"zz\r\n",),
    "too long": (head(TYPE, b"Content-Length: 65537", path=R) + b"x" * 65_537,),
    "as long as may be": (post(R, b"x" * 65_536, TYPE),),
    "much longer": (head(TYPE, b"Content-Length: 99999999999999999999", path=R),),
    "more than a piece": (post(R, b"x" * 5000, TYPE),),
    "a long query": (get(T + b"?" + b"x" * 5000),),
    "too long a head": (get(T + b"?" + b"x" * 70_000),),
    "a body that is no JSON": (post(R, b"{]", TYPE),),
    "a body of another type": (post(R, b"<a/>", b"Content-Type: text/xml"),),
    "a form": (post(R, b"grant_type=x&scope=y", b"Content-Type: application/x-www-form-urlencoded"),),
    "head and body apart": (head(TYPE, b"Content-Length: 7", path=R), b'{"a":1}'),
    "body in two": (head(TYPE, b"Content-Length: 7", path=R) + b'{"a', b'":1}'),
    "the next one in the same packet": (post(R, b"{}", TYPE) + post(R, b"{}", TYPE)[:40], post(R, b"{}", TYPE)[40:]),
    "no token": (get(b"/_oauth/access-token?grant_type=authorization_code&code=x"),),
    "a raw redirect URI": (get(b"/_oauth/access-token?client_id=demo-broker&redirect_uri=" + CALLBACK.encode()),),
    "no bearer": (post(b"/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add", b"{}", TYPE),),
    "unsigned": (get(b"/api/v1/accounts"), post(WITHDRAWAL.encode(), b"{}", TYPE)),
    "an offer": (get(T, b"Connection: Upgrade", b"Upgrade: h2c"),),
    "a WebSocket": (get(T, b"Connection: Upgrade", b"Upgrade: websocket"),),
    "CONNECT": (b"CONNECT api.kucoin.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",),
    "garbage": (b"garbage\r\n\r\n",),
    "garbage behind": (TIME + b"garbage\r\n\r\n", TIME),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",),
    "a path of this workspace": (get(b"/w/default" + T),),
    "a path of no workspace": (get(b"/w/nobody" + T),),
    "a page between": (TIME + get(b"/") + TIME,),
    "the control surface between": (get(f"{V1}/users/alice".encode()), TIME),
    "a health check": (get(b"/_sim/live") + TIME,),
    "byte by byte": tuple(TIME[place : place + 1] for place in range(len(TIME))),
}


@pytest.mark.parametrize("name", TALKS)
def test_a_conversation_is_the_same(pair: Pair, name: str) -> None:
    """Whatever a client sends, in whatever packets, it gets the same bytes as without the short cut."""
    assert both(pair, *TALKS[name])


def test_every_split_is_the_same(pair: Pair) -> None:
    """Wherever a request with a body is cut, and whatever stands behind it, the answers are the same."""
    request = post(R, b'{"grant_type":"x"}', TYPE) + TIME
    for one, other in splits(request, 5):
        assert statuses(both(pair, one, other)) == [400, 200, 200]


def test_a_half_closed_connection_is_the_same(pair: Pair) -> None:
    """Who sends nothing more gets what is due: everything that was asked in full."""
    for pieces in ((TIME,), (TIME * 3,), (TIME + TIME[:30],), (head(TYPE, b"Content-Length: 7", path=R) + b'{"a',)):
        got = []
        for server in pair.quick, pair.slow:
            with Wire(server) as wire:
                wire.send(*pieces)
                wire.socket.shutdown(socket.SHUT_WR)
                got.append(VARYING.sub(rb"\1", wire.rest()))
        assert got[0] == got[1]


def faults(pair: Pair, body: bytes) -> None:
    """Replace the faults of both."""
    for server in pair.quick, pair.slow:
        assert Http(server.port)("PUT", f"{V1}/faults", body, JSON).status == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"respond": {"status": 502, "body": "<html>"}},
        {"refuse": "RATE_LIMITED"},
        {"delay": "5ms"},
        {"network": "empty"},
        {"at": "after_commit", "network": "empty"},
        {"at": "mid_body", "network": "wrong_length"},
        {"skip": 1, "refuse": "RATE_LIMITED"},
    ],
    ids=str,
)
def test_a_fault_is_the_same(pair: Pair, fault: dict[str, Any]) -> None:
    """A fault strikes whoever it is meant for; before and after it calls are answered at once."""
    faults(pair, json.dumps([{"operation": "get_server_time", "times": 1, **fault}]).encode())
    both(pair, TIME + get(b"/api/v1/status") + TIME)
    both(pair, TIME)
    faults(pair, b"[]")


def test_a_broker_notices_nothing(pair: Pair) -> None:
    """Login, tokens, key, signed calls, a payout, workspaces: the same answers, and in the end the same journal."""
    said = []
    for server in pair.quick, pair.slow:
        send, since = Http(server.port), server.app.desk.journal.last
        broker = Broker(send)
        tokens = broker.tokens("frank")
        tokens = broker.refresh(tokens["refresh_token"]).json()
        key = broker.add_key(tokens["access_token"]).key
        answers = [
            broker.refresh(tokens["refresh_token"]),
            broker.signed(key, "GET", "/api/v1/accounts?currency=USDT"),
            broker.withdraw(key),
            broker.withdraw(key, payment(amount="1e3")),
            broker.signed(key, "GET", "/api/v1/withdrawals"),
            control(send, "/workspaces", {"name": "other"}),
            broker.signed(key, "GET", "/api/v1/accounts"),
            send("GET", "/w/other/api/v1/status"),
            send("DELETE", f"{V1}/workspaces/other"),
            send("GET", f"{V1}/requests?limit=1000&since={since}"),
        ]
        said.append([VARYING.sub(rb"\1", str(answer.status).encode() + answer.body) for answer in answers])
    assert [body[:3] for body in said[0][:5]] == [b"200"] * 5
    for quick, slow in zip(*said, strict=True):
        assert quick.split(b",") == slow.split(b",")


def test_plain_calls_are_answered_at_once(pair: Pair) -> None:
    """The short cut is in use: one call in a packet is answered by it, and of many in one packet the first."""
    del pair.answered[:]
    for pieces, times in (((TIME,), 1), ((TIME * 50,), 1), ((get(b"/"),), 0), ((TIME.replace(b"1.1", b"1.0"),), 0)):
        heard(pair.quick, pieces)
        assert len(pair.answered) == times
        del pair.answered[:]


def test_a_failure_is_the_same(pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A call that fails is answered and told of as uvicorn does it, once."""

    def broken(self: Desk, *_: object) -> Answer:
        raise LookupError("broken on purpose")

    monkeypatch.setattr(Desk, "perform_at_once", broken)
    got = both(pair, TIME)
    assert statuses(got) == [500]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert all(record.exc_info and record.exc_info[0] is LookupError for record in caplog.records)

"""Bodies that are too large, or never end: a 413 that the client can read, and no more is kept than is allowed."""

from __future__ import annotations

import json
import socket

import pytest
from support.desk import payment
from support.wire import FORM, NEW, REFRESH, WITHDRAWAL, Asgi, Broker

from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.web.server import LocalServer

TOO_LARGE = '{"success":false,"code":"999999","msg":"The request body is larger than 65536 bytes.","retry":false}'
PIECES = [b"x" * 65_536] * 100


def test_a_body_that_is_announced_too_large_is_not_read(send: Asgi) -> None:
    """Content-Length beyond the cap is a 413 before the first byte; the connection ends with it."""
    answer = send.raw("POST", REFRESH.encode(), [(b"content-length", b"65537")], PIECES)
    assert (answer.status, answer.text, send.read) == (413, TOO_LARGE, 0)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("path", [REFRESH, "/nothing", "/_sim/v1/authorizations", "/oauth"])
def test_what_is_left_is_thrown_away_only_for_a_while(send: Asgi, path: str) -> None:
    """After the answer sixteen megabytes are taken, so that a client in the middle of sending can read it."""
    pieces = [b"x" * 1_048_576] * 40
    answer = send.raw("POST", path.encode(), [(b"content-length", b"41943040")], pieces)
    assert (answer.status, send.read, send.taken) == (413, 0, 16)


def test_a_body_that_grows_too_large_is_not_read_to_its_end(send: Asgi) -> None:
    """In chunks the cap is noticed when it is passed: one piece more, whatever is still to come."""
    answer = send.raw("POST", REFRESH.encode(), [(b"transfer-encoding", b"chunked")], PIECES)
    assert (answer.status, answer.text) == (413, TOO_LARGE)
    assert send.read == MAXIMUM_BODY // 65_536 + 1


@pytest.mark.parametrize("announced", [b"-1", b"x", b"", b"\xb2", b"1e9", b" 5"])
def test_a_length_that_is_no_number_is_not_believed(send: Asgi, announced: bytes) -> None:
    """What arrives is counted."""
    assert send.raw("POST", REFRESH.encode(), [(b"content-length", announced)], PIECES).status == 413


def test_the_largest_body_is_read(broker: Broker) -> None:
    """Exactly at the cap a body is judged like any other; one byte more is not."""
    most = json.dumps(payment(remark="x")).encode().ljust(MAXIMUM_BODY)
    key = broker.key("frank")
    assert broker.signed(key, "POST", WITHDRAWAL, most).json()["code"] == "200000"
    more = broker.signed(key, "POST", WITHDRAWAL, most + b" ")
    assert (more.status, more.text) == (413, '{"code":"999999","msg":"The request body is larger than 65536 bytes."}')


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/timestamp", WITHDRAWAL, NEW])
def test_too_large_is_too_large_everywhere(broker: Broker, path: str) -> None:
    """Also where no body is wanted; the entry tells of it."""
    answer = broker.send("POST", path, b"x" * (MAXIMUM_BODY + 1))
    assert answer.status == 413
    assert answer.json()["msg"] == "The request body is larger than 65536 bytes."
    assert broker.entry(answer)["outcome"] == "BODY_TOO_LARGE"


def _talk(server: LocalServer, *pieces: bytes) -> bytes:
    """What a raw connection gets until it is closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        got = b""
        while more := connection.recv(65_536):
            got += more
        return got


def test_a_huge_length_is_answered_on_the_wire_at_once(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten gigabytes are refused before one byte of them is sent, and a client that stays silent is left."""
    monkeypatch.setattr("simulator.web.wire.reading.LINGER_SECONDS", 0.05)
    head = b"POST /_oauth/refresh-token HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n"
    got = _talk(server, head)
    assert got.startswith(b"HTTP/1.1 413 ")
    assert got.endswith(TOO_LARGE.encode())


@pytest.mark.parametrize("path", [REFRESH, "/_sim/v1/authorizations", "/oauth"])
def test_a_client_that_sends_before_it_reads_gets_the_answer(online: Broker, path: str) -> None:
    """Eight megabytes are on their way when the answer comes: the client sees a 413 and no broken connection."""
    assert online.send("POST", path, b"x" * 8_000_000, FORM).status == 413


def test_endless_chunks_are_answered_on_the_wire(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body without a length is refused once it has passed the cap."""
    monkeypatch.setattr("simulator.web.wire.reading.LINGER_SECONDS", 0.05)
    head = b"POST /_oauth/refresh-token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    got = _talk(server, head, b"100001\r\n" + b"x" * 0x100001 + b"\r\n")
    assert got.startswith(b"HTTP/1.1 413 ")
    assert got.endswith(TOO_LARGE.encode())


def test_nothing_is_waited_for_when_all_has_come(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is too large but complete is answered and its connection closed, however patient the server is."""
    monkeypatch.setattr("simulator.web.wire.reading.LINGER_SECONDS", 3600)
    head = b"POST /_oauth/refresh-token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    got = _talk(server, head, b"100001\r\n" + b"x" * 0x100001 + b"\r\n0\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 413 ")


def test_a_client_that_leaves_in_the_middle_does_no_harm(server: LocalServer, online: Broker) -> None:
    """A body that never ends is forgotten with its connection: no entry, and the next call is answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"POST /_oauth/refresh-token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    first = online.send("GET", "/api/v1/timestamp")
    second = online.send("GET", "/api/v1/timestamp")
    numbers = [int(answer.headers["x-sim-entry"].partition("/")[2]) for answer in (first, second)]
    assert numbers[1] == numbers[0] + 1

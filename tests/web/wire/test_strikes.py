"""Faults byte by byte on a real socket: what arrives, and how the connection ends."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import pytest
from support.desk import query
from support.faulty_server import COIN, TIME, Line, length, names, post, read_answer, split

from simulator.scenario.staging.faults import Fault, Response
from simulator.web.wire.damage import GARBAGE

NO_COIN: Final = COIN.replace(b"BTC", b"DOGE")
LOGIN: Final = post(f"/oauth?{query()}", b"step=login&identity=alice")
CONSENT: Final = post(
    f"/oauth?{query()}",
    urlencode({"step": "consent", "identity": "alice", "decision": "approve", "grant": "API_SPOT"}).encode(),
)


@pytest.mark.parametrize("at", ["before", "after_commit"])
@pytest.mark.parametrize(
    ("network", "got", "end"), [("reset", b"", "RST"), ("empty", b"", "FIN"), ("garbage", GARBAGE, "FIN")]
)
def test_before_the_first_byte(line: Line, network: Any, got: bytes, end: str, at: Any) -> None:
    """`reset` is a RST and `empty` a FIN without a byte; `garbage` is no HTTP, then FIN."""
    line.stage(Fault("get_currency", at=at, network=network))
    assert line.talk(COIN) == (got, end)
    assert line.alive()


def test_garbage_is_nothing(line: Line) -> None:
    """No client can take it for HTTP or for text."""
    assert not GARBAGE.startswith(b"HTTP")
    with pytest.raises(UnicodeDecodeError):
        GARBAGE.decode()


@pytest.mark.parametrize("sent", [COIN, NO_COIN, LOGIN], ids=["accepted", "refused", "page"])
@pytest.mark.parametrize(
    ("network", "end"), [("truncate", "FIN"), ("reset", "RST"), ("garbage", "FIN"), ("wrong_length", "FIN")]
)
def test_in_the_middle(line: Line, sent: bytes, network: Any, end: str) -> None:
    """The head of the whole answer and half of its body arrive; then the strike, whatever came of the call."""
    head, body = line.ask(sent)
    half = len(body) // 2
    line.stage(*(Fault(each, at="mid_body", network=network) for each in ("get_currency", "log_in")))
    got, ended = line.talk(sent)
    struck_head, struck_body = split(got)
    assert (names(struck_head), ended) == (names(head), end)
    assert length(struck_head) == (half if network == "wrong_length" else len(body))
    rest = {"garbage": (GARBAGE * len(body))[: len(body) - half], "wrong_length": body[half:]}
    assert struck_body == body[:half] + rest.get(network, b"")


@pytest.mark.parametrize(("at", "missing"), [("before", 1), ("after_commit", 0)])
def test_a_spoilt_answer(line: Line, at: Any, missing: int) -> None:
    """`truncate`, `wrong_length` and `drip` at other moments; an answer to what never happened is never whole."""
    _, body = line.ask()
    half = len(body) // 2
    for network, announced, arrives in (
        ("truncate", len(body), body[:half]),
        ("wrong_length", half, body[: len(body) - missing]),
    ):
        line.stage(Fault("get_currency", at=at, network=network))  # type: ignore[arg-type]  # words of `Network`
        got, end = line.talk(COIN)
        head, struck_body = split(got)
        assert (length(head), struck_body, end) == (announced, arrives, "FIN")


def test_a_drip_of_nothing_ends_one_byte_early(line: Line) -> None:
    """`before`, all but the last byte of a dry run's answer drips, then FIN."""
    _, body = line.ask()
    line.stage(Fault("get_currency", network="drip", delay=40))
    got, end = line.talk(COIN)
    assert (split(got)[1], end) == (body[:-1], "FIN")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("get_currency", at="after_commit", network="drip", delay=40),
        Fault("get_currency", at="mid_body", network="drip", delay=40),
        Fault("get_currency", at="mid_body", delay=40),
    ],
    ids=lambda fault: f"{fault.network} {fault.at}",
)
def test_what_is_only_slow_arrives(line: Line, fault: Fault) -> None:
    """After a drip and after a pause in the middle the answer is whole and the connection as good as ever."""
    _, body = line.ask()
    line.stage(fault)
    with line.connect() as connection:
        for _ in range(2):
            connection.sendall(COIN)
            assert read_answer(connection)[1] == body
        connection.sendall(TIME)
        assert read_answer(connection)[1].startswith(b'{"code":"200000"')


def test_a_refusal_can_be_slow(line: Line) -> None:
    """`mid_body` strikes whatever came of the call."""
    _, body = line.ask(NO_COIN)
    line.stage(Fault("get_currency", at="mid_body", delay=1))
    assert line.ask(NO_COIN)[1] == body


@pytest.mark.parametrize("network", ["reset", "empty", "truncate", "garbage", "wrong_length", "drip"])
@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_redirect_has_no_half(line: Line, network: Any, at: Any) -> None:
    """A consent whose answer is struck brings no code, whether one exists or not: nothing of the head gets out."""
    if (network, at) == ("drip", "after_commit"):
        line.stage(Fault("authorize", at=at, network=network, delay=1))
        assert line.ask(CONSENT)[0][0] == b"HTTP/1.1 303 See Other"
    else:
        line.stage(Fault("authorize", at=at, network=network, delay=1 if network == "drip" else 0))
        got, end = line.talk(CONSENT)
        assert (got, end) == (GARBAGE if network == "garbage" else b"", "RST" if network == "reset" else "FIN")
    assert len(line.server.exchange.world.codes) == (at == "after_commit")


def test_a_response_of_the_scenarios_own(line: Line) -> None:
    """`respond` has one content type and one length, and leads to its entry."""
    line.stage(Fault("get_currency", respond=Response(502, (("CONTENT-TYPE", "text/html"), ("Via", "1.1 x")), "<h1>")))
    head, body = line.ask()
    assert body == b"<h1>"
    known = (b"date", b"content-type", b"content-length", b"via", b"x-sim-entry")
    assert names(head) == [b"HTTP/1.1 502 Bad Gateway", *known]
    assert {b"content-type: text/html", b"content-length: 4", b"via: 1.1 x"} < set(head)


def test_who_gets_no_answer_has_an_entry_without_status(line: Line) -> None:
    """Status 0 in the journal is no answer; the outcome is what happened."""
    line.stage(*(Fault("get_currency", times=1, at=at, network="empty") for at in ("before", "after_commit")))
    line.talk(COIN)
    line.talk(COIN)
    entries = line.broker.send("GET", "/_sim/v1/requests?limit=2").json()["requests"]
    assert [(entry["status"], entry["outcome"]) for entry in entries] == [(0, "OK"), (0, "NOT_PERFORMED")]

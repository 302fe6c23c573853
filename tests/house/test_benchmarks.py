"""The benchmarks run. What they measure is not looked at here: a test has no stopwatch."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import closing

import first_test
import hostile
import piles
import pytest
import races
import readiness
import report_cost
from attacks import ATTACKS
from growth import measure
from load import drive, request
from soak import Broker, cost, soak
from support.wire import DEMO

from simulator.web.server import LocalServer


@pytest.fixture(autouse=True)
def no_collections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collections would go through all that pytest keeps, and `unfreeze` would have every later one do so."""
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(gc, name, lambda *_: 0)


def test_growth() -> None:
    """Each operation is measured in process, on a world of the size that was asked for."""
    measured = measure(users=12, times=3)
    routes = [f"route: {name}" for name in ("default alone", "API key", "bearer", "client_id", "nothing")]
    operations = ["refresh", "withdrawal", "fork", "reset", "workspace", "workspace reset"]
    assert list(measured) == [*operations, *routes]
    assert all(0 < median <= slow for median, slow in measured.values())


def test_races() -> None:
    """All orders of so many calls are walked, and the time is taken."""
    seconds, race = races.measure(3)
    assert (seconds > 0, race.orders, len(race.outcomes)) == (True, 6, 3)


def test_piles() -> None:
    """Each call is measured beside few and beside many things of one user."""
    measured = piles.measure(many=6, times=2, few=3)
    assert {pile for pile, _ in measured} == {*piles.calls(piles.Owner())}
    assert all(len(spent) == 2 and min(spent) > 0 for spent in measured.values())


def test_readiness(capsys: pytest.CaptureFixture[str]) -> None:
    """An assessment is measured for each kind of day, on a journal of the size that was asked for."""
    readiness.main(200)
    head, *rows = capsys.readouterr().out.splitlines()
    assert "200 entries" in head
    assert [row[:44].strip() for row in rows] == [*readiness.DAYS]


@pytest.mark.parametrize("connections", [1, 16])
def test_load(connections: int) -> None:
    """The load generator sends as many requests as it was told, hears every answer, and stops."""
    heard: list[bytes] = []
    sent = request("GET", "/api/v1/timestamp")
    with LocalServer() as server:
        measured = drive(server.port, connections, 50, lambda number: sent, lambda number, body: heard.append(body))
    assert len(heard) == 50
    assert all(body.startswith(b'{"code":"200000"') for body in heard)
    assert measured.per_second > 0


def test_a_refusal_ends_a_run() -> None:
    """A benchmark of refusals would look fast: anything but a success is an error."""
    sent = request("GET", "/api/v1/accounts")
    with LocalServer() as server, pytest.raises(RuntimeError, match="400001"):
        drive(server.port, 1, 1, lambda number: sent, lambda number, body: None)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_soak() -> None:
    """Mixed requests of every kind are sent and counted, and the memory is looked at after each tenth of them."""
    with LocalServer() as server, closing(Broker(server.port)) as broker:
        rows = list(soak(broker, os.getpid(), 100))
        assert [sent // 10 for sent, _, _ in rows] == [*range(1, 11)]
        assert all(memory > 10_000_000 for _, memory, _ in rows)
        world = server.exchange.world
        made = {
            "withdrawals": len(world.withdrawals),
            "keys": len(world.api_keys) - len(DEMO.api_keys),
            "authorizations": len(world.consents),
        }
        assert broker.made == {**made, "users": 1}
        assert {each.outcome.word for each in server.app.desk.journal.newest(100)} >= REFUSED
        assert cost(os.getpid(), broker.refresh, 3) >= 0
        assert len(world.consents) == len(server.exchange.world.consents)


REFUSED = {"OK", "UNKNOWN_PATH", "SIGNATURE_INVALID", "CODE_USED", "REFRESH_TOKEN_SUPERSEDED"}
"""What the mixture comes to."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_hostile() -> None:
    """Honest brokers are measured beside attackers in a process of their own, and each attack tells what it got."""
    names = ["offer", "garbage", "foreign page"]
    with LocalServer() as server:
        attacks, alone, beside = hostile.soak(os.getpid(), server.port, 1.5, names)
        assert server.exchange.world.consents  # nobody's body has reset it
    assert list(attacks) == names
    assert all(got["made"] for got in attacks.values())
    assert alone.times
    assert beside.times
    assert alone.errors == beside.errors == []


def test_report_cost() -> None:
    """The report is made on as many calls as were asked for, and a little more if the last kind is several calls."""
    cost = report_cost.measure(40)
    assert 40 <= cost.calls < 60
    assert cost.seconds > 0


def test_attacks_are_a_table() -> None:
    """Each attack has a name of its own, and comes often enough to be there in a minute."""
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert all(0 < attack.every <= 10 for attack in ATTACKS)


@pytest.mark.parametrize("name", first_test.LANGUAGES)
def test_the_first_test_is_short(name: str) -> None:
    """Three lines are written for the first test, and the code that it tests has KuCoin's host as a constant."""
    language = first_test.LANGUAGES[name]
    assert first_test.lines_of(language) <= first_test.LIMIT_LINES == 3
    assert "https://api.kucoin.com" in language.own_code
    assert max(map(len, language.test.splitlines())) < 100

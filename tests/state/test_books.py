"""Figures of an imported state that follow from others: one that disagrees is told, with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace
from rpds import HashTrieMap
from support.deposits_and_transfers import arrive, slow
from support.desk import Desk, payment

from simulator.core.choices import After
from simulator.core.spec import MINUTE
from simulator.core.world import Account, Line, Pot, Wallet, World
from simulator.state import totals
from simulator.state.consistency import problems
from simulator.state.decoding import WrongError, imported
from simulator.state.encoding import exported, opened

ONE = Decimal(1)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Frank has one withdrawal that is paid and one that waits; both were made with a key of a consent."""
    desk = Desk(settlement=After(MINUTE))
    key = desk.key("frank")
    desk.pay(key, payment())
    desk.advance(MINUTE)
    desk.pay(key, payment(amount="7"))
    return desk


def _account(world: World, **changes: Any) -> World:
    wallet = world.wallet("frank")
    return world.put(wallet.having(replace(wallet.account("USDT"), **changes)))


def _withdrawal(world: World, **changes: Any) -> World:
    return world.put(replace(world.withdrawals[world.unsettled.head], **changes))


def _without_account(world: World) -> World:
    others = [each for each in world.wallet("frank").accounts if each.currency != "USDT"]
    return world.put(Wallet("frank", tuple(others)))


def _twice(world: World) -> World:
    wallet = world.wallet("frank")
    return world.put(Wallet("frank", (*wallet.accounts, wallet.accounts[-1])))


def _pot(world: World, name: str, currency: str = "USDT") -> World:
    pot = world.pot(currency)
    return world.put(replace(pot, **{name: getattr(pot, name) + ONE}))


def _renumbered(world: World) -> World:
    [key] = [each for each in world.api_keys.values() if each.user == "frank"]
    return world.put(replace(key, uid=1))


WRONG: dict[str, tuple[Callable[[World], World], str]] = {
    "more is held": (lambda world: _account(world, holds=world.wallet("frank").account("USDT").holds + ONE), ".holds"),
    "less is held": (lambda world: _account(world, holds=Decimal(0)), ".holds"),
    "held in trade": (
        lambda world: world.put(world.wallet("frank").having(Account("USDT", "trade", ONE, ONE))),
        ".holds",
    ),
    "held for nobody": (
        lambda world: world.put(world.wallet("bob").having(Account("USDT", "main", ONE, ONE))),
        "wallets[bob]",
    ),
    "no account": (_without_account, "wallets[frank].accounts"),
    "less than is held": (lambda world: _account(world, balance=ONE), ".balance"),
    "an account twice": (_twice, "wallets[frank].accounts"),
    "another debit": (lambda world: _withdrawal(world, payout=ONE), ".debit"),
    "more fees": (lambda world: _pot(world, "network_fee"), "pots[USDT].network_fee"),
    "fees of nothing": (lambda world: _pot(world, "service_fee", "BTC"), "pots[BTC].service_fee"),
    "nobody in line": (lambda world: replace(world, unsettled=Line()), "withdrawals["),
    "another's uid": (_renumbered, ".uid"),
    "an earlier step": (lambda world: replace(world, step=1), ".step"),
}


def test_what_happened_adds_up(desk: Desk) -> None:
    """A world that commands have led to has nothing wrong."""
    assert list(problems(desk.exchange.state())) == []


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_add_up_is_told(desk: Desk, wrong: str) -> None:
    """One figure that is not what the others make of it is a problem at its place."""
    change, place = WRONG[wrong]
    state = replace(desk.exchange.state(), world=change(desk.world))
    places = [where for where, _ in problems(state)]
    assert places
    assert all(place in where for where in places), places


def test_many_things_of_one_user_come_back() -> None:
    """A row, a line and a table of many things are written one by one, and read as they were."""
    desk = Desk()
    slow(desk)
    for _ in range(120):
        desk.perform(arrive(seen=0))
    state = desk.exchange.state()
    data = json.loads(b"".join(exported(state)))["state"]
    assert imported(data, state.world.origins).world == replace(state.world, touched=None)
    assert imported(opened(Raw(json.dumps(data).encode())), state.world.origins).world == replace(
        state.world, touched=None
    )


@pytest.mark.parametrize(
    "text", [b"[]", b"1", b'{"world": 1}', b'{"world": {"users": 1}}', b'{"world": {"users": [{"a": 1}]}}']
)
def test_what_is_no_state_is_refused_however_it_is_opened(text: bytes) -> None:
    """JSON that is opened row by row is judged as JSON that is opened at once."""
    told = []
    for data in (opened(Raw(text)), json.loads(text)):
        with pytest.raises(WrongError) as caught:
            imported(data, ())
        told.append((caught.value.path, caught.value.detail))
    assert told[0] == told[1]


def test_a_pot_that_is_gone_is_missed(desk: Desk) -> None:
    """Fees that were paid and lie nowhere are a problem, too."""
    world = replace(desk.world, pots=HashTrieMap({}))
    assert any("pots[USDT].network_fee" in where for where, _ in totals.problems(world))


def test_an_empty_pot_is_none(desk: Desk) -> None:
    """A pot of a currency in which nothing was paid may stand there."""
    assert list(totals.problems(desk.world.put(Pot("BTC")))) == []

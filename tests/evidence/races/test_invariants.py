"""What must hold after every order: each invariant is seen to be broken, and none where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import IP, Desk, payment, refresh_body
from support.raced import raced
from support.spot_world import SpotDesk

from simulator.core.choices import After
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import TokensIssued
from simulator.core.world import Account, World
from simulator.evidence.races import invariants, walk
from simulator.evidence.races.calls import RacedCall
from simulator.evidence.races.invariants import broken

WALLET, PAYMENT = frozenset({("wallets", "frank")}), "withdrawals"


def richer(world: World) -> World:
    account = world.wallet("frank").account("USDT")
    return world.put(world.wallet("frank").having(replace(account, balance=account.balance + 1)))


def holding(world: World) -> World:
    account = world.wallet("frank").account("USDT")
    return world.put(world.wallet("frank").having(replace(account, holds=account.holds + 1)))


def overdrawn(world: World) -> World:
    return world.put(world.wallet("frank").having(Account("BTC", "main", Decimal(1), Decimal(2))))


@pytest.mark.parametrize(
    ("change", "expected"),
    [(richer, {invariants.MONEY}), (holding, {invariants.HOLDS}),
     (overdrawn, {invariants.MONEY, invariants.HOLDS, invariants.COVERED})],
)  # fmt: skip
def test_money_that_does_not_add_up(change: Callable[[World], World], expected: set[str]) -> None:
    """Money out of nothing, a hold for no withdrawal, and an account that holds more than it has are found."""
    base = Desk().world
    assert {item.invariant for item in broken(base, change(base), WALLET, [])} == expected
    assert [*broken(base, base, WALLET, [])] == []


def test_keys_that_are_not_counted() -> None:
    """A key without a name on its ring is found, and so is one more key than the limit allows."""
    desk = Desk()
    desk.key("alice")
    base = desk.world
    [key] = base.api_keys.values()
    places = frozenset({("api_keys", key.key)})
    assert [item.invariant for item in broken(base, base.drop(key), places, [])] == [invariants.KEYS]
    limited = base.put(choices=replace(base.choices, api_key_limit=0))
    assert [item.detail for item in broken(Desk().world, limited, places, [])] == [
        "alice has 1 keys, and the limit is 0"
    ]


def test_a_pair_too_many() -> None:
    """Two pairs that were given out although the consent knows of one."""
    desk = Desk()
    base = desk.world
    pair = desk.pair()
    places = frozenset(("consents", name) for name in desk.world.consents)
    assert [*broken(base, desk.world, places, [(None, pair)])] == []
    assert [item.invariant for item in broken(base, desk.world, places, [(None, pair)] * 2)] == [invariants.PAIR]


def test_a_broken_order_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that gives a second pair without a new generation is told by every order in which it does."""
    desk = Desk()
    token = desk.pair().refresh_token
    lineup = raced(desk, [RefreshTokens(refresh_body(token), IP), RefreshTokens(refresh_body("none"), IP)])
    perform = walk.performed

    def careless(world: World, call: RacedCall) -> object:
        after, result = perform(world, call)
        return (world, result) if isinstance(result, TokensIssued) else (after, result)

    monkeypatch.setattr(walk, "performed", careless)
    found = walk.race(lineup)
    assert {item.invariant for outcome in found.outcomes for item in outcome.broken} == {invariants.PAIR}


def test_a_withdrawal_under_way_is_held() -> None:
    """Payments that wait for their time hold what they take: nothing is broken in any order."""
    desk = Desk(settlement=After(600_000))
    key = desk.key("frank")
    lineup = raced(desk, [desk.withdrawal(key, payment(amount=amount)) for amount in ("100", "200", "60000")])
    assert [outcome.broken for outcome in walk.race(lineup).outcomes] == [()]


def test_an_active_order_is_held() -> None:
    """Orders that rest hold what they would pay, and a filled one nothing: nothing is broken in any order."""
    desk = SpotDesk()
    orders = [desk.order(price="50000"), desk.order(side="sell", price="70000"), desk.order(price="61000")]
    found = walk.race(raced(desk, orders))
    assert desk.world.wallet("alice").account("USDT", "trade").holds > 0
    assert [outcome.broken for outcome in found.outcomes] == [()] * len(found.outcomes)


def test_an_order_that_holds_too_little() -> None:
    """An order that says that it holds more than its account does is found."""
    desk = SpotDesk()
    base = desk.world
    desk.exchange.perform(desk.order())
    [order] = desk.world.orders.values()
    places = frozenset({("orders", order.id), ("wallets", "alice")})
    assert [*broken(base, desk.world, places, [])] == []
    more = desk.world.put(replace(order, held=order.held + 1))
    assert [item.detail for item in broken(base, more, places, [])] == [
        "-1 USDT of alice are held for no withdrawal and no order"
    ]

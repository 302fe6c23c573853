"""Which orders a plan is about: every field alone, as it is and as it is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from msgspec.structs import replace
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.trading.plans import FIELDS, matches, plan_of
from simulator.core.world import OrderPlan, OrderTerms, OrderType, Side, World
from simulator.core.world.order_terms import Stp, TimeInForce

TERMS: Final = OrderTerms(
    symbol=BTC_USDT.symbol,
    side=Side.BUY,
    type=OrderType.LIMIT,
    price=Decimal("50000.0"),
    size=Decimal("0.001"),
    time_in_force=TimeInForce.GTT,
    cancel_after=5,
    post_only=True,
    iceberg=True,
    visible_size=Decimal("0.0005"),
    stp=Stp.CB,
    remark="first",
    tags="a,b",
)


@pytest.mark.parametrize(
    ("plan", "other"),
    [
        ({"user": "alice"}, {"user": "bob"}),
        ({"symbol": "BTC-USDT"}, {"symbol": "ETH-USDT"}),
        ({"side": Side.BUY}, {"side": Side.SELL}),
        ({"type": OrderType.LIMIT}, {"type": OrderType.MARKET}),
        ({"client_oid": "oid-1"}, {"client_oid": "oid-2"}),
        ({"client_oid": "oid-*"}, {"client_oid": "oid"}),
        ({"client_oid": "oid-?"}, {"client_oid": "oid-??"}),
    ],
)
def test_a_field_of_a_plan(plan: dict[str, Any], other: dict[str, Any]) -> None:
    """A plan is about the orders that have its fields, and about no order that lacks one of them."""
    assert matches(OrderPlan(), "alice", TERMS, "")
    assert matches(OrderPlan(**plan), "alice", TERMS, "oid-1")
    assert not matches(OrderPlan(**other), "alice", TERMS, "oid-1")
    both = OrderPlan(**{"user": "alice", "symbol": "BTC-USDT", "client_oid": "oid-1", **other})
    assert not matches(both, "alice", TERMS, "oid-1")


FURTHER: Final = {
    "price": (("50000", "50000.0", "5e4"), ("50000.1", "", "x")),
    "size": (("0.001", "1e-3"), ("0.002", "")),
    "funds": (("",), ("0", "None")),
    "timeInForce": (("GTT",), ("GTC", "gtt", "TimeInForce.GTT")),
    "cancelAfter": (("5",), ("6", "05", "")),
    "postOnly": (("true",), ("false", "True", "1", "")),
    "hidden": (("false",), ("true", "False", "0", "")),
    "iceberg": (("true",), ("false",)),
    "visibleSize": (("0.0005", "0.00050"), ("0.001",)),
    "stp": (("CB",), ("CN", "", "Stp.CB")),
    "remark": (("first",), ("First", "firs", "")),
    "tags": (("a,b",), ("a", "b,a")),
}
"""Name of KuCoin's -> what says the same as the order, and what does not."""


@pytest.mark.parametrize("name", FURTHER)
def test_a_further_field(name: str) -> None:
    """Numbers are compared by their value, and everything else as it is sent; an absent field is an empty text."""
    same, other = FURTHER[name]
    assert [text for text in same if not matches(OrderPlan(match=((name, text),)), "", TERMS, "")] == []
    assert [text for text in other if matches(OrderPlan(match=((name, text),)), "", TERMS, "")] == []
    first = ("remark", "first")
    assert not matches(OrderPlan(match=(first, (name, other[0]))), "", TERMS, "")
    assert not matches(OrderPlan(match=((name, other[0]), first)), "", TERMS, "")


def test_every_further_field() -> None:
    """A plan can be about each field of an order's request that is not one of its own keys."""
    assert set(FIELDS) == set(FURTHER)


@pytest.mark.parametrize(
    ("pattern", "client_oid", "like"),
    [("a[b]", "a[b]", True), ("a[b]", "ab", False), ("A", "a", False), ("*", "", True), ("a*c", "abbc", True)],
)
def test_a_pattern(pattern: str, client_oid: str, *, like: bool) -> None:
    """In a clientOid only `*` and `?` are special, and capitals count."""
    assert matches(OrderPlan(client_oid=pattern), "", TERMS, client_oid) is like


def test_the_first_plan_that_matches() -> None:
    """Plans are asked in their order; an order that none is about has none."""
    sells, all_of_alice, everything = OrderPlan(side=Side.SELL), OrderPlan(user="alice"), OrderPlan(stale_for=1)
    world = World(order_plans=(sells, all_of_alice, everything))
    assert plan_of(world, "alice", TERMS, "") is all_of_alice
    assert plan_of(world, "bob", TERMS, "") is everything
    assert plan_of(world, "alice", replace(TERMS, side=Side.SELL), "") is sells
    assert plan_of(replace(world, order_plans=(sells,)), "alice", TERMS, "") is None
    assert SpotDesk(sells).placed().plan is None

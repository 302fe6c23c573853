"""The rows of the table of SDKs that are about orders, fills, fees and what orders hold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from support.sdks.checks import Check, Desk
from support.sdks.values import Filled, Money, Ordered


def funded(desk: Desk) -> None:
    """Alice has 10,000 USDT and 2 BTC to trade with."""
    desk.steers("PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}})


def bought(desk: Desk) -> None:
    """An order that rests."""
    desk.sdk.place("buy", "50000", "0.01", "one")


def sold(desk: Desk) -> None:
    """Another one, on the other side."""
    desk.sdk.place("sell", "65000.5", "0.02", "two")


def filled_in_part(desk: Desk) -> None:
    desk.steers("POST", "/orders/one/fill", {"size": "40%"})


def filled_better(desk: Desk) -> None:
    """The rest is filled at a better price."""
    desk.steers("POST", "/orders/one/fill", {"price": "49990"})


def canceled(desk: Desk) -> None:
    desk.steers("POST", "/orders/one/cancel", {})


def promoted(desk: Desk) -> None:
    desk.steers("PATCH", "/users/alice", {"level": 1})


def without_ids(sdk: Any) -> list[Filled]:
    """The fills, each of an order of this SDK, from the smallest to the biggest."""
    fills = sdk.fills()
    assert all(len(fill.order_id) == 24 for fill in fills)
    return sorted((fill._replace(order_id="") for fill in fills), key=lambda fill: fill.size)


def taken(sdk: Any) -> Ordered:
    """A market buy of 0.01."""
    assert len(sdk.take("buy", "0.01", "market")) == 24
    found: Ordered = sdk.order_by_oid("market")
    return found._replace(price=Decimal(0))  # ccxt works the average out


def spent(sdk: Any) -> tuple[Decimal, Decimal, Decimal]:
    """A market buy for 100 USDT: the size, the funds and the fee."""
    assert len(sdk.spend("100", "funds")) == 24
    [fill] = sdk.fills()
    return fill.size, fill.funds, fill.fee


def checked(sdk: Any) -> list[Ordered]:
    """The orders that are there after one that was checked only."""
    assert len(sdk.place_test("buy", "50000", "0.01", "test")) == 24
    found: list[Ordered] = sdk.open_orders() + sdk.closed_orders()
    return found


def several(sdk: Any) -> tuple[list[bool], list[str]]:
    """Which of three orders have an id, and the clientOids of those that are there."""
    asked = [("buy", "50000", "0.01", "a"), ("buy", "50000", "0.0000001", "b"), ("sell", "65000", "0.01", "c")]
    return [bool(made) for made in sdk.place_many(asked)], sorted(each.client_oid for each in sdk.open_orders())


def sized(sdk: Any) -> list[Ordered]:
    """Open orders, by clientOid."""
    return sorted(sdk.open_orders())


ONE: Final = Ordered.of("one", "buy", "50000", "0.01", "0", "0", "0", status="open")
TWO: Final = Ordered.of("two", "sell", "65000.5", "0.02", "0", "0", "0", status="open")
PART: Final = Ordered.of("one", "buy", "50000", "0.01", "0.004", "200", "0.2", status="open")
WHOLE: Final = Ordered.of("one", "buy", "50000", "0.01", "0.01", "499.94", "0.49994", status="closed")
TAKEN: Final = Ordered.of("market", "buy", "0", "0.01", "0.01", "600.001", "0.600001", status="closed")
RESTING: Final[tuple[Callable[[Desk], object], ...]] = (funded, bought)
FILLS: Final = [
    Filled.of("", "buy", "50000", "0.004", "200", "0.2", liquidity="maker"),
    Filled.of("", "buy", "49990", "0.006", "299.94", "0.29994", liquidity="maker"),
]
ORDER_CHECKS: Final = (
    Check("order_by_oid", lambda sdk: sdk.order_by_oid("one"), ONE, RESTING),
    Check("order_by_oid", lambda sdk: sdk.order_by_oid("one"), PART, (*RESTING, filled_in_part)),
    Check("order_by_oid", lambda sdk: sdk.order_by_oid("one"), WHOLE, (*RESTING, filled_in_part, filled_better)),
    Check(
        "order_by_oid",
        lambda sdk: sdk.order_by_oid("one"),
        PART._replace(status="canceled"),
        (*RESTING, filled_in_part, canceled),
    ),
    Check("open_orders", sized, [ONE, TWO], (*RESTING, sold)),
    Check("open_orders", sized, [PART, TWO], (*RESTING, sold, filled_in_part)),
    Check("closed_orders", lambda sdk: sdk.closed_orders(), [], RESTING),
    Check("closed_orders", lambda sdk: sdk.closed_orders(), [WHOLE], (*RESTING, sold, filled_in_part, filled_better)),
    Check(
        "closed_orders", lambda sdk: sdk.closed_orders(), [ONE._replace(status="canceled")], (*RESTING, sold, canceled)
    ),
    Check("fills", without_ids, FILLS, (*RESTING, filled_in_part, filled_better)),
    Check("take", taken, TAKEN, (funded,)),
    Check("spend", spent, (Decimal("0.00166666"), Decimal("99.999766666"), Decimal("0.099999766666")), (funded,)),
    Check("place_test", checked, [], (funded,)),
    Check("place_sync", lambda sdk: sdk.place_sync("buy", "50000", "0.01", "sync")[1], Decimal(0), (funded,)),
    Check("place_sync", lambda sdk: sdk.place_sync("buy", "61000", "0.01", "sync")[1], Decimal("0.01"), (funded,)),
    Check("place_many", several, ([True, False, True], ["a", "c"]), (funded,)),
    Check(
        "balance",
        lambda sdk: sdk.balance("USDT", "trade"),
        Money(Decimal(10_000), Decimal("9499.5"), Decimal("500.5")),
        RESTING,
    ),
    Check(
        "balance",
        lambda sdk: sdk.balance("USDT", "trade"),
        Money(*map(Decimal, ("9799.8", "9499.5", "300.3"))),
        (*RESTING, filled_in_part),
    ),
    Check(
        "balance",
        lambda sdk: sdk.balance("BTC", "trade"),
        Money(*map(Decimal, ("2.01", "1.99", "0.02"))),
        (*RESTING, sold, filled_in_part, filled_better),
    ),
    Check(
        "trading_ledger",
        lambda sdk: sorted(sdk.trading_ledger("USDT")),
        [("in", Decimal(10_000)), ("out", Decimal("200.2")), ("out", Decimal("300.23994"))],
        (*RESTING, filled_in_part, filled_better),
    ),
    Check("base_rates", lambda sdk: sdk.base_rates(), (Decimal("0.001"), Decimal("0.0009")), (promoted,)),
    Check("rates", lambda sdk: sdk.rates("BTC-USDT"), (Decimal("0.001"), Decimal("0.0009")), (promoted,)),
)
"""Reads of orders, each after what `before` does; some place an order first."""

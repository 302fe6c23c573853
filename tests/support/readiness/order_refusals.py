"""Runs about orders that are refused."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Any, Final

from support.readiness.bench import Bench
from support.readiness.case import Case, broken, handled, refused, undecided
from support.readiness.connecting import both
from support.readiness.ordering import FUNDED, active, batch, cancel, fund, last_placed, order, ordered, placed
from support.spot_world import ADD

IN_MAIN: Final = "given: {users: {frank: {balances: {USDT: '1000'}}}}"


def symbol(of: str) -> str:
    """A scenario in which BTC-USDT is so."""
    return f"given: {{users: {{frank: {{trade: {{USDT: '1000'}}}}}}, symbols: {{BTC-USDT: {of}}}}}"


def turned_away(bench: Bench) -> None:
    bench.key("frank")
    bench.fault("add_order", refuse="RATE_LIMITED")
    order(bench, clientOid="one")


def alter(bench: Bench, price: str) -> None:
    """Have the order at another price; it is placed first."""
    if not bench.withdrawal:
        bench.withdrawal = placed(bench)
    bench.signed("POST", f"{ADD}/alter", {"symbol": "BTC-USDT", "orderId": bench.withdrawal, "newPrice": price})


def knock(bench: Bench) -> None:
    order(bench, clientOid="one")


def wait(bench: Bench) -> None:
    bench.sleep(30_000)


def narrow_key(bench: Bench) -> None:
    bench.another_key("frank", "API_COMMON")


def wide_key(bench: Bench) -> None:
    bench.another_key("frank", "API_COMMON", "API_SPOT")


def full(bench: Bench) -> None:
    """As many active orders as a symbol takes."""
    bench.key("frank")
    for _ in range(40):
        batch(bench, *[{"size": "0.0001", "price": "20000"}] * 5)


def late(bench: Bench) -> None:
    order(bench, clientTimestamp=bench.wall - 60_000, allowMaxTimeWindow=1_000)


def anew(bench: Bench) -> None:
    order(bench, clientTimestamp=bench.wall, allowMaxTimeWindow=1_000)


def never(name: str, text: str = FUNDED, /, **wrong: Any) -> list[Case]:
    """The runs of an order that is refused for what it is."""
    return refused(f"orders/{name}", ordered(**wrong), ordered(size="0.001"), text)


# fmt: off
CASES: Final[list[Case]] = [
    handled("orders/turned-away", "wait and send it again", both(turned_away, wait, knock), FUNDED),
    handled("orders/turned-away", "knock once, wait, and send it again", both(turned_away, knock, wait, knock), FUNDED),
    undecided("orders/turned-away", "stop", turned_away, FUNDED),
    broken("orders/turned-away", "knock again and again", both(turned_away, knock, knock), FUNDED),
    *never("increment", price="59000.37"),
    *never("below-minimum", size="0.00000001"),
    *never("above-maximum", symbol("{base_max_size: '0.005'}"), size="0.01"),
    *never("malformed-number", size="-1"),
    *never("price-too-far", price="670000", size="0.001"),
    *refused("orders/money-in-main", ordered(), ordered(size="0.00001", price="20000"), IN_MAIN)[:1],
    handled("orders/money-in-main", "move it and order", lambda bench: (order(bench), fund(bench, "600"), order(bench)), IN_MAIN),
    handled("orders/money-in-main", "move it beforehand", lambda bench: (fund(bench, "600"), order(bench)), IN_MAIN),
    handled("orders/money-in-main", "move the rest that is missing", lambda bench: (order(bench), fund(bench, "100"), order(bench)), "given: {users: {frank: {balances: {USDT: '100'}, trade: {USDT: '500'}}}}"),
    handled("orders/balance-short", "stop after a staged refusal", lambda bench: (bench.fault("add_order", refuse="ORDER_BALANCE_INSUFFICIENT"), order(bench)), FUNDED),
    broken("orders/increment", "alter again and again", lambda bench: [alter(bench, "58000.37") for _ in range(3)], FUNDED),
    broken("orders/money-in-main", "ask again and again", lambda bench: [order(bench) for _ in range(3)], IN_MAIN),
    *refused("orders/balance-short", ordered(size="0.9"), ordered(size="0.001"), FUNDED),
    handled("orders/balance-short", "look at the money", lambda bench: (order(bench, size="0.9"), bench.accounts()), FUNDED),
    handled("orders/without-permission", "have another key", both(narrow_key, ordered(), wide_key, ordered()), FUNDED),
    handled("orders/without-permission", "stop", both(narrow_key, ordered()), FUNDED),
    undecided("orders/without-permission", "ask again once", both(narrow_key, ordered(), ordered()), FUNDED),
    broken("orders/without-permission", "ask again and again", both(narrow_key, ordered(), ordered(), ordered()), FUNDED),
    *never("symbol-unknown", symbol="BTCUSDT"),
    *refused("orders/symbol-closed", ordered(), ordered(symbol="ETH-USDT", price="2900"), symbol("{enabled: false}")),
    handled("orders/too-many", "cancel one", lambda bench: (full(bench), order(bench), cancel(bench, last_placed(bench)), order(bench)), FUNDED),
    handled("orders/too-many", "stop", both(full, ordered()), FUNDED),
    broken("orders/too-many", "ask again and again", both(full, ordered(), ordered(), ordered()), FUNDED),
    *refused("orders/user-frozen", ordered(user="erin"), ordered(user="erin", size="0.02")),
    handled("orders/too-late", "send it anew", both(late, anew), FUNDED),
    handled("orders/too-late", "stop", both(late, active), FUNDED),
    undecided("orders/too-late", "send it once more", both(late, late), FUNDED),
    broken("orders/too-late", "send it again and again", both(late, late, late), FUNDED),
]
# fmt: on
"""What is right, what is wrong, and what is not decided."""

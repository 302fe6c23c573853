"""A broker on the bench that orders for frank, who has money in his trading account."""

from __future__ import annotations

from typing import Any, Final

from support.readiness.bench import Bench, Run
from support.spot_world import ADD
from support.wire import Answer

FUNDED: Final = "given: {users: {frank: {trade: {USDT: '1000', BTC: '1'}}}}"
QUERY: Final = "symbol=BTC-USDT"
TAKE: Final = "60000.1"
"""The ask: a purchase at this price is filled at it."""
NONE: Final = "no-such-order"


def planned(steps: str, **match: str) -> str:
    """A scenario in which a plan says what becomes of frank's purchases."""
    conditions = "".join(f", {name}: {value}" for name, value in match.items())
    return f"{FUNDED}\norders: [{{user: frank, side: buy{conditions}, {steps}}}]"


def order(bench: Bench, path: str = "", user: str = "frank", **changes: Any) -> Answer:
    """Ask for 0.01 BTC at 59000, which rests, or as it is said; `None` leaves a field out."""
    fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "59000", "size": "0.01", **changes}
    return bench.signed("POST", ADD + path, {name: value for name, value in fields.items() if value is not None}, user)


def placed(bench: Bench, **changes: Any) -> str:
    """The id of an order that is accepted."""
    answer = order(bench, **changes)
    assert answer.json()["code"] == "200000", answer
    return str(answer.json()["data"]["orderId"])


def batch(bench: Bench, *changes: dict[str, str]) -> Answer:
    """Ask for several orders at once."""
    row = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.008"}
    return bench.signed("POST", f"{ADD}/multi", {"orderList": [row | change for change in changes]})


def look(bench: Bench, name: str) -> Answer:
    """Look at an order by its id."""
    return bench.signed("GET", f"{ADD}/{name}?{QUERY}")


def look_by_oid(bench: Bench, client_oid: str) -> Answer:
    """Look at an order by its clientOid."""
    return look(bench, f"client-order/{client_oid}")


def active(bench: Bench) -> Answer:
    """Look at the orders that are active."""
    return bench.signed("GET", f"{ADD}/active?{QUERY}")


def done(bench: Bench) -> Answer:
    """Look at the orders that are over."""
    return bench.signed("GET", f"{ADD}/done?{QUERY}")


def fills(bench: Bench) -> Answer:
    """Look at the fills."""
    return bench.signed("GET", f"/api/v1/hf/fills?{QUERY}")


def cancel(bench: Bench, name: str) -> Answer:
    """Cancel an order by its id."""
    return bench.signed("DELETE", f"{ADD}/{name}?{QUERY}")


def guard(bench: Bench) -> Answer:
    """Set the switch that cancels all orders in a minute."""
    return bench.signed("POST", f"{ADD}/dead-cancel-all", {"timeout": 60})


def stop(bench: Bench) -> Answer:
    """Have 0.01 BTC bought at 62000 when the price comes to 61000."""
    fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "62000", "size": "0.01"}
    return bench.signed("POST", "/api/v1/stop-order", {**fields, "stopPrice": "61000", "clientOid": "stop"})


def price(bench: Bench, last: str) -> None:
    """The market moves."""
    bench.steer("PUT", "/prices/BTC-USDT", {"last": last})


def fund(bench: Bench, amount: str) -> Answer:
    """Move USDT from the main account to the trading account."""
    return bench.transfer(amount, fromAccountType="MAIN", toAccountType="TRADE")


def ordered(**changes: Any) -> Run:
    """The run that asks for an order."""
    return lambda bench: order(bench, **changes)


def last_placed(bench: Bench) -> str:
    """The id of the newest order, also of one whose answer was lost."""
    orders = bench.app.desk.exchange.world.orders.values()
    return max((each.number, each.id) for each in orders)[1]

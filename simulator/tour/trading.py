"""The chapter of the tour about trading: an order that is filled in two parts, and what the broker earns by it."""

from __future__ import annotations

from csv import DictReader
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any, Final
from urllib.parse import urlsplit

from simulator.tour.broker import ApiCredentials
from simulator.tour.script import Chapter
from simulator.tour.walk import Walk

CHAPTER: Final = Chapter()
shows = CHAPTER.shows
SYMBOL: Final = "BTC-USDT"
ORDERS: Final = "/api/v1/hf/orders"
OWN_KEY: Final = ApiCredentials("000000000000000000000001", "00000000-0000-4000-8000-000000000001", "demo-passphrase")
"""The key of the broker's own account, which signs Broker Pro."""
SIZE, PRICE = Decimal("0.0001"), Decimal(50_000)
FILLED: Final = {"0.00004": "50000", "0.00006": "49000"}
"""The size of each fill, and its price: the second one is better than that of the order."""
FUNDS: Final = sum((Decimal(size) * Decimal(price) for size, price in FILLED.items()), Decimal(0))
FEE: Final = FUNDS * Decimal("0.001")
SHARE: Final = Decimal("0.4")
"""The broker's share of the fee."""


# --- an order
@shows("[H110/frozen-book]")
def price(walk: Walk) -> None:
    """A bitcoin costs what a test wants."""
    walk.control("PUT", f"/prices/{SYMBOL}", last="55000", bid="54999", ask="55001")
    ticker = walk.data(walk.broker.wire.send("GET", f"/api/v1/market/orderbook/level1?symbol={SYMBOL}"))
    walk.check("price, bid, ask", "55000, 54999, 55001", f"{ticker['price']}, {ticker['bestBid']}, {ticker['bestAsk']}")


@shows("[rest/hf-add-order] [H35/partner] [H98/holds]")
def placed(walk: Walk) -> None:
    """An order of the broker rests and holds its cost."""
    body = {"clientOid": "order-1", "symbol": SYMBOL, "side": "buy", "type": "limit"}
    terms = {"price": f"{PRICE}", "size": f"{SIZE}"}
    answer = walk.broker.signed(walk.keys["alice"], "POST", ORDERS, {**body, **terms}, tagged=True)
    walk.order = walk.data(answer, "orderId", "clientOid")["orderId"]
    walk.check("it is active", expected=True, received=order_of(walk)["active"])
    walk.check("held: price x size and a fee of 0.1 %", PRICE * SIZE * Decimal("1.001"), trade_account(walk, "holds"))


def order_of(walk: Walk) -> dict[str, Any]:
    """The order, as Alice's key reads it."""
    data: dict[str, Any] = walk.looked_up("alice", f"{ORDERS}/{walk.order}?symbol={SYMBOL}")
    return data


def trade_account(walk: Walk, name: str) -> Decimal:
    """A number of Alice's USDT in the trading account."""
    [account] = walk.looked_up("alice", "/api/v1/accounts?currency=USDT&type=trade")
    return Decimal(account[name])


@shows("[H140/by-hand] [rest/hf-order]")
def partly_filled(walk: Walk) -> None:
    """The test fills 40 % of it."""
    walk.control("POST", f"/orders/{walk.order}/fill", size="40%")
    order = order_of(walk)
    walk.check("filled, left", "0.00004, 0.00006", f"{order['dealSize']}, {order['remainSize']}")
    walk.check("it is active", expected=True, received=order["active"])


@shows("[H140/by-hand] [H98/fills]")
def filled(walk: Walk) -> None:
    """Then the rest, at a better price."""
    before = trade_account(walk, "balance")
    walk.control("POST", f"/orders/{walk.order}/fill", size="rest", price="49000")
    order = order_of(walk)
    walk.check("it is active", expected=False, received=order["active"])
    walk.check("paid in both parts", FUNDS, Decimal(order["dealFunds"]))
    second = Decimal("0.00006") * 49_000 * Decimal("1.001")
    walk.check("the second part cost", second, before - trade_account(walk, "balance"))
    walk.check("nothing is held any more", Decimal(0), trade_account(walk, "holds"))


# --- what it cost
@shows("[H97/base-rates] [rest/hf-fills] [rest/trade-fees]")
def fee(walk: Walk) -> None:
    """It cost 0.1 % of what was paid."""
    [rates] = walk.looked_up("alice", f"/api/v1/trade-fees?symbols={SYMBOL}")
    walk.check("the maker's rate", "0.001", rates["makerFeeRate"])
    rows = walk.looked_up("alice", f"/api/v1/hf/fills?symbol={SYMBOL}&orderId={walk.order}")["items"]
    walk.check("fills", FILLED, {row["size"]: row["price"] for row in reversed(rows)})
    walk.check("their fees", FEE, sum(Decimal(row["fee"]) for row in rows))
    walk.check("the fee of the order", FEE, Decimal(order_of(walk)["fee"]))


@shows("[rest/hf-ledger] [H98/trade-account]")
def ledger(walk: Walk) -> None:
    """The ledger of the trading account has both parts."""
    rows = walk.looked_up("alice", "/api/v1/hf/accounts/ledgers?currency=USDT&bizType=TRADE_EXCHANGE")
    walk.check("rows", 2, len(rows))
    walk.check("out of the account", FUNDS + FEE, sum(Decimal(row["amount"]) for row in rows))
    walk.check("of that, fees", FEE, sum(Decimal(row["fee"]) for row in rows))


# --- what the broker earns
@shows("[H109/tags] [H66/commission-rate] [rest/broker-commission]")
def commission(walk: Walk) -> None:
    """The broker earns 40 % of the fee."""
    rows = walk.data(walk.broker.signed(OWN_KEY, "GET", "/api/v2/broker/queryDetailByUid?tradeType=SPOT"))
    walk.check("trades", 2, len(rows))
    walk.check("fees with the broker's tag", FEE, sum(Decimal(row["tradingFeeWithTag"]) for row in rows))
    walk.check("commission", FEE * SHARE, sum(Decimal(row["totalCommission"]) for row in rows))
    [day] = walk.data(walk.broker.signed(OWN_KEY, "GET", "/api/v2/broker/queryMyCommission"))["items"]
    walk.check("commission of the day", FEE * SHARE, Decimal(day["totalCommission"]))


@shows("[rest/broker-rebate] [H65/days]")
def rebate(walk: Walk) -> None:
    """The rebate file says the same, to the last digit."""
    day = f"{datetime.fromtimestamp(order_of(walk)['createdAt'] / 1000, UTC) + timedelta(hours=8):%Y%m%d}"
    target = f"/api/v2/broker/api/rebate/download?begin={day}&end={day}&tradeType=SPOT"
    link = urlsplit(walk.data(walk.broker.signed(OWN_KEY, "GET", target), "url")["url"])
    file = walk.broker.wire.send("GET", f"{link.path}?{link.query}")
    walk.check("HTTP status", 200, file.status)
    rows = [*DictReader(StringIO(file.text))]
    walk.check("whose trades", {"200000001"}, {row["uid"] for row in rows})
    for name, amount in (("volume", FUNDS), ("fee", FEE), ("commission", FEE * SHARE)):
        walk.check(name, amount, sum(Decimal(row[name]) for row in rows))

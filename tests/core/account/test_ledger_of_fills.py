"""The lines of fills in both ledgers, and what orders hold of an account."""

from __future__ import annotations

import json
from typing import Any

from support.desk import START
from support.shown import shown
from support.spot_reads import looked_up, seen
from support.spot_world import SpotDesk

from simulator.core.account.accounts_old import ListAccountLedgers, ListHolds
from simulator.core.account.hf_ledgers import ListHfLedgers
from simulator.core.account.ledgers import ListLedgers
from simulator.core.mint import account_id


def lines(rows: Any) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in ("currency", "direction", "amount", "fee")) for row in rows]


def test_a_buy_and_a_sell() -> None:
    """What went out and what came in; the fee, on top of a buy and out of a sell, is in the line of its currency."""
    desk = SpotDesk()
    orders = [desk.placed(type="market", price=None, side=side, size="0.01") for side in ("buy", "sell")]
    sold, bought = (fill for order in orders[::-1] for fill in desk.now_of(order).fills)
    rows = seen(desk, ListHfLedgers)
    assert lines(rows) == [
        ("USDT", "in", "599.39900100", "0.59999900"),
        ("BTC", "out", "0.01000000", "0.00000000"),
        ("BTC", "in", "0.01000000", "0.00000000"),
        ("USDT", "out", "600.60100100", "0.60000100"),
    ]
    assert {(row["bizType"], row["accountType"], row["createdAt"]) for row in rows} == {
        ("TRADE_EXCHANGE", "TRADE_HF", str(START))
    }
    contexts = [json.loads(row["context"]) for row in rows]
    assert contexts == [
        {"symbol": "BTC-USDT", "orderId": fill.order_id, "tradeId": str(fill.trade_id)}
        for fill in (sold, sold, bought, bought)
    ]
    page = seen(desk, ListLedgers, bizType="TRADE_EXCHANGE")
    assert page["totalNum"] == 4
    assert [row["context"] for row in page["items"]] == [row["context"] for row in rows]
    assert {(row["bizType"], row["accountType"]) for row in page["items"]} == {("Exchange", "TRADE")}
    assert len({row["id"] for row in page["items"]}) == 4


def test_one_accounts_ledger() -> None:
    """The older call tells the balance after each fill, and the trade by its symbol."""
    desk = SpotDesk()
    order = desk.now_of(desk.placed(type="market", price=None, size="0.01"))
    account = account_id(desk.world, "alice", "trade", "BTC")
    [row] = shown(looked_up(desk, ListAccountLedgers, account).data())["items"]
    assert (row["balance"], row["amount"], row["direction"]) == ("100.01", "0.01", "in")
    [fill] = order.fills
    assert row["context"] == {"orderId": order.id, "symbol": "BTC-USDT", "tradeId": str(fill.trade_id)}


def test_what_orders_hold() -> None:
    """Active orders are the holds of the trading account, the one that was accepted last first."""
    desk = SpotDesk()
    first, second = desk.placed(), desk.placed(price="40000")
    desk.placed(side="sell", price="70000")
    desk.placed(type="market", price=None)
    rows = {
        currency: shown(looked_up(desk, ListHolds, account_id(desk.world, "alice", "trade", currency)).data())["items"]
        for currency in ("USDT", "BTC")
    }
    assert [(row["orderId"], row["holdAmount"], row["bizType"]) for row in rows["USDT"]] == [
        (second.id, "40.04", "Exchange"),
        (first.id, "50.05", "Exchange"),
    ]
    assert [row["holdAmount"] for row in rows["BTC"]] == ["0.001"]

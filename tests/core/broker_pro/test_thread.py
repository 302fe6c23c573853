"""One thread from login to the rebate: what an order costs is what the ledgers, the reports and the payout say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace
from support.broker_pro import earning, linked, periods, transactions, users
from support.deposits_and_transfers import move, total
from support.desk import Key, payment
from support.spot_reads import partner_headers, seen
from support.spot_world import SpotDesk

from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.broker_pro.rebates import opened as opened_file
from simulator.core.funds.grants import opened
from simulator.core.passing import PassTime
from simulator.core.spot.order_answers import OrderAdded
from simulator.core.spot.orders_done import ListHfFills
from simulator.core.world import Account, FillStep, OrderPlan

RATE = Decimal("0.4")


def test_from_login_to_the_payout() -> None:
    """Login, key, transfer, an order in two parts, fee, commission, file, payout: no digit is lost on the way."""
    half = FillStep(share=Decimal("0.5"))
    desk = SpotDesk(OrderPlan(client_oid="in-two", steps=(half, replace(half, after=1_000, share=None))))
    wallet = (
        desk.world.wallet("alice")
        .having(Account("USDT", "trade", Decimal(0)))
        .having(Account("USDT", "main", Decimal(1_000)))
    )
    desk.world = opened(earning(desk.world.put(wallet), ()))
    before = total(desk.world)
    pair = desk.pair("alice")
    groups = ("API_COMMON", "API_SPOT", "API_TRANSFER", "API_WITHDRAW_OAUTH")
    added = desk.add_key(pair.access_token, *groups)
    key = Key(added.api_key, added.secret, added.passphrase)
    assert desk.perform(move(key, amount="500")).word == "OK"
    command = desk.order(key, clientOid="in-two", size="0.00777777", price="50000.1")
    command = replace(command, signed=partner_headers(desk, command.signed))
    order = desk.do(command, OrderAdded).order
    desk.advance(1_000)
    desk.perform(PassTime())
    order = desk.now_of(order)
    fills: list[Any] = seen(desk, ListHfFills, key, symbol="BTC-USDT", orderId=order.id)["items"]
    assert len(fills) == 2
    fee, funds = (sum(Decimal(fill[name]) for fill in fills) for name in ("fee", "funds"))
    assert (fee, funds) == (order.fee, order.deal_funds)
    assert (fee, funds) == (funds * Decimal("0.001"), Decimal("50000.1") * Decimal("0.00777777"))
    signed = key.sign(method="GET", path="/x", timestamp=desk.wall)
    lines = [row.line for row in desk.do(ListHfLedgers(signed, {}), HfLedgersListed).rows]
    paid = [line for line in lines if (line.currency, line.biz_type) == ("USDT", "TRADE_EXCHANGE")]
    assert sum(line.fee for line in paid) == fee
    assert sum(line.amount for line in paid) == fee + funds
    rows = transactions(desk)
    assert [row.trade.tagged for row in rows] == [True, True]
    [period] = periods(desk)
    [user] = [row for row in users(desk) if row.user.name == "alice"]
    assert sum(row.commission for row in rows) == period.earned.commission == user.earned.commission == fee * RATE
    parts = urlsplit(linked(desk))
    filed = opened_file(desk.world, parts.path, parts.query, dict(parse_qsl(parts.query)), desk.exchange.clock.now())
    assert [(row.trade, row.commission) for row in filed] == [(row.trade, row.commission) for row in reversed(rows)]
    left = Decimal(500) - fee - funds
    account = desk.trade("USDT")
    assert (account.balance, account.available) == (left, left)
    back = move(key, fromAccountType="TRADE", toAccountType="MAIN", amount="100.5", clientOid="back")
    assert desk.perform(back).word == "OK"
    desk.pay(key, payment(amount="550"))
    assert total(desk.world) == before

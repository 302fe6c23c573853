"""Amounts of as many digits as can be written: everything stays exact, and an export can be imported."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import total
from support.scenario_texts import problems, situation
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.funds.grants import opened
from simulator.core.trading.booking import end, fill
from simulator.core.trading.quotes import new_market
from simulator.core.world import Account, Draft, FillStep, OrderPlan, OrderStatus
from simulator.state.decoding import imported
from simulator.state.encoding import exported

LEAST = Decimal("1e-30")
ONE_THIRD = "0." + "3" * 30
LONG = "12345678." + "7" * 30
MOST = Decimal("9" * 29)


def long_desk() -> SpotDesk:
    """Everything has 30 decimal places, and fees are of many digits."""
    desk = SpotDesk(OrderPlan(client_oid="planned", steps=(FillStep(5_000),)))
    names = ("base_increment", "quote_increment", "price_increment", "base_min_size", "quote_min_size", "min_funds")
    coefficient, rate = Decimal("1." + "3" * 30), Decimal("9" * 30 + "." + "9" * 30)
    symbol = replace(
        BTC_USDT,
        **dict.fromkeys(names, LEAST),
        taker_fee_coefficient=coefficient,
        maker_fee_coefficient=coefficient,
        price_limit_rate=rate,
    )
    accounts = (Account("USDT", "trade", MOST), Account("BTC", "trade", MOST))
    wallet = desk.world.wallet("alice")
    for account in accounts:
        wallet = wallet.having(account)
    desk.world = opened(desk.world.put(symbol, new_market(symbol, Decimal("1." + "1" * 30)), wallet))
    return desk


def test_orders_of_long_numbers() -> None:
    """Each kind of order with each kind of number: no money is made or lost, nothing stays held, all is carried."""
    desk = long_desk()
    with localcontext(prec=1_000):
        money = total(desk.world)
    amounts: list[dict[str, Any]] = [
        {"size": ONE_THIRD},
        {"size": LONG},
        {"size": None, "funds": ONE_THIRD},
        {"size": None, "funds": LONG},
    ]
    for side, amount, plan in product(("buy", "sell"), amounts, ("", "planned")):
        kind: dict[str, Any] = {"type": "limit", "price": LONG if side == "buy" else ONE_THIRD}
        if "funds" in amount:
            kind = {"type": "market", "price": None}
        order = desk.placed(side=side, clientOid=plan or None, **kind, **amount)
        if order.status.active:
            draft = Draft(desk.world)
            order = fill(draft, order, Decimal("0." + "1" * 30), desk.world.markets["BTC-USDT"].ask, "taker", 1)
            order = end(draft, order, OrderStatus.CANCELED, 2, Decimal("0." + "1" * 29))
            end(draft, order, OrderStatus.CANCELED, 3)
            desk.world = draft.done()
            trader = desk.world.trader("alice")
            desk.world = desk.world.put(replace(trader, client_oids=trader.client_oids.discard("planned")))
    with localcontext(prec=1_000):
        assert total(desk.world) == money
    assert desk.trade("USDT").holds == 0
    assert desk.trade("BTC").holds == 0
    state = json.loads(b"".join(exported(desk.exchange.state())))["state"]
    assert imported(state, desk.world.origins).world.wallets == desk.world.wallets


@pytest.mark.parametrize("name", ["maker_fee_coefficient", "taker_fee_coefficient"])
def test_no_fee_is_above_what_a_fill_brings(name: str) -> None:
    """A coefficient that would make a sell cost money is refused; the highest one takes all that it brings."""
    given = f"given: {{symbols: {{BTC-USDT: {{{name}: HOW_MUCH}}}}}}\n"
    assert getattr(situation(given.replace("HOW_MUCH", "1000")).world.symbols["BTC-USDT"], name) == 1000
    assert "at most 1000" in str(problems(given.replace("HOW_MUCH", "1001")))

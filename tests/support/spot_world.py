"""A world in which orders can be placed: symbols, prices, and users with money in their trade accounts."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from simulator.core.gateway.requests import Body
from simulator.core.spot.order_answers import OrderAdded
from simulator.core.spot.orders_add import AddOrder
from simulator.core.spot.orders_cancel import CancelOrder
from simulator.core.trading import prices
from simulator.core.trading.quotes import new_market
from simulator.core.world import Account, Draft, Order, OrderPlan, Symbol, World
from support.demo_world import demo_world
from support.desk import Desk, Key

ADD = "/api/v1/hf/orders"
BTC_USDT = Symbol(
    symbol="BTC-USDT",
    base="BTC",
    quote="USDT",
    base_min_size=Decimal("0.00001"),
    quote_min_size=Decimal("0.1"),
    base_increment=Decimal("0.00000001"),
    quote_increment=Decimal("0.000001"),
    price_increment=Decimal("0.1"),
    min_funds=Decimal("0.1"),
)
ETH_USDT = replace(BTC_USDT, symbol="ETH-USDT", base="ETH", price_increment=Decimal("0.01"))
FUNDS = {"USDT": "1000000", "BTC": "100", "ETH": "1000"}


def traded(world: World) -> World:
    """The world with two symbols at 60000 and 3000 (an increment apart), and money in everybody's trade account."""
    world = world.put(BTC_USDT, ETH_USDT)
    world = world.put(new_market(BTC_USDT, Decimal(60_000)), new_market(ETH_USDT, Decimal(3_000)))
    for user in world.users:
        wallet = world.wallet(user)
        for currency, amount in FUNDS.items():
            wallet = wallet.having(Account(currency, "trade", Decimal(amount)))
        world = world.put(wallet)
    return world


class SpotDesk(Desk):
    """A desk of alice, whose key can trade."""

    def __init__(self, *plans: OrderPlan, user: str = "alice", **choices: Any) -> None:
        super().__init__(replace(traded(demo_world(**choices)), order_plans=plans))
        self.user = user
        self.trading = self.own_key(user)

    def order(self, key: Key | None = None, **changes: object) -> AddOrder:
        """A limit buy of 0.001 BTC at 50000, which rests. A change to None leaves the field out."""
        fields = order_fields(**changes)
        raw = json.dumps(fields).encode()
        return AddOrder((key or self.trading).sign(raw, path=ADD, timestamp=self.wall), Body(fields))

    def placed(self, key: Key | None = None, **changes: object) -> Order:
        """The order after it was accepted."""
        return self.do(self.order(key, **changes), OrderAdded).order

    def now_of(self, order: Order) -> Order:
        """The order as it is now."""
        return self.world.orders[order.id]

    def canceling(self, order: Order, key: Key | None = None) -> CancelOrder:
        """The request that cancels an order."""
        path = f"{ADD}/{order.id}"
        symbol = order.terms.symbol
        signed = (key or self.trading).sign(method="DELETE", path=path, query=f"symbol={symbol}", timestamp=self.wall)
        return CancelOrder(signed, order.id, symbol)

    def price(self, last: str | None = None, bid: str | None = None, ask: str | None = None) -> None:
        """Set prices of BTC-USDT as a hand does."""
        draft = Draft(self.world)
        at = self.exchange.clock.now().business
        last_, bid_, ask_ = (None if text is None else Decimal(text) for text in (last, bid, ask))
        prices.set_price(draft, "BTC-USDT", at, last_, bid_, ask_)
        self.world = draft.done()

    def trade(self, currency: str, user: str | None = None) -> Account:
        """The trade account of a currency."""
        return self.world.wallet(user or self.user).account(currency, "trade")


def order_fields(**changes: object) -> dict[str, object]:
    """The body of a limit buy of 0.001 BTC at 50000. A change to None leaves the field out."""
    fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.001", **changes}
    return {name: value for name, value in fields.items() if value is not None}


def needed_holds(world: World) -> dict[tuple[str, str], Decimal]:
    """What the active orders need, by user and currency, reckoned anew from their terms."""
    needed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for order in world.orders.values():
        if not order.status.active:
            continue
        base, _, quote = order.terms.symbol.partition("-")
        if order.terms.side.value == "sell":
            needed[order.user, base] += order.held if order.terms.size is None else order.rest
        elif order.terms.price is not None:
            rate = 1 + max(order.taker_fee_rate, order.maker_fee_rate)
            needed[order.user, quote] += order.rest * order.terms.price * rate
        else:
            needed[order.user, quote] += order.held
    return needed

"""A machine over what makes prices: everything that shows a last price shows the same one at every moment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from support.hypothesis_settings import STEADY
from support.shown import shown
from support.spot_world import SpotDesk
from support.transitions import of, watched

from simulator.core.control.orders import FillOrder
from simulator.core.control.trading import SetPrices
from simulator.core.gateway.requests import Body
from simulator.core.market.tickers import GetStats, GetTicker, ListFiatPrices, ListTickers
from simulator.core.market.trades import LENGTHS, MONTH, ListCandles, ListTrades
from simulator.core.passing import PassTime
from simulator.core.spec import HOUR, MINUTE
from simulator.core.spot.stop_orders import AddStopOrder
from simulator.core.world import FillStep, OrderPlan

pytestmark = pytest.mark.long

S = "BTC-USDT"
PRICES = st.sampled_from(["58000", "59000", "60000", "61000", "62000"])
OPTIONAL_PRICES = st.one_of(st.none(), PRICES)
PLAN = OrderPlan(client_oid="plan*", steps=(FillStep(share=Decimal("0.5")), FillStep(after=MINUTE)))
CANDLES = {kind: f"/market/candles:{S}_{kind}" for kind in (*LENGTHS, MONTH)}


class LastPrice(RuleBasedStateMachine):
    """Alice trades while somebody sets prices, and `last` is the price of the last trade or of the last change."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = SpotDesk(PLAN, rate_pools="count")
        self.last, self.is_quiet, self.count = "60000", True, 0
        self._watching = watched(self.desk.exchange, f"/market/snapshot:{S}", *CANDLES.values())
        self.pushes = self._watching.__enter__()
        self.known: dict[str, dict[str, Any]] = {}

    @rule(
        side=st.sampled_from(["buy", "sell"]),
        price=OPTIONAL_PRICES,
        size=st.sampled_from(["0.01", "0.02"]),
        planned=st.booleans(),
    )
    def order(self, side: str, price: str | None, size: str, planned: bool) -> None:
        """A limit order, or a market order, whose trades a plan makes or the market."""
        self.count += 1
        name, kind = f"{'plan' if planned else 'free'}{self.count}", "limit" if price else "market"
        self._take(self.desk.order(side=side, type=kind, price=price, size=size, clientOid=name))

    @rule(side=st.sampled_from(["buy", "sell"]), stop=st.sampled_from(["entry", "loss"]), price=PRICES)
    def stop_order(self, side: str, stop: str, price: str) -> None:
        """An order that a price triggers."""
        body = {"symbol": S, "side": side, "type": "market", "size": "0.01", "stop": stop, "stopPrice": price}
        signed = self.desk.trading.sign(path="/api/v1/stop-order", timestamp=self.desk.wall)
        self._take(AddStopOrder(signed, Body(body)))

    @rule(data=st.data(), price=OPTIONAL_PRICES)
    def fill(self, data: st.DataObject, price: str | None) -> None:
        """The other side fills an order by hand, perhaps at a price that the order does not allow."""
        active = sorted(order.id for order in self.desk.world.orders.values() if order.status.active)
        if active:
            step = FillStep(size=Decimal("0.001"), price=None if price is None else Decimal(price))
            self._take(FillOrder(data.draw(st.sampled_from(active)), step))

    @rule(last=PRICES)
    def price(self, last: str) -> None:
        """A price is set, which everything shows afterwards, whatever traded because of it."""
        self._take(SetPrices(S, Decimal(last)))
        self.is_quiet = self.is_quiet and last == self.last
        self.last = last

    @rule(bid=PRICES)
    def quotes(self, bid: str) -> None:
        """Only the offers move: what trades because of that is the last price."""
        self._take(SetPrices(S, None, Decimal(bid), Decimal(bid) + 1))

    @rule(jump=st.sampled_from([1, MINUTE, HOUR, 25 * HOUR]))
    def wait(self, jump: int) -> None:
        """Steps of plans become due."""
        self.desk.advance(jump)
        self._take(PassTime())

    def _take(self, command: Any) -> None:
        """Perform it, and take what the feeds say of it."""
        self.desk.exchange.perform(command)
        for trade in of(self.pushes, f"/market/match:{S}"):
            self.last, self.is_quiet = trade["price"], False
        for push in self.pushes:
            for data in of([push], push.topic):
                self.known[push.topic] = data
        self.pushes.clear()

    def _seen(self, command: Any) -> Any:
        reply: Any = self.desk.perform(command).result
        return shown(reply.data())

    @invariant()
    def every_last_price_is_the_same(self) -> None:
        """Both tickers, the last 24 hours, the worth in USD and each kind of candle show it."""
        symbol = {"symbol": S}
        row = next(row for row in self._seen(ListTickers())["ticker"] if row["symbol"] == S)
        ticker, stats = self._seen(GetTicker(symbol)), self._seen(GetStats(symbol))
        worth = Decimal(self._seen(ListFiatPrices({"currencies": "BTC"}))["BTC"])
        assert {ticker["price"], row["last"], stats["last"], f"{worth.normalize():f}"} == {self.last}
        assert Decimal(stats["low"]) <= Decimal(self.last) <= Decimal(stats["high"])
        for kind in ("1min", "1day", MONTH):
            rows = self._seen(ListCandles({**symbol, "type": kind}))
            assert [row[2] for row in rows[:1]] == ([] if self.is_quiet else [self.last])

    @invariant()
    def the_newest_trade_agrees(self) -> None:
        """The ticker has the size of the newest trade; its price is the last one unless another was set since."""
        symbol = {"symbol": S}
        trades, ticker = self._seen(ListTrades(symbol)), self._seen(GetTicker(symbol))
        assert ticker["size"] == (trades[0]["size"] if trades else "0")
        market = self.desk.world.markets[S]
        is_set_since = not trades or next(iter(market.prices)).sequence > next(iter(market.matches)).sequence
        assert is_set_since or trades[0]["price"] == ticker["price"]

    @invariant()
    def the_feeds_agree(self) -> None:
        """What each feed said last is what a look-up says now."""
        closes = {
            self.known[topic]["price"] for topic in (f"/market/ticker:{S}", "/market/ticker:all") if topic in self.known
        }
        if snapshot := self.known.get(f"/market/snapshot:{S}"):
            closes |= {f"{Decimal(str(snapshot['data'][name])).normalize():f}" for name in ("close", "lastTradedPrice")}
        closes |= {self.known[topic]["candles"][2] for topic in CANDLES.values() if topic in self.known}
        assert closes <= {self.last}

    def teardown(self) -> None:
        """Watch no longer."""
        self._watching.__exit__(None, None, None)


TestLastPrice = LastPrice.TestCase
TestLastPrice.settings = settings(STEADY, max_examples=40, stateful_step_count=20)

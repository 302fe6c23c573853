"""A machine over what moves money and orders: the feeds say what the world says, whatever the order of events."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.deposits_and_transfers import arrive, move
from support.hypothesis_settings import STEADY
from support.spot_world import SpotDesk
from support.transitions import of, watched

from simulator.core.market.order_book import offers
from simulator.core.money import plain
from simulator.core.stream.balances import TOPIC
from simulator.core.stream.orders import V2

pytestmark = pytest.mark.long

S = "BTC-USDT"
PRICES = st.integers(55_000, 65_000).map(str)
SIZES = st.integers(1, 3_000).map(lambda number: plain(Decimal(number) / 100_000))


class Feeds(RuleBasedStateMachine):
    """Alice trades, moves money and gets deposits while somebody moves the price."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = SpotDesk()
        self.desk.placed()
        self.orders: list[Any] = []
        self.moves = 0
        self.accounts: dict[tuple[str, str], dict[str, Any]] = {}
        self.turns: dict[str, dict[str, Any]] = {}
        self.sequence = self.desk.world.markets[S].sequence
        self.book = self._sides()
        self._watching = watched(self.desk.exchange)
        self.pushes = self._watching.__enter__()

    def _sides(self) -> tuple[dict[str, str], dict[str, str]]:
        both = offers(self.desk.world.symbols[S], self.desk.world.markets[S])
        bids, asks = ({plain(price): plain(size) for price, size in side} for side in (both.bids, both.asks))
        return bids, asks

    @rule(side=st.sampled_from(["buy", "sell"]), price=PRICES, size=SIZES, force=st.sampled_from(["GTC", "IOC", "FOK"]))
    def order(self, side: str, price: str, size: str, force: str) -> None:
        """A limit order, accepted or refused."""
        known = set(self.desk.world.orders)
        self.desk.exchange.perform(self.desk.order(side=side, price=price, size=size, timeInForce=force))
        self.orders += [self.desk.world.orders[key] for key in set(self.desk.world.orders) - known]

    @rule(funds=st.integers(1, 5_000).map(str))
    def market_order(self, funds: str) -> None:
        """A market order by funds."""
        self.desk.exchange.perform(self.desk.order(type="market", price=None, size=None, funds=funds))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """One of the orders is canceled, if it still can be."""
        self.desk.exchange.perform(self.desk.canceling(data.draw(st.sampled_from(self.orders))))

    @rule(price=PRICES)
    def price(self, price: str) -> None:
        """The market moves, and fills what it crosses."""
        self.desk.price(price)

    @rule(amount=st.integers(1, 500).map(str))
    def deposit(self, amount: str) -> None:
        """Money comes from outside."""
        self.desk.exchange.perform(arrive(amount))

    @rule(amount=st.integers(1, 500).map(str))
    def transfer(self, amount: str) -> None:
        """Money goes from the main account to the trade account."""
        self.moves += 1
        self.desk.exchange.perform(move(self.desk.trading, amount=amount, clientOid=f"t{self.moves}"))

    @invariant()
    def the_feeds_agree_with_the_world(self) -> None:
        """Balances, orders and the book as the messages tell them are those of the world."""
        self._take()
        wallet = self.desk.world.wallet("alice")
        for (type_, currency), told in self.accounts.items():
            account = wallet.account(currency, type_)
            assert (Decimal(told["total"]), Decimal(told["hold"])) == (account.balance, account.holds)
        for key, turn in self.turns.items():
            order = self.desk.world.orders[key]
            assert Decimal(turn["filledSize"]) == order.deal_size
            assert Decimal(turn["canceledSize"]) == order.canceled_size
            assert (turn["status"] == "done") is not order.status.active
        assert self.book == self._sides()
        assert self.sequence == self.desk.world.markets[S].sequence

    def _take(self) -> None:
        """Take the messages, each of which must go on where the one before it ended."""
        for told in of(self.pushes, TOPIC, "alice"):
            place = told["relationEvent"].partition(".")[0], told["currency"]
            if before := self.accounts.get(place):
                available = Decimal(before["available"]) + Decimal(told["availableChange"])
                held = Decimal(before["hold"]) + Decimal(told["holdChange"])
                assert (available, held) == (Decimal(told["available"]), Decimal(told["hold"]))
            assert Decimal(told["total"]) == Decimal(told["available"]) + Decimal(told["hold"])
            self.accounts[place] = told
        for turn in of(self.pushes, V2, "alice"):
            before_turn = self.turns.get(turn["orderId"])
            assert before_turn is None or before_turn["status"] != "done"
            if before_turn and turn["type"] == "match":
                assert Decimal(turn["filledSize"]) == Decimal(before_turn["filledSize"]) + Decimal(turn["matchSize"])
            self.turns[turn["orderId"]] = turn
        for update in of(self.pushes, f"/market/level2:{S}"):
            assert update["sequenceStart"] == self.sequence + 1
            self.sequence = update["sequenceEnd"]
            for side, name in zip(self.book, ("bids", "asks"), strict=True):
                for price, size, _ in update["changes"][name]:
                    if price != "0":
                        side[price] = size
                        if size == "0":
                            del side[price]
        self.pushes.clear()

    def teardown(self) -> None:
        """Watch no longer."""
        self._watching.__exit__(None, None, None)


TestFeeds = Feeds.TestCase
TestFeeds.settings = STEADY

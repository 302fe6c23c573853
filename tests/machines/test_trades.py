"""A state machine of orders and of what moves money besides them: orders, fills, ledgers and reports agree."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace
from support.broker_pro import earning, periods, transactions, users
from support.deposits_and_transfers import move, total
from support.hypothesis_settings import STEADY
from support.shown import shown
from support.spot_reads import looked_up, partner_headers, seen
from support.spot_world import BTC_USDT, SpotDesk, needed_holds

from simulator.core.account.accounts_old import ListHolds
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.account.ledgers import LedgersListed, ListLedgers
from simulator.core.control.administration import DeleteUser
from simulator.core.funds.grants import opened
from simulator.core.funds.ledger import movements
from simulator.core.mint import account_id
from simulator.core.passing import PassTime
from simulator.core.spot.orders_cancel import CancelPart
from simulator.core.spot.orders_done import ListHfFills, ListHfOrdersDone
from simulator.core.spot.orders_read import ListHfOrdersActive
from simulator.core.trading.prices import set_price
from simulator.core.trading.quotes import new_market
from simulator.core.world import Draft, EndStep, FillStep, OrderPlan, RestingOrders
from simulator.state.consistency import problems
from simulator.state.decoding import imported
from simulator.state.encoding import exported

pytestmark = pytest.mark.long

USERS = ("alice", "frank")
ETH_BTC = replace(BTC_USDT, symbol="ETH-BTC", base="ETH", quote="BTC", price_increment=Decimal("0.001"))
PRICES = {
    "BTC-USDT": ("59000", "60000", "61000"),
    "ETH-USDT": ("2950", "3000", "3050"),
    "ETH-BTC": ("0.049", "0.05", "0.051"),
}
PLANS = (
    OrderPlan(
        client_oid="plan-*",
        steps=(FillStep(share=Decimal("0.3")), FillStep(after=5, share=Decimal("0.2")), EndStep(after=3)),
    ),
)
Where = tuple[str, str, str]
"""User, currency, account."""


def sums(pairs: Any) -> dict[Any, Decimal]:
    """The sums by key that are not 0."""
    result: dict[Any, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        result[key] += amount
    return {key: amount for key, amount in result.items() if amount}


class Trades(RuleBasedStateMachine):
    """Order, cancel, set prices, move money, wait; look at everything after every step."""

    @initialize()
    def open(self) -> None:
        self.desk = SpotDesk(*PLANS, rate_pools="count")
        world = earning(self.desk.world, (), ("frank",))
        world = world.put(ETH_BTC, new_market(ETH_BTC, Decimal("0.05")))
        self.desk.world = opened(world)
        self.keys = {user: self.desk.own_key(user, api_name=f"own-{user}") for user in USERS}
        self.money, self.names = total(self.desk.world), count()

    # --- what can happen
    @rule(
        user=st.sampled_from(USERS),
        symbol=st.sampled_from(sorted(PRICES)),
        side=st.sampled_from(["buy", "sell"]),
        kind=st.sampled_from(["limit", "limit", "size", "funds"]),
        level=st.integers(0, 2),
        size=st.sampled_from(["0.01", "0.1", "0.12345678", "1", "30"]),
        more=st.sampled_from(
            [{}, {"timeInForce": "IOC"}, {"timeInForce": "GTT", "cancelAfter": 1}, {"stp": "CO"}, {"postOnly": True}]
        ),
        planned=st.booleans(),
        is_tagged=st.booleans(),
    )
    def order(
        self,
        user: str,
        symbol: str,
        side: str,
        kind: str,
        level: int,
        size: str,
        more: dict[str, object],
        planned: bool,
        is_tagged: bool,
    ) -> None:
        if user not in self.desk.world.users:
            return
        fields: dict[str, object] = {"symbol": symbol, "side": side, "size": size, "price": PRICES[symbol][level]}
        if kind == "limit":
            fields |= more
        else:
            fields |= {"type": "market", "price": None}
            fields |= {"size": None, "funds": "123.4567"} if kind == "funds" else {}
        fields["clientOid"] = f"{'plan' if planned else 'free'}-{next(self.names)}"
        command = self.desk.order(self.keys[user], **fields)
        if is_tagged:
            command = replace(command, signed=partner_headers(self.desk, command.signed))
        self.desk.perform(command)

    @rule(data=st.data(), part=st.booleans())
    def cancel(self, data: st.DataObject, part: bool) -> None:
        active = sorted(order.id for order in self.desk.world.orders.values() if order.status.active)
        if not active:
            return
        order = self.desk.world.orders[data.draw(st.sampled_from(active))]
        command: Any = replace(
            self.desk.canceling(order), signed=self.keys[order.user].sign(method="DELETE", path="/x")
        )
        if part and order.terms.size is not None:
            half = f"{order.rest / 2:.5f}"
            command = CancelPart(command.signed, order.id, order.terms.symbol, half)
        self.desk.perform(command)

    @rule(symbol=st.sampled_from(sorted(PRICES)), level=st.integers(0, 2))
    def price(self, symbol: str, level: int) -> None:
        draft = Draft(self.desk.world)
        set_price(draft, symbol, self.desk.exchange.clock.now().business, Decimal(PRICES[symbol][level]), None, None)
        self.desk.world = draft.done()

    @rule(user=st.sampled_from(USERS), amount=st.sampled_from(["1", "0.5", "99999"]), back=st.booleans())
    def transfer(self, user: str, amount: str, back: bool) -> None:
        if user in self.desk.world.users:
            ways = {"fromAccountType": "TRADE", "toAccountType": "MAIN"} if back else {}
            self.desk.perform(move(self.keys[user], **ways, amount=amount, clientOid=f"move{next(self.names)}"))

    @rule(jump=st.sampled_from([1, 5, 1_000]))
    def wait(self, jump: int) -> None:
        self.desk.advance(jump)
        self.desk.perform(PassTime())

    @rule(sure=st.sampled_from([False] * 9 + [True]))
    def delete(self, sure: bool) -> None:
        if sure and "alice" in self.desk.world.users:
            self.desk.perform(DeleteUser("alice"))

    @rule()
    def carry(self) -> None:
        """The state goes to another server and comes back as it was."""
        state = self.desk.exchange.state()
        assert list(problems(state)) == []
        text = b"".join(exported(state))
        again = imported(json.loads(text)["state"], state.world.origins)
        assert list(problems(again)) == []
        assert b"".join(exported(again)) == text
        before, after = state.world, again.world
        assert (after.traders, after.everybody, after.statements) == (
            before.traders,
            before.everybody,
            before.statements,
        )
        assert (after.order_histories, after.agenda) == (before.order_histories, before.agenda)
        assert after.broker_books == before.broker_books
        assert after.markets == before.markets
        books = [
            {name: book for name, book in world.resting_orders.items() if book != RestingOrders(name)}
            for world in (before, after)
        ]
        assert books[0] == books[1]
        self.desk.world = after

    # --- what always holds
    @invariant()
    def money_is_conserved(self) -> None:
        """All accounts and pots together have what they had at the start."""
        assert total(self.desk.world) == self.money

    @invariant()
    def holds_are_those_of_active_orders(self) -> None:
        """An account holds what active orders need, and never more than it has."""
        holds = sums(
            ((wallet.user, account.currency), account.holds)
            for wallet in self.desk.world.wallets.values()
            for account in wallet.every
        )
        assert holds == {where: amount for where, amount in needed_holds(self.desk.world).items() if amount}
        assert all(row.available >= 0 for wallet in self.desk.world.wallets.values() for row in wallet.every)

    @invariant()
    def the_ledger_leads_to_the_accounts(self) -> None:
        """Every movement adds up to the balances and to the holds."""
        world = self.desk.world
        accounts = [(wallet.user, account) for wallet in world.wallets.values() for account in wallet.every]
        rows = [row for row in movements(world) if row.user in world.users]
        for name in ("balance", "holds"):
            moved = sums(((row.user, row.currency, row.account), getattr(row, name)) for row in rows)
            assert moved == sums(((user, one.currency, one.type), getattr(one, name)) for user, one in accounts)

    @invariant()
    def what_a_client_sees_agrees(self) -> None:
        """Orders, fills, both ledgers, holds and accounts tell the same to the last digit."""
        for user in USERS:
            if user in self.desk.world.users:
                self.agrees(user)

    def agrees(self, user: str) -> None:
        desk, key, world = self.desk, self.keys[user], self.desk.world
        signed = key.sign(method="GET", path="/x", timestamp=desk.wall)
        fills: list[Any] = []
        orders: dict[str, Any] = {}
        for symbol in PRICES:
            fills += seen(desk, ListHfFills, key, symbol=symbol, limit=100)["items"]
            for row in (
                *seen(desk, ListHfOrdersActive, key, symbol=symbol),
                *seen(desk, ListHfOrdersDone, key, symbol=symbol, limit=100)["items"],
            ):
                assert row["id"] not in orders
                orders[row["id"]] = row
        for order_id, row in orders.items():
            own = [fill for fill in fills if fill["orderId"] == order_id]
            for name, field in (("dealSize", "size"), ("dealFunds", "funds"), ("fee", "fee")):
                assert Decimal(row[name]) == sum(Decimal(fill[field]) for fill in own)
            if Decimal(row["size"]):
                parts = (row["dealSize"], row["remainSize"], row["cancelledSize"])
                assert sum(map(Decimal, parts)) == Decimal(row["size"])
        everything = {"pageSize": "500", "bizType": "TRADE_EXCHANGE"}
        page = desk.do(ListLedgers(signed, everything), LedgersListed).page
        trading = desk.do(ListHfLedgers(signed, {"limit": "200"}), HfLedgersListed).rows
        trades = [row.line for row in trading if row.line.biz_type == "TRADE_EXCHANGE"]
        expected = sums(pair for fill in fills for pair in lines_of(fill))
        for lines in (page.items, trades):
            assert sums(pair for line in lines for pair in parts_of(line)) == expected
            assert len({line.id for line in lines}) == len(lines) == 2 * len(fills)
        by_currency: dict[str, list[Any]] = defaultdict(list)
        for row in trading:
            by_currency[row.line.currency].append(row)
        for currency, rows in by_currency.items():
            assert rows[0].balance == world.wallet(user).account(currency, "trade").balance
            assert all(row.balance >= 0 for row in rows)
            for newer, older in pairwise(rows):
                sign = 1 if newer.line.direction == "in" else -1
                assert newer.balance - sign * newer.line.amount == older.balance
        for account in world.wallet(user).every:
            held = looked_up(desk, ListHolds, account_id(world, user, account.type, account.currency), key=key)
            rows = shown(held.data())["items"] if hasattr(held, "data") else []
            assert sum(Decimal(row["holdAmount"]) for row in rows) == account.holds

    @invariant()
    def the_broker_is_paid_for_what_counts(self) -> None:
        """Commission, users and transactions are those of tagged fills and of frank's, whom the broker invited."""
        world = self.desk.world
        counted = [
            fill
            for order in world.orders.values()
            for fill in order.fills
            if fill.quote == "USDT" and (order.tagged or order.user == "frank")
        ]
        fee = sum((fill.fee for fill in counted), Decimal(0))
        funds = sum((fill.funds for fill in counted), Decimal(0))
        rows = transactions(self.desk, pageSize=500)
        assert {row.trade.number for row in rows} == {fill.number for fill in counted}
        assert sum(row.commission for row in rows) == fee * Decimal("0.4")
        for earned in (periods(self.desk), users(self.desk)):
            assert sum(row.earned.fee for row in earned) == fee
            assert sum(row.earned.volume for row in earned) == funds
            assert sum(row.earned.commission for row in earned) == fee * Decimal("0.4")


def lines_of(fill: Any) -> list[tuple[tuple[str, str, str], Decimal]]:
    """What a fill, as clients see it, must be in a ledger: ((currency, direction, what), amount)."""
    base, _, quote = fill["symbol"].partition("-")
    buys = fill["side"] == "buy"
    size, funds, fee = (Decimal(fill[name]) for name in ("size", "funds", "fee"))
    return [
        ((quote, "out" if buys else "in", "amount"), funds + fee if buys else funds - fee),
        ((quote, "out" if buys else "in", "fee"), fee),
        ((base, "in" if buys else "out", "amount"), size),
    ]


def parts_of(line: Any) -> list[tuple[tuple[str, str, str], Decimal]]:
    """The same of a line of a ledger."""
    where = line.currency, line.direction
    return [((*where, "amount"), line.amount), ((*where, "fee"), line.fee)]


TestTrades = Trades.TestCase
TestTrades.settings = settings(STEADY, max_examples=25, stateful_step_count=25)

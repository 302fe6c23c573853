"""A state machine of spot trading: nothing that happens to orders makes money, and holds are what orders need."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.deposits_and_transfers import move, total
from support.desk import by_account, told
from support.hypothesis_settings import STEADY
from support.spot_world import SpotDesk, needed_holds

from simulator.command_log import replay
from simulator.core.funds.grants import opened
from simulator.core.funds.ledger import movements
from simulator.core.gateway.requests import Body
from simulator.core.passing import PassTime
from simulator.core.spot.orders_add import AddOrders, AlterOrder
from simulator.core.spot.orders_cancel import CancelPart
from simulator.core.trading.lifecycle import FillProblem, end, fill
from simulator.core.world import Draft, EndStep, FillStep, Order, OrderPlan, OrderStatus, Side

USERS = ("alice", "frank")
PRICES = st.sampled_from(["59000", "59999.9", "60000", "60000.1", "60000.2", "61000", "50000", "66000.2", "0.1"])
SIZES = st.sampled_from(["0.00001", "0.001", "0.12345678", "1", "7.5", "200"])
FORCES = st.sampled_from([{}, {}, {"timeInForce": "IOC"}, {"timeInForce": "FOK"}, {"postOnly": True}])
LIVES = st.sampled_from([{}, {}, {"timeInForce": "GTT", "cancelAfter": 7}])
STPS = st.sampled_from([None, None, "DC", "CO", "CN", "CB"])
PLANS = (
    OrderPlan(client_oid="slow-*", steps=(FillStep(share=Decimal("0.4")), FillStep(5_000), EndStep(1_000))),
    OrderPlan(client_oid="part-*", steps=(FillStep(3_000, size=Decimal("0.0005"), price=Decimal(59_990)),)),
    OrderPlan(client_oid="no-*", steps=(EndStep(0, "reject"),)),
    OrderPlan(client_oid="late-*", steps=(FillStep(2_000, share=Decimal("0.333")), EndStep(2_000, "expire"))),
)
NAMES = st.sampled_from(["", "", "slow-", "part-", "no-", "late-"])


class Spot(RuleBasedStateMachine):
    """Order, fill, cancel, alter, set prices, move money and wait; look at everything after every step."""

    @initialize()
    def open(self) -> None:
        self.desk = SpotDesk(*PLANS)
        self.keys = {user: self.desk.own_key(user, api_name=f"spot-{user}") for user in USERS}
        self.desk.world = opened(self.desk.world)
        self.desk.exchange.log.clear()
        self.money, self.oids = total(self.desk.world), count()
        self.by_hand = False

    def send(self, user: str, fields: dict[str, Any]) -> None:
        fields = {name: value for name, value in fields.items() if value is not None}
        self.desk.perform(self.desk.order(self.keys[user], **{"price": None, "size": None, **fields}))

    # --- what can happen
    @rule(
        user=st.sampled_from(USERS),
        side=st.sampled_from(["buy", "sell"]),
        price=PRICES,
        size=SIZES,
        force=FORCES,
        life=LIVES,
        stp=STPS,
        name=NAMES,
    )
    def limit(
        self,
        user: str,
        side: str,
        price: str,
        size: str,
        force: dict[str, Any],
        life: dict[str, Any],
        stp: str | None,
        name: str,
    ) -> None:
        oid = f"{name}{next(self.oids)}"
        self.send(user, {"side": side, "price": price, "size": size, "stp": stp, "clientOid": oid, **life, **force})

    @rule(
        user=st.sampled_from(USERS),
        side=st.sampled_from(["buy", "sell"]),
        stp=STPS,
        name=NAMES,
        amount=st.sampled_from(
            [{"size": "0.5"}, {"size": "0.00001"}, {"funds": "100"}, {"funds": "0.100001"}, {"funds": "999999"}]
        ),
    )
    def market(self, user: str, side: str, stp: str | None, name: str, amount: dict[str, str]) -> None:
        oid = f"{name}{next(self.oids)}"
        self.send(user, {"type": "market", "side": side, "stp": stp, "clientOid": oid, **amount})

    @rule(user=st.sampled_from(USERS), sizes=st.lists(SIZES, min_size=1, max_size=3), price=PRICES)
    def several(self, user: str, sizes: list[str], price: str) -> None:
        orders = [
            {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": price, "size": size} for size in sizes
        ]
        fields = {"orderList": orders}
        signed = self.keys[user].sign(json.dumps(fields).encode(), path="/x", timestamp=self.desk.wall)
        self.desk.perform(AddOrders(signed, Body(fields)))

    def active(self, data: st.DataObject) -> Order | None:
        orders = sorted((order for order in self.desk.world.orders.values() if order.status.active), key=lambda o: o.id)
        return data.draw(st.sampled_from(orders)) if orders else None

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if (order := self.active(data)) is not None:
            command = self.desk.canceling(order, self.keys[order.user])
            assert self.desk.perform(command).word == "OK"

    @rule(data=st.data(), size=SIZES)
    def cancel_a_part(self, data: st.DataObject, size: str) -> None:
        if (order := self.active(data)) is not None:
            signed = self.keys[order.user].sign(method="DELETE", path="/x", timestamp=self.desk.wall)
            self.desk.perform(CancelPart(signed, order.id, "BTC-USDT", size))

    @rule(data=st.data(), price=PRICES, size=SIZES, which=st.integers(1, 3))
    def alter(self, data: st.DataObject, price: str, size: str, which: int) -> None:
        if (order := self.active(data)) is not None:
            fields = {"symbol": "BTC-USDT", "orderId": order.id}
            fields |= ({"newPrice": price} if which & 1 else {}) | ({"newSize": size} if which & 2 else {})
            signed = self.keys[order.user].sign(json.dumps(fields).encode(), path="/x", timestamp=self.desk.wall)
            self.desk.perform(AlterOrder(signed, Body(fields)))

    @rule(last=st.sampled_from(["59000", "60000", "60500", "50000", "70000"]))
    def set_price(self, last: str) -> None:
        self.by_hand = True
        self.desk.price(last)

    @rule(data=st.data(), size=SIZES, price=PRICES, takes=st.booleans())
    def fill_by_hand(self, data: st.DataObject, size: str, price: str, takes: bool) -> None:
        if (order := self.active(data)) is None:
            return
        draft, at = Draft(self.desk.world), self.desk.exchange.clock.now().business
        try:
            fill(draft, order, Decimal(size), Decimal(price), "taker" if takes else "maker", at)
        except FillProblem:
            return
        self.by_hand, self.desk.world = True, draft.done()

    @rule(data=st.data(), status=st.sampled_from([OrderStatus.REJECTED, OrderStatus.EXPIRED]))
    def end_by_hand(self, data: st.DataObject, status: OrderStatus) -> None:
        if (order := self.active(data)) is not None:
            draft = Draft(self.desk.world)
            end(draft, order, status, self.desk.exchange.clock.now().business)
            self.by_hand, self.desk.world = True, draft.done()

    @rule(user=st.sampled_from(USERS), amount=st.sampled_from(["1", "1000000", "33.333333"]), back=st.booleans())
    def transfer(self, user: str, amount: str, back: bool) -> None:
        accounts = {"fromAccountType": "TRADE", "toAccountType": "MAIN"} if back else {}
        self.desk.perform(move(self.keys[user], amount=amount, clientOid=f"t{next(self.oids)}", **accounts))

    @rule(amount=st.sampled_from(["10", "49000"]))
    def pay_out(self, amount: str) -> None:
        if not hasattr(self, "oauth"):
            self.oauth = self.desk.key("frank")
        self.desk.perform(self.desk.withdrawal(self.oauth, by_account("UID", "200000001", amount=amount)))

    @rule(jump=st.sampled_from([1, 999, 1_000, 3_000, 7_000]), look=st.booleans())
    def wait(self, jump: int, look: bool) -> None:
        self.desk.advance(jump)
        if look:
            self.desk.perform(PassTime())

    # --- what always holds
    @invariant()
    def money_is_conserved(self) -> None:
        """All accounts, pots and fees together have what they had at the start."""
        assert total(self.desk.world) == self.money

    @invariant()
    def holds_are_what_active_orders_need(self) -> None:
        """Each trade account holds what its user's active orders need, reckoned anew, and no one is overdrawn."""
        needed = needed_holds(self.desk.world)
        for wallet in self.desk.world.wallets.values():
            for account in wallet.every:
                assert account.available >= 0
                assert account.holds == (needed[wallet.user, account.currency] if account.type == "trade" else 0)

    @invariant()
    def sizes_add_up(self) -> None:
        """Filled, remaining and canceled are the size; no fill is beyond the price; sums are those of the fills."""
        for order in self.desk.world.orders.values():
            terms, fills = order.terms, [*order.fills]
            assert order.deal_size == sum(row.size for row in fills)
            assert order.deal_funds == sum(row.funds for row in fills)
            assert order.fee == sum(row.fee for row in fills)
            assert order.rest >= 0
            if not order.status.active:
                assert told(order.rest, order.held) == (0, 0)
            if terms.price is not None and terms.size is not None:
                buys = terms.side is Side.BUY
                assert all(row.price <= terms.price if buys else row.price >= terms.price for row in fills)
                assert order.deal_size + order.canceled_size <= terms.size

    @invariant()
    def indexes_agree(self) -> None:
        """Lists of active and ended orders, counts, the book and the agenda are those of the orders themselves."""
        world = self.desk.world
        active = {order.id for order in world.orders.values() if order.status.active}
        histories = list(world.order_histories.values())
        assert {name for history in histories for name in history.active} == active
        assert {order.id for history in histories for order in history.done} == set(world.orders) - active
        counts: dict[str, int] = defaultdict(int)
        for name in active:
            counts[world.orders[name].user] += 1
        for user in world.users:
            assert sum(world.trader(user).active.values()) == counts[user]
        book = world.resting("BTC-USDT")
        resting = {name for side in (book.buys, book.sells) for level in side.levels.values() for name in level}
        assert resting == {name for name in active if world.orders[name].in_book and not world.orders[name].planned}
        assert {due.of for due in world.agenda.entries.values()} <= active

    @invariant()
    def the_ledger_leads_to_the_balances(self) -> None:
        """The movements add up to balances and holds, and their ids grow in the order in which they happened."""
        world = self.desk.world
        sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        holds: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for row in movements(world):
            sums[row.user, row.currency, row.account] += row.balance
            holds[row.user, row.currency, row.account] += row.holds
        for wallet in world.wallets.values():
            for account in wallet.every:
                assert sums[wallet.user, account.currency, account.type] == account.balance
                assert holds[wallet.user, account.currency, account.type] == account.holds
        for statement in (*world.statements.values(), world.everybody):
            assert statement.fills.ordered
            assert statement.order_holds.ordered

    def teardown(self) -> None:
        """Without deeds by hand, the log of it all, performed again, gives the same world."""
        if hasattr(self, "desk") and self.desk.exchange.log and not self.by_hand:
            assert replay(self.desk.exchange.log) == self.desk.world


TestSpot = Spot.TestCase
TestSpot.settings = settings(STEADY, max_examples=40, stateful_step_count=40)

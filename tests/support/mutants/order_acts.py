"""Stages of orders: what a symbol allows, lost answers, what becomes of an order, several at once, and a switch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from simulator.evidence.readiness.detectors.orders import ADDS, BATCHES, CANCELS
from support.desk import Key
from support.mutants.accounting import CarefulBroker
from support.mutants.ordering import SpotOrder, buy
from support.mutants.stage import Stages
from support.readiness.bench import ALL
from support.readiness.order_refusals import full

FUNDED: Final = "given: {users: {frank: {trade: {USDT: '5000', BTC: '1'}}}}"
TAKE: Final = "60500"
"""A price at which a purchase is filled."""
CLOSED: Final = """given:
  users: {frank: {trade: {USDT: '100000'}}, erin: {trade: {USDT: '1000'}}}
  symbols: {BTC-USDT: {base_max_size: '0.5'}, ETH-USDT: {enabled: false}}"""
STAGES: Final = Stages()


def planned(*plans: str) -> str:
    """A scenario in which plans say what becomes of frank's purchases of 0.01, by their prices."""
    rows = (
        f"{{user: frank, side: buy, match: {{size: '0.01', price: {plan.replace(' ', '}, ', 1)}}}" for plan in plans
    )
    return f"{FUNDED}\norders: [{', '.join(rows)}]"


ENDINGS: Final = planned(
    "58000 plan: [{fill: 40%}, {after: 5s, cancel: rest}]",
    "57000 plan: [{fill: 40%}, {after: 5s, expire: rest}]",
    "56000 plan: [{after: 5s, reject: rest}]",
    "55000 plan: [{after: 5s, cancel: rest}]",
    "54000 plan: [{after: 5s, fill: rest}]",
)
GOING: Final = ("58000", "57000", "56000", "55000", "53000")
"""Of these orders some or all comes to nothing; the last one expires by its own terms."""


def connected(broker: CarefulBroker, *users: str) -> None:
    """The users have connected before, with all permissions."""
    for user in users:
        key: Key = broker.bench.key(user)
        broker.keys[user], broker.granted[user] = key, ALL


def lose(broker: CarefulBroker, operations: Iterable[str], at: str = "after_commit") -> None:
    """Lose the next answer, whichever of these calls the broker uses."""
    for operation in operations:
        broker.bench.lose(operation, at)


def calm(broker: CarefulBroker) -> None:
    """The network is well again."""
    broker.bench.steer("PUT", "/faults", {"faults": []})


def going(price: str) -> SpotOrder:
    """An order that comes to nothing in five seconds."""
    return buy(price=price, timeInForce="GTT", cancelAfter=5) if price == "53000" else buy(price=price)


# --- what is refused
@STAGES.of(CLOSED)
def mistyped_spot_orders(broker: CarefulBroker) -> None:
    """Whatever a customer can order wrongly, each once, and one of a frozen user."""
    connected(broker, "frank", "erin")
    broker.place(buy("0.00123456789", "59000.37"))
    broker.place(buy("0.00000001"))
    broker.place(buy("0.6"))
    broker.place(buy("-1"))
    broker.place(buy("0.001", "670000"))
    broker.place(buy(symbol="NO-COIN"))
    broker.place(buy(symbol="ETH-USDT", price="2900"))
    broker.place(buy(user="erin"))


@STAGES.of(FUNDED)
def an_order_that_comes_late(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    wanted = buy()
    wanted.stamp = broker.clock() - 60_000
    broker.place(wanted)


@STAGES.of("given: {users: {frank: {balances: {USDT: '1000'}}}}")
def money_for_orders(broker: CarefulBroker) -> None:
    """The money is in the main account, and there is too little for the second order."""
    connected(broker, "frank")
    broker.place(buy())
    broker.place(buy("0.9"))


@STAGES.of(FUNDED)
def spot_trading_is_not_ticked(broker: CarefulBroker) -> None:
    broker.groups = ("API_COMMON",)
    broker.consents["frank"] = {"grant": ["API_COMMON"]}
    broker.place(buy())


@STAGES.of(FUNDED)
def too_many_orders(broker: CarefulBroker) -> None:
    """The customer has as many orders as a symbol takes, and wants one more."""
    connected(broker, "frank")
    full(broker.bench)
    broker.place(buy("0.001", "20000"))


@STAGES.of(FUNDED)
def an_empty_pool_for_orders(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    for operation in ADDS:
        broker.bench.fault(operation, 3, refuse="RATE_LIMITED")
    broker.place(buy())


# --- lost answers
@STAGES.of(FUNDED)
def lost_orders(broker: CarefulBroker) -> None:
    """One is accepted and one is not, and no answer says so."""
    connected(broker, "frank")
    lose(broker, ADDS)
    broker.place(buy())
    calm(broker)
    lose(broker, ADDS, "before")
    broker.place(buy("0.005"))


@STAGES.of(FUNDED)
def lost_batch(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    lose(broker, BATCHES)
    broker.place_all([buy("0.001"), buy("0.002")])


@STAGES.of("given: {users: {frank: {balances: {USDT: '3000'}, trade: {USDT: '1000'}}}}")
def batch_in_part(broker: CarefulBroker) -> None:
    """The trading account has the money for two of three orders."""
    connected(broker, "frank")
    broker.place_all([buy("0.008", "50000"), buy("0.008", "50000"), buy("0.008", "50000")])


@STAGES.of(FUNDED)
def lost_order_cancellation(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    wanted = buy()
    broker.place(wanted)
    lose(broker, CANCELS)
    broker.take_back(wanted)


# --- what becomes of an order
@STAGES.of(ENDINGS)
def orders_that_end(broker: CarefulBroker) -> None:
    """The customer wants all of each."""
    connected(broker, "frank")
    for price in GOING:
        broker.obtain(going(price))


@STAGES.of(ENDINGS)
def orders_that_end_before_they_are_taken_back(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    for price in GOING[2:]:
        wanted = going(price)
        broker.place(wanted)
        broker.bench.advance("5s")
        broker.take_back(wanted)


@STAGES.of(ENDINGS)
def a_fill_that_is_faster(broker: CarefulBroker) -> None:
    """An order is filled just before the customer wants it at another price."""
    connected(broker, "frank")
    wanted = buy(price="54000")
    broker.place(wanted)
    broker.bench.advance("5s")
    broker.replace_order(wanted, "59000")


@STAGES.of(ENDINGS.replace(", BTC: '1'", ""))
def bought_to_be_sold(broker: CarefulBroker) -> None:
    """KuCoin cancels what the customer wants to buy and to sell again."""
    connected(broker, "frank")
    wanted = going("55000")
    broker.place(wanted)
    broker.bench.advance("5s")
    broker.sell_again(wanted, "61000")


@STAGES.of(planned("59000 unknown_for: 5s"))
def not_found_at_first(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    broker.obtain(buy())


@STAGES.of(planned("60500 stale_for: 5s"))
def a_fill_that_the_order_does_not_show_yet(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    broker.obtain(buy(price=TAKE))


@STAGES.of(FUNDED)
def a_better_price(broker: CarefulBroker) -> None:
    """The customer wants the rest of the money back."""
    connected(broker, "frank")
    wanted = buy(price="61000")
    broker.obtain(wanted)
    broker.give_back(wanted)


@STAGES.of(FUNDED)
def an_order_that_never_was(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    broker.inquire("frank", "mine")


@STAGES.of(f"{FUNDED}\norders: [{{user: frank, match: {{timeInForce: FOK}}, plan: [{{fill: 40%}}]}}]")
def killed_at_once(broker: CarefulBroker) -> None:
    """FOK, IOC and postOnly orders that the market does not let be, and one that meets the customer's own."""
    connected(broker, "frank")
    broker.obtain(buy("0.001", TAKE, timeInForce="FOK"))
    broker.obtain(buy("0.001", timeInForce="IOC"))
    broker.obtain(buy("0.001", TAKE, postOnly=True))
    broker.place(buy("0.5", "60100", side="sell"))
    broker.obtain(buy("0.001", TAKE, stp="CN"))


# --- altered, switched off, and triggered
@STAGES.of(FUNDED)
def altered_and_taken_back(broker: CarefulBroker) -> None:
    connected(broker, "frank")
    wanted = buy()
    broker.place(wanted)
    broker.alter(wanted, "58000")
    broker.take_back(wanted)


@STAGES.of(FUNDED)
def a_break_with_a_switch(broker: CarefulBroker) -> None:
    """The broker sets the switch anew once, is away for longer than a minute, and the customer wants nothing more."""
    connected(broker, "frank")
    broker.guard("frank")
    orders = [buy("0.001"), buy("0.002"), buy("0.003")]
    for wanted in orders:
        broker.place(wanted)
    broker.bench.sleep(50_000)
    broker.guard("frank")
    broker.bench.sleep(70_000)
    broker.after_a_break("frank", orders)
    broker.take_all_back(orders)


@STAGES.of("given: {users: {frank: {trade: {USDT: '1000'}}}}")
def a_stop_without_money(broker: CarefulBroker) -> None:
    """Another order holds the money when the price comes, and the customer wants the stop order no more."""
    connected(broker, "frank")
    wanted = buy(price="62000")
    broker.stop(wanted, "61000")
    broker.place(buy("0.015"))
    broker.bench.steer("PUT", "/prices/BTC-USDT", {"last": "61000"})
    broker.take_stop_back(wanted)


@STAGES.of("given: {users: {frank: {trade: {USDT: '1000'}}}}")
def a_stop_that_becomes_an_order(broker: CarefulBroker) -> None:
    """The price comes, the money is there, and the customer wants the stop order no more."""
    connected(broker, "frank")
    wanted = buy(price="62000")
    broker.stop(wanted, "61000")
    broker.bench.steer("PUT", "/prices/BTC-USDT", {"last": "61000"})
    broker.take_stop_back(wanted)

"""Stages of lost answers, the network, and what becomes of a payment; deposits, transfers, lists and rebates."""

from __future__ import annotations

from typing import Final

from support.mutants.accounting import CarefulBroker
from support.mutants.calls import DeclinedError, LostError
from support.mutants.paying import order
from support.mutants.payment_acts import IN_TRADE, MANUAL, USDT
from support.mutants.stage import Stages
from support.readiness.failing_network import EFFECTS

FREE: Final = "choices: {settlement: manual, cancel_with_oauth_key: allow}"
CLOSED: Final = "given: {currencies: {USDT: {chains: {eth: {deposit_enabled: false}}}}}"
STAGES: Final = Stages()


def ready(broker: CarefulBroker, user: str = "frank") -> None:
    """Connect the user, before anything goes wrong."""
    broker.look(user, "/api/v1/accounts")


@STAGES.of()
def lost_payment(broker: CarefulBroker) -> None:
    ready(broker)
    broker.bench.lose("withdraw")
    broker.pay(order())


@STAGES.of()
def unmade_payment(broker: CarefulBroker) -> None:
    ready(broker)
    broker.bench.lose("withdraw", "before")
    broker.pay(order())


@STAGES.of()
def lost_challenge(broker: CarefulBroker) -> None:
    ready(broker, "alice")
    broker.bench.lose("withdraw")
    broker.pay(order("alice"))


@STAGES.of()
def lost_proof(broker: CarefulBroker) -> None:
    ready(broker, "alice")
    broker.bench.lose("verify_withdrawal")
    broker.pay(order("alice"))


@STAGES.of()
def unmade_proof(broker: CarefulBroker) -> None:
    ready(broker, "alice")
    broker.bench.lose("verify_withdrawal", "before")
    broker.pay(order("alice"))


@STAGES.of()
def lost_payment_and_look(broker: CarefulBroker) -> None:
    """The payment's answer is lost, and so is the first look, whatever is looked at."""
    ready(broker)
    broker.bench.lose("withdraw")
    wanted = order()
    for operation in ("list_withdrawals", "list_accounts", "list_ledgers"):
        broker.bench.lose(operation)
    broker.pay(wanted)


@STAGES.of(IN_TRADE)
def lost_transfers(broker: CarefulBroker) -> None:
    ready(broker)
    for old in (False, True):
        broker.old_transfers = old
        broker.bench.lose("make_inner_transfer" if old else "make_transfer")
        broker.tidy("frank", "11" if old else "10")


@STAGES.of(FREE)
def lost_cancellation(broker: CarefulBroker) -> None:
    wanted = order()
    broker.pay(wanted)
    broker.bench.lose("cancel_withdrawal")
    broker.cancel(wanted)


@STAGES.of()
def lost_address(broker: CarefulBroker) -> None:
    ready(broker)
    broker.bench.lose("create_deposit_address")
    broker.deposit_address("frank", "USDT", "eth")


# --- what becomes of a payment
@STAGES.of(MANUAL)
def paid_later(broker: CarefulBroker) -> None:
    broker.pay(order(remark="order 6", amount="60"))
    wanted = order(remark="order 7")
    broker.pay(wanted)
    broker.seen(wanted, broker.status(wanted))
    broker.bench.steer("POST", f"/withdrawals/{newest(broker)}/approve")
    broker.follow(wanted)


@STAGES.of(MANUAL)
def failed_later(broker: CarefulBroker) -> None:
    wanted = order(remark="order 8")
    broker.pay(wanted)
    broker.bench.steer("POST", f"/withdrawals/{newest(broker)}/fail")
    broker.follow(wanted)


@STAGES.of(MANUAL)
def under_review(broker: CarefulBroker) -> None:
    wanted = order()
    broker.pay(wanted)
    broker.bench.steer("POST", f"/withdrawals/{newest(broker)}/review")
    broker.follow(wanted)


@STAGES.of(FREE)
def canceled_in_time(broker: CarefulBroker) -> None:
    wanted = order()
    broker.pay(wanted)
    broker.cancel(wanted)


@STAGES.of(FREE)
def canceled_too_late(broker: CarefulBroker) -> None:
    wanted = order()
    broker.pay(wanted)
    broker.bench.steer("POST", f"/withdrawals/{newest(broker)}/approve")
    broker.cancel(wanted)


def newest(broker: CarefulBroker) -> str:
    """The id of the payment that was made last. Raise `DeclinedError` if there is none."""
    withdrawals = broker.bench.app.desk.exchange.world.withdrawals
    if not withdrawals:
        raise DeclinedError("nothing was paid")
    return max(withdrawals)


# --- deposits, transfers, lists
@STAGES.of(USDT.format(0))
def a_deposit_on_its_way(broker: CarefulBroker) -> None:
    """The customer wants 50 to be paid as soon as the deposit of 100 is there."""
    broker.deposit_address("frank", "USDT", "eth")
    deposit = {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100", "confirmations": 0}
    broker.bench.steer("POST", "/deposits", deposit)
    for pause in ("1m", "1m", "1h"):
        if broker.deposited("frank") >= 50:
            broker.pay(order(amount="50"))
        broker.bench.advance(pause)
    broker.deposited("frank")


@STAGES.of()
def an_address_that_exists(broker: CarefulBroker) -> None:
    broker.deposit_address("alice", "USDT", "trx")


@STAGES.of(CLOSED)
def addresses_that_cannot_be(broker: CarefulBroker) -> None:
    broker.deposit_address("frank", "USDT", "eth")
    broker.deposit_address("frank", "USDT", "nosuch")


@STAGES.of(IN_TRADE)
def transfers(broker: CarefulBroker) -> None:
    """Three of one amount, three others, one that is too large, and one of nothing."""
    broker.tidy("frank", "10", "10", "10", "1", "2", "3", "5000", "0")


@STAGES.of()
def long_lists(broker: CarefulBroker) -> None:
    """A report is made three times, of lists that have more rows than a page."""
    for number in range(12):
        broker.pay(order(amount=str(20 + number)))
    broker.deposit_address("frank", "USDT", "eth")
    for _ in range(12):
        deposit = {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100"}
        broker.bench.steer("POST", "/deposits", deposit)
    for _ in range(3):
        for path in ("/api/v1/accounts/ledgers", "/api/v1/withdrawals", "/api/v1/deposits"):
            broker.pages("frank", path)
        broker.bench.sleep(600_000)


@STAGES.of(IN_TRADE)
def a_long_trading_ledger(broker: CarefulBroker) -> None:
    broker.tidy("frank", "1", "2", "3")
    broker.parts("frank")


@STAGES.of("choices: {rebate_delay: 6s}")
def rebates(broker: CarefulBroker) -> None:
    """The month's file is wanted; and once more, up to twice, if it did not come."""
    for _ in range(3):
        if broker.rebates() != "{}":
            return


# --- the network
@STAGES.of()
def a_bad_network(broker: CarefulBroker) -> None:
    """Each kind of trouble strikes looks for a while."""
    ready(broker)
    for effect in EFFECTS.values():
        broker.bench.fault("list_accounts", times=30, **effect)
        try:
            broker.look("frank", "/api/v1/accounts")
        except LostError:
            broker.bench.sleep(60_000)
        broker.bench.steer("PUT", "/faults", {"faults": []})
        broker.look("frank", "/api/v1/accounts")


@STAGES.of()
def a_clock_that_goes_wrong(broker: CarefulBroker) -> None:
    ready(broker)
    broker.bench.skew(30_000)
    broker.look("frank", "/api/v1/accounts")
    broker.bench.skew(0)
    broker.look("frank", "/api/v1/accounts")

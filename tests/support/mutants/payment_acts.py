"""Stages of payments: where they go, how much they are, factors and limits."""

from __future__ import annotations

from typing import Final

from support.mutants.accounting import CarefulBroker
from support.mutants.paying import Order, order, to_account
from support.mutants.stage import Stages

USDT: Final = "given: {{users: {{frank: {{balances: {{USDT: '{}'}}}}}}}}"
IN_TRADE: Final = "given: {users: {frank: {balances: {USDT: '0'}, trade: {USDT: '1000'}}}}"
MANUAL: Final = "choices: {settlement: manual}"
XRP: Final = "given: {users: {frank: {balances: {XRP: '1000'}}}}"
SHOP: Final = "rShopShopShopShopShopShopShop"
TRX_CLOSED: Final = "given: {currencies: {USDT: {chains: {trx: {withdraw_enabled: false}}}}}"
HIGH_FEES: Final = "given: {currencies: {USDT: {chains: {trx: {withdrawal_min_size: '1', withdrawal_min_fee: '5'}}}}}"
STAGES: Final = Stages()


def persist(broker: CarefulBroker, wanted: Order, times: int = 3) -> None:
    """The customer sends the order again, up to so many times, if it was declined."""
    for _ in range(times):
        if wanted.state in ("new", "declined"):
            wanted.state = "new"
            broker.pay(wanted)


@STAGES.of(XRP)
def mistyped_orders(broker: CarefulBroker) -> None:
    """Whatever a customer can type wrong, each once."""
    broker.pay(order(address="0xnone"))
    broker.pay(order(currency="XRP", chain="xrp", address=SHOP))
    broker.pay(order(currency="XRP", chain="xrp", address=SHOP, memo="1234567"))
    broker.pay(order(memo="7"))
    broker.pay(order(chain="TRC20"))
    broker.pay(order(chain="nosuch"))
    broker.pay(order(currency="NOSUCH"))
    broker.pay(order(isInner=True))
    broker.pay(order(amount="0.5"))
    broker.pay(order(amount="100.123456789"))
    broker.pay(order(amount="1e2"))


@STAGES.of()
def unknown_recipients(broker: CarefulBroker) -> None:
    for kind, address in (("UID", "1"), ("MAIL", "no@example.test"), ("PHONE", "+1999")):
        broker.pay(to_account(kind, address))


@STAGES.of(TRX_CLOSED)
def closed_chain(broker: CarefulBroker) -> None:
    broker.pay(order())
    broker.pay(order(chain="eth", address="0x0de51de0de51de0de51de0de51de0de51de0de51"))


@STAGES.of()
def only_to_the_address_book(broker: CarefulBroker) -> None:
    broker.consents["frank"] = {"addressbook_only": True}
    broker.pay(order())
    broker.pay(order(address="TFrankFriendFrankFriendFrankFriend"))


@STAGES.of(USDT.format(50))
def too_little_money(broker: CarefulBroker) -> None:
    wanted = order()
    broker.pay(wanted)
    broker.follow(wanted)


@STAGES.of(IN_TRADE)
def money_in_the_trading_account(broker: CarefulBroker) -> None:
    broker.pay(order())


@STAGES.of(f"{MANUAL}\n{USDT.format(200)}")
def money_that_is_held(broker: CarefulBroker) -> None:
    """A second order, as large as the first, while the first one holds the money."""
    first = order()
    broker.pay(first)
    broker.status(first)
    persist(broker, order(address="TFrankFriendFrankFriendFrankFriend"))


@STAGES.of(HIGH_FEES)
def smaller_than_the_fees(broker: CarefulBroker) -> None:
    broker.pay(order(amount="3", feeDeductType="INTERNAL"))


@STAGES.of("choices: {amount_cap_24h: '500'}")
def capped_by_the_day(broker: CarefulBroker) -> None:
    broker.pay(order(amount="600"))


@STAGES.of()
def an_amount_in_two_parts(broker: CarefulBroker) -> None:
    """The customer wants 100.1 and 200.2 USDT in one payment."""
    wanted = order(amount="300.3")
    wanted.parts = ("100.1", "200.2")
    persist(broker, wanted)


@STAGES.of("given: {users: {alice: {balances: {USDT: '1000'}}}}")
def two_parts_with_factors(broker: CarefulBroker) -> None:
    wanted = order("alice", amount="30.25")
    wanted.parts = ("10.125", "20.125")
    persist(broker, wanted)


@STAGES.of(USDT.format("7.5"))
def all_with_the_smallest_fee(broker: CarefulBroker) -> None:
    pay_all(broker)


@STAGES.of(USDT.format("111.5"))
def all_with_a_fee_of_ten_percent(broker: CarefulBroker) -> None:
    pay_all(broker)


@STAGES.of(USDT.format("1000"))
def all_with_the_largest_fee(broker: CarefulBroker) -> None:
    pay_all(broker)


def pay_all(broker: CarefulBroker) -> None:
    """The customer wants everything to be paid that is there, and asks three times if that fails."""
    for _ in range(3):
        wanted = order(amount="0", feeDeductType="EXTERNAL")
        wanted.fields["amount"] = broker.affordable(wanted)
        broker.pay(wanted)
        if wanted.state == "sent":
            broker.follow(wanted)
            return


@STAGES.of(USDT.format(150))
def what_is_left_after_the_fees(broker: CarefulBroker) -> None:
    """After a payment of 100 out of 150, the customer wants the rest to be paid, and asks twice if that fails."""
    broker.pay(order(feeDeductType="EXTERNAL"))
    for _ in range(2):
        wanted = order(feeDeductType="INTERNAL")
        wanted.fields["amount"] = str(broker.available(wanted, "main"))
        broker.pay(wanted)
        if wanted.state == "sent":
            broker.follow(wanted)
            return


# --- limits
@STAGES.of()
def four_at_once(broker: CarefulBroker) -> None:
    for _ in range(4):
        broker.pay(to_account())


@STAGES.of()
def four_of_three_kinds(broker: CarefulBroker) -> None:
    for kind, address in (
        ("UID", "200000002"),
        ("MAIL", "bob@example.test"),
        ("PHONE", "+15550101"),
        ("UID", "200000003"),
    ):
        broker.pay(to_account(kind, address))


@STAGES.of()
def refused_ones_fill_the_window(broker: CarefulBroker) -> None:
    for address in ("1", "2", "200000002", "200000003"):
        broker.pay(to_account(address=address))


@STAGES.of()
def fifty_one_in_a_day(broker: CarefulBroker) -> None:
    for number in range(1, 52):
        broker.pay(to_account())
        if number % 3 == 0:
            broker.bench.sleep(11_000)


@STAGES.of()
def an_empty_pool(broker: CarefulBroker) -> None:
    broker.look("frank", "/api/v1/accounts")
    broker.bench.fault("withdraw", refuse="RATE_LIMITED")
    broker.pay(order())
    for operation, path in (
        ("list_accounts", "/api/v1/accounts"),
        ("list_orders", "/api/v1/orders"),
        ("list_futures_history", "/api/v1/transaction-history"),
        ("get_server_time", "/api/v1/timestamp"),
    ):
        broker.bench.fault(operation, refuse="RATE_LIMITED")
        broker.look("frank", path)


# --- factors
@STAGES.of()
def no_factor(broker: CarefulBroker) -> None:
    broker.pay(order("bob"))


@STAGES.of()
def both_factors(broker: CarefulBroker) -> None:
    wanted = order("alice")
    broker.pay(wanted)
    broker.follow(wanted)


@STAGES.of()
def a_choice_of_factors(broker: CarefulBroker) -> None:
    broker.pay(order("carol"))


@STAGES.of("choices: {verification_attempts: 5}")
def a_mistyped_code(broker: CarefulBroker) -> None:
    broker.typing_errors = (1,)
    broker.pay(order("alice"))


@STAGES.of()
def three_mistyped_codes(broker: CarefulBroker) -> None:
    broker.typing_errors = (1, 2, 3)
    broker.pay(order("alice"))


@STAGES.of()
def a_slow_user(broker: CarefulBroker) -> None:
    broker.meanwhile = lambda: broker.bench.sleep(600_000)
    broker.pay(order("alice"))


@STAGES.of()
def frozen_users(broker: CarefulBroker) -> None:
    """One is frozen before the payment, one between its two requests."""
    broker.pay(order("erin"))
    broker.tidy("erin", "10")
    broker.meanwhile = lambda: broker.bench.steer("PATCH", "/users/alice", {"frozen": True})
    broker.pay(order("alice"))


# --- permissions
@STAGES.of(IN_TRADE)
def nothing_ticked(broker: CarefulBroker) -> None:
    """The user has ticked neither withdrawal nor transfers."""
    broker.groups = ("API_COMMON",)
    broker.consents["alice"] = {"grant": ["API_COMMON"]}
    persist(broker, order("alice"), 1)
    broker.groups = ("API_COMMON",)
    broker.consents["frank"] = {"grant": ["API_COMMON"]}
    broker.tidy("frank", "10")


@STAGES.of(MANUAL)
def a_cancellation_without_permission(broker: CarefulBroker) -> None:
    wanted = order()
    broker.pay(wanted)
    broker.cancel(wanted)

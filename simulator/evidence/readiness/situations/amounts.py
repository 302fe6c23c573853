"""Situations of how much a payment is: precision, minimum, fees, and what the balance covers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from simulator.core.spec import FeeDeductType
from simulator.core.world import Withdrawal
from simulator.evidence.readiness.detectors.combinators import (
    CallCondition,
    Reached,
    Sign,
    again,
    either,
    final,
    foreseen,
    once,
    other_request,
    reached_by,
    watch,
)
from simulator.evidence.readiness.detectors.requests import LOOKS, PAYMENTS, TRANSFERS, number_of, withdrawal_of
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Situation

LEAST, MOST, RATE = Decimal(1), Decimal(30), Decimal("0.1")
"""The service fee of s9: its bounds in USDT, and its part of the amount."""
SHORT: Final = "BALANCE_INSUFFICIENT"
CURRENCIES: Final = ("get_currency", "list_currencies", "get_currency_v2", "list_currencies_v2")
OAUTH: Final = ("withdraw", "verify_withdrawal")
PAID: Final = Sign(PAYMENTS, "paid", ("OK",))
MOVED: Final = Sign(TRANSFERS, "moved money into the main account", ("OK",))
LOOKED: Final = Sign(LOOKS, "looked at the money", ("OK",), weak=True)


def band(history: History, place: int) -> str:
    """Which part of s9 decides the service fee of a broker withdrawal: minimum, percentage or maximum; "" = none."""
    entry = history.entries[place]
    if entry.outcome.operation not in OAUTH:
        return ""
    fields = history.fields(place)
    currency, amount = entry.before.currencies.get(str(fields.get("currency"))), number_of(fields.get("amount"))
    if currency is None or currency.price_usdt is None or amount is None or not amount.is_finite():
        return ""
    fee = amount * currency.price_usdt * RATE
    return "minimum" if fee < LEAST else "maximum" if fee > MOST else "percentage"


def available(history: History, place: int, account: str = "main") -> Decimal:
    """What the user's account had available of the payment's currency when the call came in."""
    entry = history.entries[place]
    wallet = entry.before.wallet(entry.outcome.subject.user)
    return wallet.account(str(history.fields(place).get("currency")), account).available


def _covers_amount(history: History, place: int) -> bool:
    """True if the balance covers the amount, so that only the fees are missing."""
    amount = number_of(history.fields(place).get("amount"))
    return amount is not None and available(history, place) >= amount


def _in_trade(history: History, place: int) -> bool:
    amount = number_of(history.fields(place).get("amount"))
    return amount is not None and available(history, place) < amount <= available(history, place, "trade")


def _held(history: History, place: int) -> bool:
    """True if the account owns enough, but withdrawals under way hold it."""
    entry = history.entries[place]
    account = entry.before.wallet(entry.outcome.subject.user).account(str(history.fields(place).get("currency")))
    amount = number_of(history.fields(place).get("amount"))
    return amount is not None and account.available < amount <= account.balance


def _none_of_these(history: History, place: int) -> bool:
    return not (_covers_amount(history, place) or _in_trade(history, place) or _held(history, place))


def _other_chain(history: History, place: int) -> bool:
    """True of a payment that would be below the minimum of the default chain, made by another one after a look."""
    paid = withdrawal_of(history.entries[place])
    if paid is None or not paid.chain:
        return False
    currency = history.entries[place].before.currencies[paid.payment.currency]
    if paid.chain == currency.default_chain:
        return False
    minimums = [chain.withdrawal_min_size for chain in currency.chains if chain.chain_id == currency.default_chain]
    return any(paid.payment.amount < minimum for minimum in minimums) and looked_at_chains(history, place)


def looked_at_chains(history: History, place: int) -> bool:
    """True if anybody has looked at the currencies before a call."""
    return history.before(place, CURRENCIES, anybody=True) is not None


def _all_there_is(history: History, place: int) -> bool:
    """True of a payment that takes all of the main account, after a look at it."""
    paid = withdrawal_of(history.entries[place])
    return paid is not None and available(history, place) == paid.debit and history.before(place, LOOKS) is not None


def _moved_first(history: History, place: int) -> bool:
    """True of a payment for which money was moved into the main account beforehand."""
    paid, moved = withdrawal_of(history.entries[place]), history.last_ok(place, TRANSFERS)
    return (
        paid is not None and moved is not None and available(history, moved) < paid.debit <= available(history, place)
    )


def _sees_held(history: History, place: int) -> bool:
    """True of a look while withdrawals hold so much that the last payment could not be made again."""
    last = history.last_ok(place, PAYMENTS)
    paid = withdrawal_of(history.entries[last]) if last is not None else None
    if paid is None:
        return False
    account = history.entries[place].before.wallet(paid.user).account(paid.payment.currency)
    return account.available < paid.debit <= account.balance


def _fee(name: str) -> Detector:
    """A payment in one band of the fee; with more money in the account, nobody sees how the broker reckons."""
    due = reached_by(OAUTH, ("OK", SHORT), lambda history, place: _tight_band(history, place) == name)
    return accepted_or(due, f"was a payment whose fee is the {name} of s9")


@once
def _tight_band(history: History, place: int) -> str:
    """The band of a payment that leaves less than its fee, or that the balance covers without fees; "" of others."""
    paid = withdrawal_of(history.entries[place])
    if history.word(place) == SHORT:
        tight = _covers_amount(history, place)
    else:
        external = paid is not None and paid.fee_deduct_type is FeeDeductType.EXTERNAL
        tight = paid is not None and external and available(history, place) - paid.debit <= paid.service_fee
    return band(history, place) if tight else ""


def accepted_or(reached: Reached, what: str) -> Detector:
    """Handled if the payment was accepted at once, or after the broker had changed it."""
    short = watch(
        lambda history: [place for place in reached(history) if history.word(place) != "OK"],
        f"{what}, and the balance did not cover it",
        broken=(again(OAUTH),), handled=(PAID, MOVED, other_request(OAUTH), LOOKED), lasting=True,
    )  # fmt: skip

    accepted = foreseen(
        lambda history: [place for place in reached(history) if history.word(place) == "OK"],
        f"{what}, and was accepted",
    )
    return either(short, accepted)


def _forgets_the_fees(history: History, place: int, later: int) -> bool:
    """True of a payment that would be covered if the first one had cost its amount and no fees."""
    paid, amount = withdrawal_of(history.entries[place]), number_of(history.fields(later).get("amount"))
    same = history.fields(later).get("currency") == history.fields(place).get("currency")
    if paid is None or amount is None or not same or history.word(later) != SHORT:
        return False
    return amount <= available(history, place) - paid.payment.amount


def _deducted(condition: Callable[[Withdrawal], bool], what: str) -> Detector:
    """An accepted payment of one kind: what follows shows if the broker knows what is left."""

    def reached(history: History, place: int) -> bool:
        paid = withdrawal_of(history.entries[place])
        return paid is not None and condition(paid)

    return watch(
        reached_by(PAYMENTS, ("OK",), reached), what,
        broken=(Sign(PAYMENTS, "forgot the fees, again and again", (SHORT,), _forgets_the_fees, times=2),), handled=(LOOKED, PAID),
    )  # fmt: skip


def _from_amount(paid: Withdrawal) -> bool:
    return paid.payment.fee_deduct_type is None and paid.fee_deduct_type is FeeDeductType.INTERNAL


def _short(
    name: str,
    title: str,
    kucoin: str,
    fix: str,
    condition: CallCondition,
    seen: Detector,
    scenario: str,
    rules: tuple[str, ...],
) -> Situation:
    return Situation(
        f"amounts/{name}", title, kucoin, "The payment is repeated in vain, or the customer is told that there is no money.", fix,
        scenario, "payouts", PAYMENTS, rules,
        either(final(PAYMENTS, (SHORT,), "asked for more than the main account has", when=condition, helped_by=(MOVED,)), seen),
    )  # fmt: skip


def _band(name: str, title: str, kucoin: str, fix: str) -> Situation:
    return Situation(
        f"fees/{name}", title, kucoin, "The broker promises an amount that the balance does not cover, or offers less than the customer can pay.", fix,
        f"fee-{name}", "payouts", OAUTH, ("s9/rate" if name == "percentage" else f"s9/{name}", "s9/standard-fees"), _fee(name),
    )  # fmt: skip


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "amounts/below-minimum", "The amount is below the minimum of the chain.",
        "400100; withdrawalMinSize of the chain says so beforehand.",
        "A small payment is repeated for ever.",
        "Check the amount against withdrawalMinSize in the form, or pay by another chain.",
        "below-minimum", "payouts", PAYMENTS, ("s8.2/amount-precision",),
        either(
            final(PAYMENTS, ("AMOUNT_BELOW_MINIMUM",), "was below the minimum of its chain"),
            foreseen(reached_by(PAYMENTS, ("OK",), _other_chain), "was paid by a chain whose minimum is lower"),
        ),
    ),
    Situation(
        "amounts/precision", "The amount has more decimal places than the chain allows.",
        "The payment is refused; withdrawPrecision of the chain says how many there are.",
        "Amounts that were computed with binary floats cannot be paid.",
        "Compute with decimals, and round down to withdrawPrecision.",
        "typed-numbers", "payouts", PAYMENTS, ("s8.2/amount-precision",),
        final(PAYMENTS, ("AMOUNT_INCREMENT_INVALID",), "had too many decimal places"),
    ),
    Situation(
        "amounts/malformed", "A parameter of the payment is missing or malformed.",
        "400100 with the name of the field.",
        "A customer's input, such as a comma in an amount, is repeated for ever.",
        "Check the form; show the refusal to whoever can change it, and do not repeat it.",
        "typed-numbers", "payouts", PAYMENTS, ("s8.2/parameters", "s8.2/amount-positive"),
        final(PAYMENTS, ("PARAMETER_INVALID",), "had a malformed parameter"),
    ),
    _short(
        "balance-short", "The main account does not have the amount.",
        "115007; nothing is paid.", "Look at available of the main account, and offer what is there.",
        _none_of_these, foreseen(reached_by(PAYMENTS, ("OK",), _all_there_is), "paid exactly what a look had shown to be there"), "balance-short", ("s8.2/main-account",),
    ),
    _short(
        "money-in-trade", "The money is there, but in the trading account.",
        "115007: withdrawals are paid from the main account only.", "Look at both accounts, and move what is needed from TRADE to MAIN.",
        lambda history, place: not _covers_amount(history, place) and _in_trade(history, place) and not _held(history, place),
        foreseen(reached_by(PAYMENTS, ("OK",), _moved_first), "was paid after money had been moved into the main account"), "money-in-trade", ("s8.2/main-account",),
    ),
    _short(
        "money-held", "The money is there, but withdrawals under way hold it.",
        "115007: balance has it, and available does not.", "Reckon with available, never with balance.",
        lambda history, place: not _covers_amount(history, place) and _held(history, place),
        foreseen(reached_by(LOOKS, ("OK",), _sees_held), "saw that the money was held, and nothing tried to spend it at once"), "settlement-later", ("H52/hold", "s8.2/main-account"),
    ),
    Situation(
        "amounts/fees-eat-it", "The fees come out of the amount and are larger than it.",
        "The payment is refused: nothing would arrive.",
        "Small payments are repeated in vain.",
        "Show the fees beside the amount, and refuse what would leave nothing.",
        "", "payouts", PAYMENTS, ("H50/both-fees",),
        final(PAYMENTS, ("PAYOUT_NOT_POSITIVE",), "was smaller than its fees"),
        "Pay 3 USDT by trx with feeDeductType: INTERNAL.",
        lines="given: {currencies: {USDT: {chains: {trx: {withdrawal_min_size: '1', withdrawal_min_fee: '5'}}}}}",
    ),
    Situation(
        "amounts/daily-cap", "The cap on what a user withdraws in 24 hours is reached.",
        "110003 until the window is over; remainAmount of the quotas says what is left.",
        "A job knocks all day, and the customer waits for a payment that was promised for today.",
        "Read the quotas beforehand, or pay when the window is over.",
        "amount-cap-24h", "payouts", PAYMENTS, ("H72/amount-cap", "rest/withdrawal-quotas"),
        final(PAYMENTS, ("AMOUNT_CAP_EXCEEDED",), "was above the cap of the day", helped_by=(LOOKED,)),
    ),
    _band("minimum", "The service fee is at its minimum.", "At least the worth of 1 USDT is due, however small the amount is.", "Reckon with the minimum: max(10 %, 1 USDT), and the chain's fee on top."),
    _band("percentage", "The service fee is ten percent.", "Ten percent of the amount is due besides the chain's fee.", "Reckon with both fees before an amount is promised."),
    _band("maximum", "The service fee is at its maximum.", "At most the worth of 30 USDT is due, in any currency.", "Reckon with the maximum: min(10 %, the worth of 30 USDT)."),
    Situation(
        "fees/from-amount", "Without feeDeductType the fees come out of the amount, because the balance does not cover both.",
        "Less arrives than was asked for.",
        "The customer is shown an amount that did not arrive.",
        "Say feeDeductType, or read the withdrawal afterwards and show what arrived.",
        "fee-from-amount", "payouts", PAYMENTS, ("s8.2/fee-deduct-type",),
        _deducted(_from_amount, "was paid with the fees out of its amount"),
    ),
    Situation(
        "fees/internal", "The fees are taken from the amount, because the broker says so.",
        "INTERNAL: the amount leaves the account, and less arrives.",
        "Invoices are paid short.",
        "Use INTERNAL only for payments where it does not matter how much arrives.",
        "", "payouts", PAYMENTS, ("H50/both-fees",),
        _deducted(lambda paid: paid.payment.fee_deduct_type is FeeDeductType.INTERNAL, "was paid with feeDeductType INTERNAL"),
        "Pay with feeDeductType: INTERNAL.",
    ),
    Situation(
        "fees/external", "The fees are taken from the account, because the broker says so.",
        "EXTERNAL: the whole amount arrives, and the account pays the fees besides.",
        "The balance falls by more than the amount, and the next payment fails.",
        "Look at what is left before the next payment.",
        "", "payouts", PAYMENTS, ("H50/both-fees",),
        _deducted(lambda paid: paid.payment.fee_deduct_type is FeeDeductType.EXTERNAL, "was paid with feeDeductType EXTERNAL"),
        "Pay with feeDeductType: EXTERNAL.",
    ),
)
# fmt: on

"""s9: the OAuth service fee and the standard network fee, exact to the last digit of the currency."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal

from simulator.core import money, spec
from simulator.core.choices import Choices
from simulator.core.money import ZERO
from simulator.core.value import Value
from simulator.core.world import Chain, Currency, FeeTerms


class Fees(Value, frozen=True):
    """What a withdrawal costs, in its own currency."""

    service: Decimal
    network: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return money.add(self.service, self.network)


class Step(Value, frozen=True):
    """One step of a reckoning: what was done, as a person writes it, and what came out."""

    formula: str
    result: Decimal


def service_fee(amount: Decimal, currency: Currency, choices: Choices) -> Decimal:
    """10 % of the amount, at least the equivalent of 1 USDT, at most of 30, rounded to the currency's precision.

    [H48/service-fee-rounding]
    """
    fee, bound = _bounded(amount, currency.price_usdt)
    return _rounded(
        fee if bound is None else _worth(bound, currency.price_usdt), currency.precision, choices.fee_rounding
    )


def _bounded(amount: Decimal, price: Decimal) -> tuple[Decimal, Decimal | None]:
    """The tenth of the amount, and the bound in USDT that takes its place, if one does."""
    fee = money.multiply(amount, spec.SERVICE_FEE_RATE)
    worth = money.multiply(fee, price)
    if worth < spec.SERVICE_FEE_MINIMUM_USDT:
        return fee, spec.SERVICE_FEE_MINIMUM_USDT
    return fee, spec.SERVICE_FEE_MAXIMUM_USDT if worth > spec.SERVICE_FEE_MAXIMUM_USDT else None


def _worth(usdt: Decimal, price: Decimal) -> Decimal:
    """How much of a currency so many USDT are."""
    return money.ROUNDING.divide(usdt, price)


def _rounded(fee: Decimal, precision: int, rounding: str) -> Decimal:
    way = ROUND_UP if rounding == "up" else ROUND_HALF_EVEN
    return fee.quantize(money.unit(precision), rounding=way, context=money.ROUNDING)


def explain(amount: Decimal, terms: FeeTerms) -> tuple[Step, ...]:
    """The service fee step by step; the last result is the fee that `service_fee` charges."""
    price = terms.price_usdt
    fee, bound = _bounded(amount, price)
    rate = money.plain(money.multiply(spec.SERVICE_FEE_RATE, Decimal(100)))
    worth = money.multiply(fee, price)
    steps = [
        Step(f"{money.plain(amount)} x {rate} %", fee),
        Step(f"worth in USDT: {money.plain(fee)} x {money.plain(price)}", worth),
    ]
    if bound is not None:
        word = "less than" if worth < bound else "more than"
        fee = _worth(bound, price)
        steps.append(Step(f"{word} {bound} USDT, so {bound} USDT / {money.plain(price)}", fee))
    how = "up" if terms.rounding == "up" else "half to even"
    steps.append(
        Step(f"rounded {how} to {terms.precision} decimal places", _rounded(fee, terms.precision, terms.rounding))
    )
    return tuple(steps)


def fees(amount: Decimal, currency: Currency, chain: Chain | None, choices: Choices) -> Fees:
    """Both fees. A payment that stays inside has no chain and no network fee (H47).

    [s9/standard-fees] [H49/network-fee]
    """
    network = chain.withdrawal_min_fee if chain else ZERO
    return Fees(service_fee(amount, currency, choices), network)

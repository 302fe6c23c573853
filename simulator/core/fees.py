"""s9: the OAuth service fee and the standard network fee, exact to the last digit of the currency."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal

from simulator.core import money, spec
from simulator.core.choices import Choices
from simulator.core.money import ZERO
from simulator.core.value import Value
from simulator.core.world import Chain, Currency


class Fees(Value, frozen=True):
    """What a withdrawal costs, in its own currency."""

    service: Decimal
    network: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return money.add(self.service, self.network)


def service_fee(amount: Decimal, currency: Currency, choices: Choices) -> Decimal:
    """10 % of the amount, at least the equivalent of 1 USDT, at most of 30, rounded to the currency's precision.

    [H48/service-fee-rounding]
    """
    price = currency.price_usdt
    fee = money.multiply(amount, spec.SERVICE_FEE_RATE)
    worth = money.multiply(fee, price)
    if worth < spec.SERVICE_FEE_MINIMUM_USDT:
        fee = money.ROUNDING.divide(spec.SERVICE_FEE_MINIMUM_USDT, price)
    elif worth > spec.SERVICE_FEE_MAXIMUM_USDT:
        fee = money.ROUNDING.divide(spec.SERVICE_FEE_MAXIMUM_USDT, price)
    rounding = ROUND_UP if choices.fee_rounding == "up" else ROUND_HALF_EVEN
    return fee.quantize(money.unit(currency.precision), rounding=rounding, context=money.ROUNDING)


def fees(amount: Decimal, currency: Currency, chain: Chain | None, choices: Choices) -> Fees:
    """Both fees. A payment that stays inside has no chain and no network fee (H47).

    [s9/standard-fees] [H49/network-fee]
    """
    network = chain.withdrawal_min_fee if chain else ZERO
    return Fees(service_fee(amount, currency, choices), network)

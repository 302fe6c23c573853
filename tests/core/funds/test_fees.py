"""s9: the service fee of ten percent, its bounds, its rounding, and the network fee."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import CURRENCIES

from simulator.core.choices import DEFAULTS
from simulator.core.funds.fees import fees, service_fee
from simulator.core.spec import SERVICE_FEE_MAXIMUM_USDT, SERVICE_FEE_MINIMUM_USDT, SERVICE_FEE_RATE

USDT, BTC = CURRENCIES[:2]
DOGE = replace(USDT, currency="DOGE", precision=2, price_usdt=Decimal("0.07"))


def test_published_numbers() -> None:
    """Ten percent, at least the worth of 1 USDT, at most of 30 (s9)."""
    published = (SERVICE_FEE_RATE, SERVICE_FEE_MINIMUM_USDT, SERVICE_FEE_MAXIMUM_USDT)
    assert [str(number) for number in published] == ["0.10", "1", "30"]


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        ("0.000001", "1"),
        ("9.999999", "1"),
        ("10", "1"),
        ("10.00001", "1.000001"),
        ("100", "10"),
        ("299.99999", "29.999999"),
        ("300", "30"),
        ("300.00001", "30"),
        ("1000000", "30"),
    ],
)
def test_rate_and_bounds(amount: str, fee: str) -> None:
    """Ten percent between 10 and 300 USDT, the minimum below, the maximum above, to the last digit."""
    assert service_fee(Decimal(amount), USDT, DEFAULTS) == Decimal(fee)


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        ("0.00016666", "0.00001667"),
        ("0.00016667", "0.00001667"),
        ("0.001", "0.0001"),
        ("0.005", "0.0005"),
        ("1", "0.0005"),
    ],
)
def test_bounds_are_worth_usdt(amount: str, fee: str) -> None:
    """The bounds are worth 1 and 30 USDT at the world's price, taken in the currency withdrawn (H48)."""
    assert service_fee(Decimal(amount), BTC, DEFAULTS) == Decimal(fee)


@pytest.mark.parametrize(
    ("amount", "up", "half_even"),
    [
        ("150.01", "15.01", "15.00"),
        ("150.05", "15.01", "15.00"),
        ("150.15", "15.02", "15.02"),
        ("150.10", "15.01", "15.01"),
        ("1", "14.29", "14.29"),
        ("10000", "428.58", "428.57"),
    ],
)
def test_rounding(amount: str, up: str, half_even: str) -> None:
    """The fee is rounded to the currency's precision: up, or half to even if the switch says so (H48)."""
    assert service_fee(Decimal(amount), DOGE, DEFAULTS) == Decimal(up)
    assert service_fee(Decimal(amount), DOGE, replace(DEFAULTS, fee_rounding="half_even")) == Decimal(half_even)


def test_network_fee() -> None:
    """The chain's withdrawal fee comes on top; a payment that stays inside has none (H49)."""
    for chain in USDT.chains:
        both = fees(Decimal(100), USDT, chain, DEFAULTS)
        assert (both.service, both.network) == (Decimal(10), chain.withdrawal_min_fee)
        assert both.total == 10 + chain.withdrawal_min_fee
    assert fees(Decimal(100), USDT, None, DEFAULTS).total == 10


def test_no_digit_is_lost() -> None:
    """The largest amount that a request can carry is worked with to the last digit."""
    amount = Decimal("9" * 30 + "." + "9" * 30)
    penny = replace(USDT, precision=30, price_usdt=Decimal("1E-40"))
    assert service_fee(amount, penny, DEFAULTS) == Decimal("1E+40")
    assert service_fee(
        Decimal("2.000000000000000000000000000001"), replace(penny, price_usdt=Decimal(10)), DEFAULTS
    ) == (Decimal("0.200000000000000000000000000001"))

"""Limits of an imported state's values. They are as strict as a scenario's, because the rules rely on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from simulator.clock import LATEST, SWIFTEST
from simulator.core.broker_pro import rebates
from simulator.core.control.happenings import KINDS
from simulator.core.control.world_event import EXPIRING
from simulator.core.endpoints import CALLS
from simulator.core.funds.limits import LENGTHS
from simulator.scenario.format import scalars
from simulator.scenario.format.scalars import Scalar
from simulator.scenario.sections import FRAMING

Check = Callable[[Any], str]
"""Returns what is wrong with a value, "" = nothing."""


def scalar(form: Scalar) -> Check:
    """The check of a value against a scalar of the scenario format. None passes."""

    def check(value: Any) -> str:
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        try:
            good = (not form.pattern or re.fullmatch(form.pattern, text)) and form.convert(text) is not None
        except ValueError as error:
            return str(error)
        return "" if good or value is None else f"must be {form.expected}"

    return check


def all_of(check: Check) -> Check:
    """The check of a tuple: every value must pass."""
    return lambda values: next(filter(None, map(check, values)), "")


def word(*words: str) -> Check:
    """The check that a value is one of these words."""
    return lambda value: "" if value in words else f"must be one of {', '.join(words)}"


def _price(value: Decimal) -> str:
    return scalar(scalars.AMOUNTS)(value) if value else "must be more than zero"


def _above_zero(value: Decimal) -> str:
    return "" if value else "must be more than zero"


def _rate(value: Decimal) -> str:
    return "" if value <= 1 else "must be at most 1"


def _time(value: int) -> str:
    return "" if value <= LATEST else "must be a time before the year 10000, in ms"


def _speed(value: Decimal) -> str:
    return "" if value <= SWIFTEST else f"must be at most {SWIFTEST}"


def _day(value: str) -> str:
    try:
        rebates.day(value)
    except ValueError:
        return "must be a day such as 20240610"
    return ""


def _headers(value: tuple[tuple[str, str], ...]) -> str:
    for name, text in value:
        if wrong := scalar(scalars.HEADER)(name) or scalar(scalars.HEADER_VALUE)(text):
            return wrong
        if name.lower() in FRAMING:
            return f"{name} is the server's own business"
    return ""


AMOUNT: Final = scalar(scalars.AMOUNTS)
PRECISION: Final = scalar(scalars.PRECISION)
PATTERN: Final = scalar(scalars.PATTERN)
LIMITS: Final[dict[tuple[str, str], Check]] = {
    ("World", "observed_ip"): scalar(scalars.IP),
    ("Choices", "unpublished_code"): scalar(scalars.CODE),
    ("Choices", "refresh_encoding"): all_of(word("form", "json")),
    ("Choices", "broker_commission_rate"): scalar(scalars.RATE),
    ("Client", "redirect_uris"): all_of(scalar(scalars.REDIRECT_URI)),
    ("Client", "oauth_ips"): all_of(scalar(scalars.IP)),
    ("Client", "trading_ips"): all_of(scalar(scalars.IP)),
    ("User", "level"): scalar(scalars.LEVEL),
    ("User", "totp_secret"): scalar(scalars.BASE32),
    ("ApiKey", "api_key"): scalar(scalars.API_KEY),
    ("Window", "name"): word(*LENGTHS),
    ("Window", "instants"): all_of(_time),
    ("Currency", "precision"): PRECISION,
    ("Currency", "price_usdt"): _price,
    ("Chain", "withdraw_precision"): PRECISION,
    ("Chain", "withdrawal_min_size"): AMOUNT,
    ("Chain", "withdrawal_min_fee"): AMOUNT,
    ("Chain", "max_deposit"): AMOUNT,
    ("Chain", "address_pattern"): PATTERN,
    ("Chain", "memo_pattern"): PATTERN,
    ("Symbol", "base_increment"): _above_zero,
    ("Symbol", "quote_increment"): _above_zero,
    ("Symbol", "price_increment"): _above_zero,
    ("Symbol", "maker_fee_coefficient"): scalar(scalars.COEFFICIENTS),
    ("Symbol", "taker_fee_coefficient"): scalar(scalars.COEFFICIENTS),
    ("Order", "maker_fee_rate"): _rate,
    ("Order", "taker_fee_rate"): _rate,
    ("Fill", "fee_rate"): _rate,
    ("Trade", "volume"): AMOUNT,
    ("Trade", "fee"): AMOUNT,
    ("RebateFile", "begin"): _day,
    ("RebateFile", "end"): _day,
    ("FeeTerms", "precision"): PRECISION,
    ("FeeTerms", "price_usdt"): _price,
    ("FeeTerms", "rounding"): word("up", "half_even"),
    ("ClockState", "scale"): _speed,
    ("Fault", "operation"): word(*CALLS),
    ("WorldEvent", "event"): word(*KINDS),
    ("WorldEvent", "what"): word(*EXPIRING),
    ("WorldEvent", "amount"): AMOUNT,
    ("Response", "status"): scalar(scalars.STATUS),
    ("Response", "headers"): _headers,
}
SIGNED: Final = {
    *(("Pot", name) for name in ("outside", "control", "traded", "trading_fee")),
    ("OrderHold", "amount"),
    *(("Fill", "fee"), ("Fill", "fee_rate"), ("Order", "fee"), ("Order", "maker_fee_rate")),
}
"""The only amounts that may be negative.

A pot may owe what users were given, an order gives back what it held, and the makers of high levels are paid the fee.
"""


def problem(struct: str, field: str, value: Any) -> str:
    """What is wrong with a field's value, "" = nothing."""
    if isinstance(value, Decimal) and value < 0 and (struct, field) not in SIGNED:
        return "must not be less than zero"
    check = LIMITS.get((struct, field))
    return check(value) if check else ""

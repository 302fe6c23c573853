"""The rates that trading costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import Desk

from simulator.core.account.fees import BaseFeeData, BaseFeeFound, GetBaseFee, ListTradeFees, TradeFeesListed
from simulator.core.gateway.pools import TOP_LEVEL
from simulator.core.refusals import Reason
from simulator.core.trading.fee_rates import BASE_RATES

TEN = ["BTC-USDT", "ETH-USDT"] * 5


def _of_level(level: int) -> Desk:
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.users["alice"], level=level))
    return desk


def _asked(desk: Desk, symbols: list[str]) -> ListTradeFees:
    signed = desk.key("alice").sign(method="GET", path="/api/v1/trade-fees")
    return ListTradeFees(signed, {"symbols": ",".join(symbols)})


@pytest.mark.parametrize("asked", [{}, {"currencyType": "0"}, {"currencyType": "1"}])
@pytest.mark.parametrize(
    ("level", "taker", "maker"), [(0, "0.001", "0.001"), (1, "0.001", "0.0009"), (5, "0.0007", "0")]
)
def test_base_fee(asked: dict[str, str], level: int, taker: str, maker: str) -> None:
    """The rates of the user's VIP level, for cryptocurrencies and for fiat ones."""
    desk = _of_level(level)
    signed = desk.key("alice").sign(method="GET", path="/api/v1/base-fee")
    assert desk.do(GetBaseFee(signed, asked), BaseFeeFound).data() == BaseFeeData(taker, maker)


def test_there_are_rates_for_every_level() -> None:
    """A user of the highest VIP level has rates of their own, and no level pays more than the one below it."""
    assert len(BASE_RATES) == TOP_LEVEL + 1
    assert list(BASE_RATES) == sorted(BASE_RATES, reverse=True)


def test_trade_fees_are_base_rates_times_coefficients() -> None:
    """Each symbol that is named has the level's rates times its own coefficients, in the order of the request."""
    desk = _of_level(2)  # taker 0.0009, maker 0.0007
    symbol = desk.world.symbols["BTC-USDT"]
    changed = replace(symbol, taker_fee_coefficient=Decimal("0.5"), maker_fee_coefficient=Decimal(0))
    desk.world = desk.world.put(changed)
    rows = desk.do(_asked(desk, ["ETH-USDT", "BTC-USDT"]), TradeFeesListed).data()
    assert [(row.symbol, row.taker_fee_rate, row.maker_fee_rate) for row in rows] == [
        ("ETH-USDT", "0.0009", "0.0007"),
        ("BTC-USDT", "0.00045", "0"),
    ]


def test_ten_symbols_are_the_most() -> None:
    """Ten symbols are answered, an eleventh is one too many."""
    desk = Desk()
    assert len(desk.do(_asked(desk, TEN), TradeFeesListed).data()) == 10
    refusal = desk.refusal(_asked(desk, [*TEN, "BTC-USDT"]))
    assert refusal.reason is Reason.PARAMETER_INVALID
    assert refusal.text == "Parameter Error: symbols must name at most 10 symbols"


@pytest.mark.parametrize("symbol", ["XBTUSDTM", "DOGE-USDT", "BTC-", "btc-usdt"])
def test_an_unknown_symbol_has_no_rates(symbol: str) -> None:
    """It is refused as an unknown symbol, also beside one that there is."""
    desk = Desk()
    assert desk.reason(_asked(desk, ["BTC-USDT", symbol])) is Reason.SYMBOL_UNKNOWN

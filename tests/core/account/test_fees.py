"""The rates that trading would cost."""

from __future__ import annotations

import pytest
from support.desk import Desk

from simulator.core.account.fees import BaseFeeData, BaseFeeFound, GetBaseFee, ListTradeFees, TradeFeesListed
from simulator.core.refusals import Reason

TEN = [f"C{number}-USDT" for number in range(10)]


@pytest.mark.parametrize("asked", [{}, {"currencyType": "0"}, {"currencyType": "1"}])
def test_base_fee(asked: dict[str, str]) -> None:
    """A thousandth for takers and makers, for cryptocurrencies and for fiat ones."""
    desk = Desk()
    signed = desk.key("alice").sign(method="GET", path="/api/v1/base-fee")
    assert desk.do(GetBaseFee(signed, asked), BaseFeeFound).data() == BaseFeeData("0.001", "0.001")


def test_trade_fees() -> None:
    """Each pair that is named has the base rate, in the order of the request; ten are the most."""
    desk = Desk()
    signed = desk.key("alice").sign(method="GET", path="/api/v1/trade-fees")

    def asked(symbols: list[str]) -> ListTradeFees:
        return ListTradeFees(signed, {"symbols": ",".join(symbols)})

    rows = desk.do(asked(["ETH-USDT", "BTC-USDT"]), TradeFeesListed).data()
    assert [row.symbol for row in rows] == ["ETH-USDT", "BTC-USDT"]
    assert {(row.taker_fee_rate, row.maker_fee_rate) for row in rows} == {("0.001", "0.001")}
    assert len(desk.do(asked(TEN), TradeFeesListed).data()) == 10
    for wrong in ([*TEN, "BTC-USDT"], ["XBTUSDTM"], ["BTC-USDT", ""], ["BTC-"]):
        assert desk.reason(asked(wrong)) is Reason.PARAMETER_INVALID

"""What the exchange says of a currency."""

from __future__ import annotations

from support.desk import Desk

from simulator.core.market.currencies import CurrencyFound, GetCurrency
from simulator.core.refusals import Reason


def test_get_currency() -> None:
    """A currency is found with all its chains or with one; other names are refused (s8.2: the chainId)."""
    desk = Desk()
    assert [chain.chain_id for chain in desk.do(GetCurrency("USDT"), CurrencyFound).chains] == ["trx", "eth", "kcc"]
    assert [chain.chain_id for chain in desk.do(GetCurrency("USDT", "kcc"), CurrencyFound).chains] == ["kcc"]
    assert desk.reason(GetCurrency("DOGE")) is Reason.CURRENCY_UNKNOWN
    assert desk.reason(GetCurrency("USDT", "btc")) is Reason.CHAIN_INVALID

"""Currencies by the newest version of their calls."""

from __future__ import annotations

from support.desk import Desk
from support.shown import shown

from simulator.core.market.currencies import CurrenciesListed, CurrencyFound, GetCurrency, ListCurrencies


def test_all_currencies() -> None:
    """They are listed by name, each as it is by itself, with all of its chains."""
    desk = Desk()
    rows = shown(desk.do(ListCurrencies(), CurrenciesListed).data())
    assert [row["currency"] for row in rows] == ["BTC", "ETH", "USDT", "XRP"]
    assert rows == [shown(desk.do(GetCurrency(row["currency"], ""), CurrencyFound).data()) for row in rows]
    assert [chain["chainId"] for chain in rows[2]["chains"]] == ["trx", "eth", "kcc"]


def test_one_chain_of_a_currency() -> None:
    """With a chain there is that chain alone."""
    desk = Desk()
    row = shown(desk.do(GetCurrency("USDT", "kcc"), CurrencyFound).data())
    [chain] = row["chains"]
    assert (chain["chainId"], chain["chainName"], chain["withdrawPrecision"]) == ("kcc", "KCC", 4)

"""Currencies by the older versions of their calls."""

from __future__ import annotations

from support.desk import Desk
from support.shown import shown

from simulator.core.market.currencies_old import (
    CurrenciesListedV1,
    CurrenciesListedV2,
    CurrencyFoundV1,
    CurrencyFoundV2,
    GetCurrencyV1,
    GetCurrencyV2,
    ListCurrenciesV1,
    ListCurrenciesV2,
)
from simulator.core.refusals import Reason

TRON = {
    "withdrawalMinSize": "1",
    "withdrawalMinFee": "1",
    "isWithdrawEnabled": True,
    "isDepositEnabled": True,
    "confirms": 1,
    "contractAddress": "",
}
TETHER = {"currency": "USDT", "name": "USDT", "fullName": "Tether", "precision": 6}
USES = {"isMarginEnabled": True, "isDebitEnabled": True}


def test_version_1() -> None:
    """One chain of each currency: the one that is asked for, otherwise the default one."""
    desk = Desk()
    found = desk.do(GetCurrencyV1("USDT", "trx"), CurrencyFoundV1).data()
    assert shown(found) == {**TETHER, **TRON, **USES}
    rows = desk.do(ListCurrenciesV1(), CurrenciesListedV1).data()
    assert [row.currency for row in rows] == ["BTC", "ETH", "USDT", "XRP"]
    assert rows[2] == desk.do(GetCurrencyV1("USDT"), CurrencyFoundV1).data()
    assert rows[2].withdrawal_min_fee == "5"
    assert desk.reason(GetCurrencyV1("DOGE")) is Reason.CURRENCY_UNKNOWN
    assert desk.reason(GetCurrencyV1("USDT", "btc")) is Reason.CHAIN_INVALID


def test_version_2() -> None:
    """All chains of each currency by their names, or the one that is asked for."""
    desk = Desk()
    one = desk.do(GetCurrencyV2("USDT", "trx"), CurrencyFoundV2).data()
    chains = [{"chainName": "TRC20", **TRON}]
    assert shown(one) == {**TETHER, "confirms": None, "contractAddress": None, **USES, "chains": chains}
    rows = desk.do(ListCurrenciesV2(), CurrenciesListedV2).data()
    assert [chain.chain_name for chain in rows[2].chains] == ["TRC20", "ERC20", "KCC"]
    assert rows[2] == desk.do(GetCurrencyV2("USDT"), CurrencyFoundV2).data()
    assert desk.reason(GetCurrencyV2("DOGE")) is Reason.CURRENCY_UNKNOWN
    assert desk.reason(GetCurrencyV2("USDT", "btc")) is Reason.CHAIN_INVALID

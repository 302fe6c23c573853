"""The replies of the public calls of the REST API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from simulator.core.market.currencies import CurrenciesListed, CurrencyFound
from simulator.core.market.server import ClientIpSeen, ServerTime, ServiceStatus
from simulator.core.market.symbols import (
    ContractsListed,
    CrossMarginSymbolsListed,
    IsolatedMarginSymbolsListed,
    SymbolsListed,
    TickersListed,
)
from simulator.core.money import plain
from simulator.core.world import Chain, Currency
from simulator.web.endpoints.spelling import Spellings


def _chain(chain: Chain) -> dict[str, Any]:
    minimum, fee = plain(chain.withdrawal_min_size), plain(chain.withdrawal_min_fee)
    return {
        "chainName": chain.chain_name,
        "withdrawalMinSize": minimum,
        "withdrawMinSize": minimum,
        "depositMinSize": None if chain.deposit_min_size is None else plain(chain.deposit_min_size),
        "withdrawFeeRate": "0",
        "withdrawalMinFee": fee,
        "withdrawMinFee": fee,
        "isWithdrawEnabled": chain.withdraw_enabled,
        "isDepositEnabled": chain.deposit_enabled,
        "confirms": chain.confirms,
        "preConfirms": chain.pre_confirms,
        "contractAddress": chain.contract_address,
        "withdrawPrecision": chain.withdraw_precision,
        "maxWithdraw": None,
        "maxDeposit": None if chain.max_deposit is None else plain(chain.max_deposit),
        "needTag": chain.need_tag,
        "chainId": chain.chain_id,
        "addressRegex": chain.address_pattern,
        "memoRegex": chain.memo_pattern,
    }


def _currency(currency: Currency, chains: Iterable[Chain]) -> dict[str, Any]:
    return {
        "currency": currency.currency,
        "name": currency.currency,
        "fullName": currency.full_name,
        "precision": currency.precision,
        "confirms": None,
        "contractAddress": None,
        "isMarginEnabled": currency.margin_enabled,
        "isDebitEnabled": currency.debit_enabled,
        "chains": [_chain(chain) for chain in chains],
    }


SPELLINGS: Final[Spellings] = {
    ServerTime: lambda reply: reply.milliseconds,
    ServiceStatus: lambda reply: {"status": reply.status, "msg": reply.msg},
    ClientIpSeen: lambda reply: reply.ip,
    CurrenciesListed: lambda reply: [_currency(each, each.chains) for each in reply.currencies],
    CurrencyFound: lambda reply: _currency(reply.currency, reply.chains),
    SymbolsListed: lambda _: [],
    TickersListed: lambda reply: {"time": reply.at, "ticker": []},
    CrossMarginSymbolsListed: lambda reply: {"timestamp": reply.at, "items": []},
    IsolatedMarginSymbolsListed: lambda _: [],
    ContractsListed: lambda _: [],
}

"""Schemas of the replies of public calls, as `spelling.public` spells them."""

from __future__ import annotations

from typing import Final

from simulator.core.market.currencies import CurrenciesListed, CurrencyFound
from simulator.core.market.server import ClientIpSeen, ServerTime, ServiceStatus
from simulator.core.market.symbols import (
    ContractsListed,
    CrossMarginSymbolsListed,
    IsolatedMarginSymbolsListed,
    SymbolsListed,
    TickersListed,
)
from simulator.core.value import Reply
from simulator.web.json_schema import (
    ANYTHING,
    COUNT,
    DECIMAL,
    FLAG,
    MS,
    NAME,
    NOTHING,
    TEXT,
    Schema,
    closed,
    listed,
    maybe,
    one_of,
)

CHAIN: Final = closed(
    {
        "chainName": TEXT,
        "withdrawalMinSize": DECIMAL,
        "withdrawMinSize": DECIMAL,
        "depositMinSize": maybe(DECIMAL),
        "withdrawFeeRate": DECIMAL,
        "withdrawalMinFee": DECIMAL,
        "withdrawMinFee": DECIMAL,
        "isWithdrawEnabled": FLAG,
        "isDepositEnabled": FLAG,
        "confirms": COUNT,
        "preConfirms": COUNT,
        "contractAddress": TEXT,
        "withdrawPrecision": COUNT,
        "maxWithdraw": NOTHING,
        "maxDeposit": maybe(DECIMAL),
        "needTag": FLAG,
        "chainId": TEXT,
        "addressRegex": TEXT,
        "memoRegex": TEXT,
    }
)

CURRENCY: Final = closed(
    {
        "currency": NAME,
        "name": NAME,
        "fullName": TEXT,
        "precision": COUNT,
        "confirms": NOTHING,
        "contractAddress": NOTHING,
        "isMarginEnabled": FLAG,
        "isDebitEnabled": FLAG,
        "chains": listed(CHAIN),
    }
)
EMPTY: Final = listed(ANYTHING, maxItems=0)
"""A list of what is not simulated."""

REPLIES: Final[dict[type[Reply], Schema]] = {
    ServerTime: MS,
    ServiceStatus: closed({"status": one_of("open", "close", "cancelonly"), "msg": TEXT}),
    ClientIpSeen: NAME,
    CurrenciesListed: listed(CURRENCY),
    CurrencyFound: CURRENCY,
    SymbolsListed: EMPTY,
    TickersListed: closed({"time": MS, "ticker": EMPTY}),
    CrossMarginSymbolsListed: closed({"timestamp": MS, "items": EMPTY}),
    IsolatedMarginSymbolsListed: EMPTY,
    ContractsListed: EMPTY,
}

"""Schemas of the replies of public calls, as `spelling.public` spells them."""

from __future__ import annotations

from typing import Final

from simulator.core.currencies import CurrencyFound, ServerTime
from simulator.core.replies import Reply
from simulator.web.openapi.words import (
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
        "maxDeposit": NOTHING,
        "needTag": FLAG,
        "chainId": TEXT,
        "addressRegex": TEXT,
        "memoRegex": TEXT,
    }
)

REPLIES: Final[dict[type[Reply], Schema]] = {
    CurrencyFound: closed(
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
    ),
    ServerTime: MS,
}

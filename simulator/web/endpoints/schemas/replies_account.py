"""Schemas of the replies about an account, as `spelling.account` spells them."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.account.accounts import AccountFound, AccountsListed
from simulator.core.account.hf_ledgers import ACCOUNT, HF_BIZ_TYPES, HfLedgersListed
from simulator.core.account.info import AccountMode, SpotAccountType, UserInfo
from simulator.core.account.ledgers import BIZ_TYPES, DIRECTIONS, LedgersListed
from simulator.core.account.transfers import TYPES, TransferableFound, TransferMade
from simulator.core.fast_api.api_keys import ApiKeyInfo
from simulator.core.value import Reply
from simulator.web.json_schema import (
    COUNT,
    DECIMAL,
    FLAG,
    MS,
    NAME,
    TEXT,
    WHOLE,
    Schema,
    closed,
    const,
    listed,
    one_of,
    page_of,
)

BALANCE: Final = {"currency": NAME, "balance": DECIMAL, "available": DECIMAL, "holds": DECIMAL}
KINDS: Final = ("sub", "spotSub", "marginSub", "futuresSub", "optionSub")
MOST: Final = ("Sub", "DefaultSub", "SpotSub", "MarginSub", "FuturesSub", "OptionSub")
LEDGER_ROW: Final = {
    "id": NAME,
    "currency": NAME,
    "amount": DECIMAL,
    "fee": DECIMAL,
    "balance": const("0"),
    "accountType": one_of(*TYPES),
    "bizType": one_of(*BIZ_TYPES),
    "direction": one_of(*DIRECTIONS),
    "createdAt": MS,
    "context": {"type": "string", "description": "JSON: the order behind it"},
}
HF_LEDGER_ROW: Final = {
    **LEDGER_ROW,
    "tax": const("0"),
    "balance": DECIMAL,
    "accountType": const(ACCOUNT),
    "bizType": one_of(*HF_BIZ_TYPES),
    "createdAt": {"type": "string", "pattern": "^[0-9]+$", "description": "Milliseconds since 1970-01-01 UTC"},
}

REPLIES: Final[dict[type[Reply], Schema]] = {
    ApiKeyInfo: closed(
        {
            "remark": TEXT,
            "apiKey": NAME,
            "apiVersion": const(spec.API_KEY_VERSION),
            "permission": TEXT,
            "ipWhitelist?": TEXT,
            "createdAt": MS,
            "uid": WHOLE,
            "isMaster": const(True),
        }
    ),
    UserInfo: closed(
        {
            "level": COUNT,
            **{f"{each}Quantity": const(0) for each in KINDS},
            **{f"max{each}Quantity": COUNT for each in MOST},
        }
    ),
    SpotAccountType: FLAG,
    AccountMode: closed({"selfAccountMode": const("CLASSIC")}),
    AccountsListed: listed(closed({"id": NAME, "type": NAME, **BALANCE})),
    AccountFound: closed(BALANCE),
    LedgersListed: page_of(closed(LEDGER_ROW)),
    HfLedgersListed: listed(closed(HF_LEDGER_ROW)),
    TransferableFound: closed({**BALANCE, "transferable": DECIMAL}),
    TransferMade: closed({"orderId": NAME}),
}

"""Schemas of the replies about an account, as `spelling.account` spells them."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.accounts import AccountsListed
from simulator.core.api_keys import ApiKeyInfo
from simulator.core.replies import Reply
from simulator.core.settlement import WithdrawalFound
from simulator.core.world import WithdrawalStatus
from simulator.web.openapi.words import (
    DECIMAL,
    FLAG,
    MS,
    NAME,
    NOTHING,
    TEXT,
    WHOLE,
    Schema,
    closed,
    const,
    listed,
    word_of,
)

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
    AccountsListed: listed(
        closed(
            {
                "id": NAME,
                "currency": NAME,
                "type": NAME,
                "balance": DECIMAL,
                "available": DECIMAL,
                "holds": DECIMAL,
            }
        )
    ),
    WithdrawalFound: closed(
        {
            "id": NAME,
            "uid": WHOLE,
            "currency": NAME,
            "chainId": TEXT,
            "chainName": TEXT,
            "currencyName": TEXT,
            "status": word_of(WithdrawalStatus),
            "failureReason": TEXT,
            "failureReasonMsg": NOTHING,
            "address": TEXT,
            "memo": TEXT,
            "isInner": FLAG,
            "amount": DECIMAL,
            "fee": DECIMAL,
            "walletTxId": NOTHING,
            "addressRemark": NOTHING,
            "remark": TEXT,
            "createdAt": MS,
            "cancelType": {"type": "string", "enum": ["CANCELABLE", "NON_CANCELABLE"]},
            "taxes": NOTHING,
            "taxDescription": NOTHING,
            "returnStatus": const("NOT_RETURN"),
            "returnAmount": NOTHING,
            "returnCurrency": const("KCS"),
        }
    ),
}

"""How the exchange's requests and replies are built: a schema for each reply that `envelope.DATA` spells."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.accounts import AccountsListed
from simulator.core.api_keys import ApiKeyAdded, ApiKeyInfo
from simulator.core.currencies import CurrencyFound, ServerTime
from simulator.core.replies import Reply
from simulator.core.settlement import WithdrawalFound
from simulator.core.spec import AuthGroup, Factor, FeeDeductType, WithdrawType
from simulator.core.tokens import TokensIssued
from simulator.core.withdrawals import Challenged, Withdrawn
from simulator.core.world import WithdrawalStatus
from simulator.web.openapi.words import (
    COUNT,
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
    either,
    listed,
    maybe,
    open_to_more,
    query,
    word_of,
)

FACTOR_SETS: Final = listed(listed(word_of(Factor)))

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
    TokensIssued: closed(
        {
            "access_token": NAME,
            "token_type": const(spec.TOKEN_TYPE),
            "expires_in": COUNT,
            "refresh_token": NAME,
            "scope": listed(const(spec.SCOPE)),
        }
    ),
    ApiKeyAdded: closed(
        {
            "apiName": NAME,
            "apiKey": NAME,
            "secret": NAME,
            "passphrase": NAME,
            "brokerId": TEXT,
            "authGroup": {"type": "string", "description": "Names of authGroupMap with commas between them"},
            "ipWhiteList": {"type": "string", "description": "Addresses with commas between them"},
        }
    ),
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
    Withdrawn: closed({"withdrawalId": NAME}),
    Challenged: closed({"transactionId": NAME, "allFactors": FACTOR_SETS, "sentFactors": FACTOR_SETS}),
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
    ServerTime: MS,
}

POSITIVE: Final = either(
    {"type": "string", "pattern": r"^[0-9]{1,30}(\.[0-9]{1,30})?$"}, {"type": "number", "exclusiveMinimum": 0}
)

REFRESH: Final = open_to_more(
    {
        "grant_type": {"type": "string", "description": f"`{spec.GRANT_TYPE}`, which s7.3 prints for the refresh too"},
        "refresh_token": NAME,
        "scope": const(spec.SCOPE),
    }
)
ADD_KEY: Final = open_to_more(
    {
        "authGroupMap": closed({f"{group.value}?": FLAG for group in AuthGroup}, minProperties=1),
        "isAddressbookOnly?": FLAG,
    }
)
PAYMENT: Final = open_to_more(
    {
        "currency": NAME,
        "address": NAME,
        "amount": POSITIVE,
        "withdrawType": word_of(WithdrawType),
        "chain?": TEXT,
        "isInner?": FLAG,
        "remark?": TEXT,
        "memo?": TEXT,
        "feeDeductType?": word_of(FeeDeductType),
        "validation?": open_to_more(
            {
                "transactionId": NAME,
                "factors": listed(open_to_more({"factorType": word_of(Factor), "factorValue": NAME}), minItems=1),
            },
            description="The second request: the same fields once more, with what the user read",
        ),
    },
    description="Other fields are accepted and not read (H37).",
)

TOKEN_QUERY: Final = (
    query("grant_type", const(spec.GRANT_TYPE), required=True),
    query("code", NAME, "The authorization code: 5 minutes, once", required=True),
    query("redirect_uri", NAME, "The one of the login", required=True),
    query("client_id", NAME, required=True),
    query("client_secret", TEXT, "Checked if sent (H01)"),
)

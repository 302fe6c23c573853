"""Schemas of the replies about deposits and withdrawals, as `spelling.funds` spells them."""

from __future__ import annotations

from typing import Final

from simulator.core.account.deposit_addresses import (
    DepositAddressCreated,
    DepositAddressesListed,
    DepositAddressesListedV2,
    DepositAddressFoundV1,
)
from simulator.core.account.deposits import DepositsListed
from simulator.core.account.quotas import QuotasFound
from simulator.core.account.withdrawals import WithdrawalCanceled, WithdrawalFound, WithdrawalsListed
from simulator.core.value import Reply
from simulator.core.world import DepositStatus, WithdrawalStatus
from simulator.web.json_schema import (
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
    listed,
    maybe,
    one_of,
    page_of,
    word_of,
)

ADDRESS: Final = {
    "address": NAME,
    "memo": TEXT,
    "chainId": NAME,
    "to": one_of(*("MAIN", "TRADE")),
    "expirationDate": const(0),
    "currency": NAME,
    "chainName": NAME,
}
OLD_ADDRESS: Final = {
    "address": NAME,
    "memo": TEXT,
    "chain": NAME,
    "chainId": NAME,
    "to": one_of(*("MAIN", "TRADE")),
    "currency": NAME,
}
MOVED: Final = {
    "address": TEXT,
    "memo": TEXT,
    "isInner": FLAG,
    "amount": DECIMAL,
    "fee": DECIMAL,
    "walletTxId": maybe(TEXT),
    "createdAt": MS,
    "updatedAt": MS,
    "remark": TEXT,
    "arrears": const(value=False),
}
WITHDRAWAL_ROW: Final = closed(
    {
        "id": NAME,
        "currency": NAME,
        "chain": TEXT,
        "status": word_of(WithdrawalStatus),
        "failureReason": const(""),
        "failureReasonMsg": NOTHING,
        "subStatus": TEXT,
        **MOVED,
    }
)
DEPOSIT_ROW: Final = closed(
    {
        "id": NAME,
        "currency": NAME,
        "chain": TEXT,
        "status": word_of(DepositStatus),
        "subStatus": NOTHING,
        "url": NOTHING,
        "needSubmitWht": NOTHING,
        "preConfirmationCount": COUNT,
        "confirmation": COUNT,
        "confirmationCount": COUNT,
        **MOVED,
    }
)
QUOTAS: Final = closed(
    {
        "currency": NAME,
        "limitBTCAmount": DECIMAL,
        "usedBTCAmount": DECIMAL,
        "quotaCurrency": const("USDT"),
        "limitQuotaCurrencyAmount": DECIMAL,
        "usedQuotaCurrencyAmount": DECIMAL,
        "remainAmount": DECIMAL,
        "availableAmount": DECIMAL,
        "withdrawMinFee": DECIMAL,
        "innerWithdrawMinFee": const("0"),
        "withdrawMinSize": DECIMAL,
        "isWithdrawEnabled": FLAG,
        "precision": COUNT,
        "chain": NAME,
        "reason": NOTHING,
        "lockedAmount": DECIMAL,
    }
)

REPLIES: Final[dict[type[Reply], Schema]] = {
    DepositAddressCreated: closed(ADDRESS),
    DepositAddressesListed: listed(closed({**ADDRESS, "contractAddress": TEXT, "remark": const("")})),
    DepositAddressesListedV2: listed(closed({**OLD_ADDRESS, "contractAddress": TEXT})),
    DepositAddressFoundV1: maybe(closed(OLD_ADDRESS)),
    DepositsListed: page_of(DEPOSIT_ROW),
    QuotasFound: QUOTAS,
    WithdrawalsListed: page_of(WITHDRAWAL_ROW),
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
            "walletTxId": maybe(TEXT),
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
    WithdrawalCanceled: NOTHING,
}

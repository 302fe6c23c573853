"""The signed calls about an account."""

from __future__ import annotations

from typing import Final

from simulator.core.account.accounts import ASKED_TYPES, AccountFound, AccountsListed
from simulator.core.account.deposit_addresses import (
    ACCOUNTS,
    DepositAddressCreated,
    DepositAddressesListed,
    DepositAddressesListedV2,
    DepositAddressFoundV1,
)
from simulator.core.account.deposits import DEPOSIT_STATUSES, DepositsListed
from simulator.core.account.hf_ledgers import HF_BIZ_TYPES, LARGEST, HfLedgersListed
from simulator.core.account.info import AccountMode, SpotAccountType, UserInfo
from simulator.core.account.ledgers import BIZ_TYPES, DIRECTIONS, LedgersListed
from simulator.core.account.quotas import QuotasFound
from simulator.core.account.transfers import LONGEST_OID, TRANSFERABLE, TYPES, WHOSE, TransferableFound, TransferMade
from simulator.core.account.withdrawals import WithdrawalCanceled, WithdrawalFound, WithdrawalsListed
from simulator.core.fast_api.api_keys import ApiKeyInfo
from simulator.core.funds.payouts import Withdrawn
from simulator.core.gateway.paging import LARGEST_PAGE, SMALLEST_PAGE
from simulator.core.value import Reply
from simulator.core.world import WithdrawalStatus
from simulator.web.endpoints.schemas.call import SIGNED, Shape
from simulator.web.endpoints.schemas.requests import POSITIVE, WITHDRAWAL
from simulator.web.json_schema import COUNT, NAME, TEXT, Schema, one_of, open_to_more, query, word_of

CURRENCY: Final = query("currency", NAME, required=True)
CHAIN: Final = query("chain", TEXT, "A chainId; the currency's default chain without")
SPAN: Final = (query("startAt", COUNT, "ms"), query("endAt", COUNT, "ms"))
LINES: Final = (
    query("currency", TEXT, "Up to ten, with commas between them"),
    query("direction", one_of(*DIRECTIONS)),
)
PAGE: Final = (
    query("currentPage", {"type": "integer", "minimum": 1}),
    query("pageSize", {"type": "integer", "minimum": SMALLEST_PAGE, "maximum": LARGEST_PAGE}),
)

TRANSFER: Final = open_to_more(
    {
        "clientOid": {"type": "string", "minLength": 1, "maxLength": LONGEST_OID},
        "currency": NAME,
        "amount": POSITIVE,
        "type": one_of(*WHOSE),
        "fromAccountType": one_of(*TYPES),
        "toAccountType": one_of(*TYPES),
        "fromAccountTag?": TEXT,
        "toAccountTag?": TEXT,
        "fromUserId?": TEXT,
        "toUserId?": TEXT,
    }
)
NEW_ADDRESS: Final = open_to_more(
    {"currency": NAME, "chain?": TEXT, "to?": one_of(*ACCOUNTS), "amount?": POSITIVE},
    description="`amount` is for Lightning invoices, and read by nobody.",
)
PAYMENT_V3: Final = open_to_more({**WITHDRAWAL, "toAddress": NAME})


def _get(name: str, reply: type[Reply], *parameters: Schema) -> dict[str, Shape]:
    return {name: Shape((reply,), parameters, security=SIGNED)}


def _post(name: str, reply: type[Reply], body: Schema) -> dict[str, Shape]:
    return {name: Shape((reply,), body=body, security=SIGNED)}


SHAPES: Final = {
    **_get("get_api_key_info", ApiKeyInfo),
    **_get("get_user_info", UserInfo),
    **_get("get_spot_account_type", SpotAccountType),
    **_get("get_account_mode", AccountMode),
    **_get("list_accounts", AccountsListed, query("currency", TEXT), query("type", one_of(*ASKED_TYPES))),
    **_get("get_account", AccountFound),
    **_get(
        "list_ledgers",
        LedgersListed,
        *LINES,
        query("bizType", one_of(*BIZ_TYPES)),
        *SPAN,
        *PAGE,
    ),
    **_get(
        "list_hf_ledgers",
        HfLedgersListed,
        *LINES,
        query("bizType", one_of(*HF_BIZ_TYPES)),
        query("lastId", COUNT, "Go on from that row"),
        query("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST}),
        *SPAN,
    ),
    **_get(
        "get_transferable",
        TransferableFound,
        CURRENCY,
        query("type", one_of(*TRANSFERABLE), required=True),
        query("tag", TEXT, "The pair, where there is an account for each"),
    ),
    **_post("make_transfer", TransferMade, TRANSFER),
    **_post("create_deposit_address", DepositAddressCreated, NEW_ADDRESS),
    **_get("list_deposit_addresses", DepositAddressesListed, CURRENCY, query("chain", TEXT), query("amount", TEXT)),
    **_get("list_deposit_addresses_v2", DepositAddressesListedV2, CURRENCY, query("chain", TEXT)),
    **_get("get_deposit_address_v1", DepositAddressFoundV1, CURRENCY, CHAIN),
    **_get(
        "list_deposits",
        DepositsListed,
        query("currency", TEXT),
        query("status", one_of(*DEPOSIT_STATUSES)),
        *SPAN,
        *PAGE,
    ),
    **_get("get_withdrawal_quotas", QuotasFound, CURRENCY, CHAIN),
    **_get(
        "list_withdrawals",
        WithdrawalsListed,
        query("currency", TEXT),
        query("status", word_of(WithdrawalStatus)),
        *SPAN,
        *PAGE,
    ),
    **_get("get_withdrawal", WithdrawalFound),
    **_get("cancel_withdrawal", WithdrawalCanceled),
    **_post("withdraw_v3", Withdrawn, PAYMENT_V3),
}
"""By the route's name."""

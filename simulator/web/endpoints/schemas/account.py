"""The signed calls about an account."""

from __future__ import annotations

from typing import Final

from simulator.core.account.accounts import AccountFound, AccountsListed
from simulator.core.account.deposit_addresses import (
    ACCOUNTS,
    DepositAddressCreated,
    DepositAddressesListed,
    DepositAddressesListedV2,
    DepositAddressFoundV1,
)
from simulator.core.account.deposits import DepositsListed
from simulator.core.account.hf_ledgers import HfLedgersListed
from simulator.core.account.info import AccountMode, SpotAccountType, UserInfo
from simulator.core.account.ledgers import LedgersListed
from simulator.core.account.quotas import QuotasFound
from simulator.core.account.transfers import LONGEST_OID, TYPES, WHOSE, TransferableFound, TransferMade
from simulator.core.account.withdrawals import WithdrawalCanceled, WithdrawalFound, WithdrawalsListed
from simulator.core.fast_api.api_keys import ApiKeyInfo
from simulator.core.funds.payouts import Withdrawn
from simulator.core.value import Reply
from simulator.web.endpoints.schemas.call import SIGNED, Shape
from simulator.web.endpoints.schemas.requests import POSITIVE, WITHDRAWAL
from simulator.web.json_schema import NAME, TEXT, Schema, one_of, open_to_more

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


def _get(name: str, reply: type[Reply]) -> dict[str, Shape]:
    return {name: Shape((reply,), security=SIGNED)}


def _post(name: str, reply: type[Reply], body: Schema) -> dict[str, Shape]:
    return {name: Shape((reply,), body=body, security=SIGNED)}


SHAPES: Final = {
    **_get("get_api_key_info", ApiKeyInfo),
    **_get("get_user_info", UserInfo),
    **_get("get_spot_account_type", SpotAccountType),
    **_get("get_account_mode", AccountMode),
    **_get("list_accounts", AccountsListed),
    **_get("get_account", AccountFound),
    **_get("list_ledgers", LedgersListed),
    **_get("list_hf_ledgers", HfLedgersListed),
    **_get("get_transferable", TransferableFound),
    **_post("make_transfer", TransferMade, TRANSFER),
    **_post("create_deposit_address", DepositAddressCreated, NEW_ADDRESS),
    **_get("list_deposit_addresses", DepositAddressesListed),
    **_get("list_deposit_addresses_v2", DepositAddressesListedV2),
    **_get("get_deposit_address_v1", DepositAddressFoundV1),
    **_get("list_deposits", DepositsListed),
    **_get("get_withdrawal_quotas", QuotasFound),
    **_get("list_withdrawals", WithdrawalsListed),
    **_get("get_withdrawal", WithdrawalFound),
    **_get("cancel_withdrawal", WithdrawalCanceled),
    **_post("withdraw_v3", Withdrawn, PAYMENT_V3),
}
"""By the route's name."""

"""The replies about a user's own account."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.account.accounts import AccountFound, AccountsListed
from simulator.core.account.hf_ledgers import HfLedgerRow, HfLedgersListed
from simulator.core.account.info import AccountMode, SpotAccountType, UserInfo
from simulator.core.account.ledgers import LedgerRow, LedgersListed
from simulator.core.account.transfers import TransferableFound, TransferMade
from simulator.core.fast_api.api_keys import ApiKeyInfo
from simulator.core.gateway import tolls as gateway
from simulator.core.gateway.tolls import OwnPermission
from simulator.core.money import plain
from simulator.core.spec import API_KEY_VERSION, PERMISSION_WORDS
from simulator.core.world import Account, ApiKey
from simulator.web.endpoints.spelling import Spellings, page

MOST_SUB_ACCOUNTS: Final = 5
"""How many a user could have, as the reference's sample says."""


def _api_key_info(reply: ApiKeyInfo) -> dict[str, Any]:
    key = reply.api_key
    whitelist = {"ipWhitelist": ",".join(key.ip_whitelist)} if key.ip_whitelist else {}
    return {
        "remark": key.api_name,
        "apiKey": key.api_key,
        "apiVersion": API_KEY_VERSION,
        "permission": ",".join(permission_words(key)),
        **whitelist,
        "createdAt": key.created_at,
        "uid": key.uid,
        "isMaster": True,
    }


def permission_words(key: ApiKey) -> list[str]:
    """What the key can do, in the words of `GET /api/v1/user/api-key`; an ordinary withdrawal's is observed."""
    own = [gateway.NAMES[OwnPermission.WITHDRAWAL]] if key.withdrawal else []
    return [*(word for group in key.groups for word in PERMISSION_WORDS[group]), *own]


def _accounts(reply: AccountsListed) -> list[dict[str, str]]:
    return [_account(name, account) for name, account in reply.accounts]


def _user_info(reply: UserInfo) -> dict[str, int]:
    nobody = ("sub", "spotSub", "marginSub", "futuresSub", "optionSub")
    none_more = ("Spot", "Margin", "Futures", "Option")
    return {
        "level": reply.level,
        **{f"{each}Quantity": 0 for each in nobody},
        "maxSubQuantity": MOST_SUB_ACCOUNTS,
        "maxDefaultSubQuantity": MOST_SUB_ACCOUNTS,
        **{f"max{each}SubQuantity": 0 for each in none_more},
    }


def _account(name: str, account: Account) -> dict[str, str]:
    return {"id": name, "currency": account.currency, "type": account.type, **_balance(account)}


def _balance(account: Account) -> dict[str, str]:
    return {
        "currency": account.currency,
        "balance": plain(account.balance),
        "available": plain(account.available),
        "holds": plain(account.holds),
    }


def _ledger_row(row: LedgerRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "currency": row.currency,
        "amount": plain(row.amount),
        "fee": plain(row.fee),
        "balance": "0",
        "accountType": row.account,
        "bizType": row.biz_type,
        "direction": row.direction,
        "createdAt": row.created_at,
        "context": f'{{"orderId":"{row.order_id}"}}',
    }


def _hf_ledger_row(row: HfLedgerRow) -> dict[str, Any]:
    """Unlike the other ledger it tells the balance and a tax, and the time as a text."""
    line = _ledger_row(row.line)
    head = {name: line.pop(name) for name in ("id", "currency", "amount", "fee")}
    return {**head, "tax": "0", **line, "balance": plain(row.balance), "createdAt": str(row.line.created_at)}


SPELLINGS: Final[Spellings] = {
    ApiKeyInfo: _api_key_info,
    UserInfo: _user_info,
    SpotAccountType: lambda reply: reply.high_frequency,
    AccountMode: lambda reply: {"selfAccountMode": reply.mode},
    AccountsListed: _accounts,
    AccountFound: lambda reply: _balance(reply.account),
    HfLedgersListed: lambda reply: [_hf_ledger_row(each) for each in reply.rows],
    LedgersListed: lambda reply: page(reply.page, _ledger_row),
    TransferableFound: lambda reply: {**_balance(reply.account), "transferable": plain(reply.account.available)},
    TransferMade: lambda reply: {"orderId": reply.transfer.id},
}

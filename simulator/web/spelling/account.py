"""The replies about a user's own account."""

from __future__ import annotations

from typing import Any, Final

from simulator.core import gateway, money
from simulator.core.accounts import AccountsListed
from simulator.core.api_keys import ApiKeyInfo
from simulator.core.gateway import OwnPermission
from simulator.core.money import plain
from simulator.core.settlement import WithdrawalFound
from simulator.core.spec import API_KEY_VERSION, PERMISSION_WORDS
from simulator.core.world import ApiKey, WithdrawalStatus
from simulator.web.spelling import Spellings


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
    return [
        {
            "id": account_id,
            "currency": account.currency,
            "type": account.type,
            "balance": plain(account.balance),
            "available": plain(account.available),
            "holds": plain(account.holds),
        }
        for account_id, account in reply.accounts
    ]


def _withdrawal(reply: WithdrawalFound) -> dict[str, Any]:
    withdrawal, payment, chain = reply.withdrawal, reply.withdrawal.payment, reply.chain
    cancelable = withdrawal.status is WithdrawalStatus.PROCESSING
    return {
        "id": withdrawal.id,
        "uid": reply.uid,
        "currency": payment.currency,
        "chainId": withdrawal.chain,
        "chainName": chain.chain_name if chain else "",
        "currencyName": reply.currency_name,
        "status": withdrawal.status.value,
        "failureReason": "",
        "failureReasonMsg": None,
        "address": payment.address,
        "memo": payment.memo,
        "isInner": payment.inner,
        "amount": plain(payment.amount),
        "fee": plain(money.add(withdrawal.service_fee, withdrawal.network_fee)),
        "walletTxId": None,
        "addressRemark": None,
        "remark": payment.remark,
        "createdAt": withdrawal.created_at,
        "cancelType": "CANCELABLE" if cancelable else "NON_CANCELABLE",
        "taxes": None,
        "taxDescription": None,
        "returnStatus": "NOT_RETURN",
        "returnAmount": None,
        "returnCurrency": "KCS",
    }


SPELLINGS: Final[Spellings] = {
    ApiKeyInfo: _api_key_info,
    AccountsListed: _accounts,
    WithdrawalFound: _withdrawal,
}

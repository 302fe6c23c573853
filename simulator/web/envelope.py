"""Reply or refusal -> bytes, in the envelope of the endpoint's family.

The token calls answer bare JSON; `/_oauth/resource` wraps in success, code, msg, retry, data; `/api` in code and data.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from msgspec import json

from simulator.core import money
from simulator.core.accounts import AccountsListed
from simulator.core.api_keys import ApiKeyAdded, ApiKeyInfo
from simulator.core.authorization import Authorized
from simulator.core.choices import Choices
from simulator.core.currencies import CurrencyFound, ServerTime
from simulator.core.money import plain
from simulator.core.refusals import Reason, Refusal
from simulator.core.replies import Reply
from simulator.core.settlement import WithdrawalFound
from simulator.core.spec import API_KEY_VERSION, PERMISSION_WORDS
from simulator.core.tokens import TokensIssued
from simulator.core.withdrawals import Challenged, Withdrawn
from simulator.core.world import Chain, FactorSets, WithdrawalStatus
from simulator.messages import Answer


class Family(Enum):
    """Which envelope an endpoint uses."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    RESOURCE = "resource"
    OPENAPI = "openapi"


def as_json(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return json.encode(value)


def _tokens(reply: TokensIssued) -> dict[str, Any]:
    return {
        "access_token": reply.access_token,
        "token_type": reply.token_type,
        "expires_in": reply.expires_in,
        "refresh_token": reply.refresh_token,
        "scope": list(reply.scope),
    }


def _api_key(reply: ApiKeyAdded) -> dict[str, Any]:
    return {
        "apiName": reply.api_name,
        "apiKey": reply.api_key,
        "secret": reply.secret,
        "passphrase": reply.passphrase,
        "brokerId": reply.broker_id,
        "authGroup": ",".join(group.value for group in reply.groups),
        "ipWhiteList": ",".join(reply.ip_whitelist),
    }


def _api_key_info(reply: ApiKeyInfo) -> dict[str, Any]:
    key = reply.api_key
    whitelist = {"ipWhitelist": ",".join(key.ip_whitelist)} if key.ip_whitelist else {}
    return {
        "remark": key.api_name,
        "apiKey": key.api_key,
        "apiVersion": API_KEY_VERSION,
        "permission": ",".join(word for group in key.groups for word in PERMISSION_WORDS[group]),
        **whitelist,
        "createdAt": key.created_at,
        "uid": key.uid,
        "isMaster": True,
    }


def _factors(sets: FactorSets) -> list[list[str]]:
    return [[factor.value for factor in factors] for factors in sets]


def _challenge(reply: Challenged) -> dict[str, Any]:
    return {
        "transactionId": reply.transaction_id,
        "allFactors": _factors(reply.all_factors),
        "sentFactors": _factors(reply.sent_factors),
    }


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


def _chain(chain: Chain) -> dict[str, Any]:
    minimum, fee = plain(chain.withdrawal_min_size), plain(chain.withdrawal_min_fee)
    return {
        "chainName": chain.chain_name,
        "withdrawalMinSize": minimum,
        "withdrawMinSize": minimum,
        "depositMinSize": None if chain.deposit_min_size is None else plain(chain.deposit_min_size),
        "withdrawFeeRate": "0",
        "withdrawalMinFee": fee,
        "withdrawMinFee": fee,
        "isWithdrawEnabled": chain.withdraw_enabled,
        "isDepositEnabled": chain.deposit_enabled,
        "confirms": chain.confirms,
        "preConfirms": chain.pre_confirms,
        "contractAddress": chain.contract_address,
        "withdrawPrecision": chain.withdraw_precision,
        "maxWithdraw": None,
        "maxDeposit": None,
        "needTag": chain.need_tag,
        "chainId": chain.chain_id,
        "addressRegex": "",
        "memoRegex": "",
    }


def _currency(reply: CurrencyFound) -> dict[str, Any]:
    currency = reply.currency
    return {
        "currency": currency.currency,
        "name": currency.currency,
        "fullName": currency.full_name,
        "precision": currency.precision,
        "confirms": None,
        "contractAddress": None,
        "isMarginEnabled": currency.margin_enabled,
        "isDebitEnabled": currency.debit_enabled,
        "chains": [_chain(chain) for chain in reply.chains],
    }


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


DATA: Final[dict[type[Reply], Callable[[Any], Any]]] = {
    TokensIssued: _tokens,
    ApiKeyAdded: _api_key,
    ApiKeyInfo: _api_key_info,
    Withdrawn: lambda reply: {"withdrawalId": reply.withdrawal.id},
    Challenged: _challenge,
    AccountsListed: _accounts,
    CurrencyFound: _currency,
    WithdrawalFound: _withdrawal,
    ServerTime: lambda reply: reply.milliseconds,
}
"""How each reply is spelled in JSON."""


def accepted(family: Family, reply: Reply) -> Answer:
    """A reply in its family's envelope."""
    data = DATA[type(reply)](reply)
    if family is Family.OPENAPI:
        data = {"code": "200000", "data": data}
    elif family is Family.RESOURCE:
        data = {"success": True, "code": "200", "msg": "success", "retry": False, "data": data}
    return Answer(200, as_json(data))


def authorized(reply: Authorized, state: str) -> Answer:
    """The "response" that s7.1 prints, where `code` is the authorization code. `state` is decoded."""
    return Answer(
        200,
        as_json({"success": True, "code": reply.code, "msg": "success.", "retry": False, "data": None, "state": state}),
    )


def refused(family: Family, refusal: Refusal, choices: Choices) -> Answer:
    """A refusal in its family's envelope. On /api a business refusal (HTTP 200) has `msg` first, as captured."""
    reason = refusal.reason
    denial = reason.denial
    code, text = denial.code or choices.unpublished_code, refusal.text
    body: dict[str, object]
    if reason in (Reason.UNKNOWN_PATH, Reason.METHOD_NOT_ALLOWED):
        body = {"code": code, "msg": text, "retry": False, "success": False}
    elif family is Family.TOKEN and denial.oauth and choices.oauth_error_body == "rfc6749":
        body = {"error": denial.oauth, "error_description": text.partition(": ")[2] or text}
    elif family is not Family.OPENAPI:
        body = {"success": False, "code": code, "msg": text, "retry": False}
    elif denial.status == 200:
        body = {"msg": text, "code": code}
    else:
        body = {"code": code, "msg": text}
    return Answer(denial.status, as_json(body))

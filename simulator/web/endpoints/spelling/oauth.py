"""The replies of the page: tokens, keys, withdrawals."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.fast_api.api_keys import ApiKeyAdded
from simulator.core.fast_api.tokens import TokensIssued
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.payouts import Withdrawn
from simulator.core.world import FactorSets
from simulator.web.endpoints.spelling import Spellings


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


def _factors(sets: FactorSets) -> list[list[str]]:
    return [[factor.value for factor in factors] for factors in sets]


def _challenge(reply: Challenged) -> dict[str, Any]:
    return {
        "transactionId": reply.transaction_id,
        "allFactors": _factors(reply.all_factors),
        "sentFactors": _factors(reply.sent_factors),
    }


SPELLINGS: Final[Spellings] = {
    TokensIssued: _tokens,
    ApiKeyAdded: _api_key,
    Withdrawn: lambda reply: {"withdrawalId": reply.withdrawal.id},
    Challenged: _challenge,
}

"""Schemas of the replies of the page, as `spelling.oauth` spells them."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.fast_api.api_keys import ApiKeyAdded
from simulator.core.fast_api.tokens import TokensIssued
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.payouts import Withdrawn
from simulator.core.spec import Factor
from simulator.core.value import Reply
from simulator.web.json_schema import COUNT, NAME, TEXT, Schema, closed, const, listed, word_of

FACTOR_SETS: Final = listed(listed(word_of(Factor)))

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
    Withdrawn: closed({"withdrawalId": NAME}),
    Challenged: closed({"transactionId": NAME, "allFactors": FACTOR_SETS, "sentFactors": FACTOR_SETS}),
}

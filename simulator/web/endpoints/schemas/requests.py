"""How the exchange's requests are built: bodies and queries."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.spec import AuthGroup, Factor, FeeDeductType, WithdrawType
from simulator.web.json_schema import FLAG, NAME, TEXT, closed, const, either, listed, open_to_more, query, word_of

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
WITHDRAWAL: Final = {
    "currency": NAME,
    "amount": POSITIVE,
    "withdrawType": word_of(WithdrawType),
    "chain?": TEXT,
    "isInner?": FLAG,
    "remark?": TEXT,
    "memo?": TEXT,
    "feeDeductType?": word_of(FeeDeductType),
}
"""What both ways to withdraw ask; they name the address differently."""
PAYMENT: Final = open_to_more(
    {
        **WITHDRAWAL,
        "address": NAME,
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

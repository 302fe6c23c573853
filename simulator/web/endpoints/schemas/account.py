"""The bodies of the signed calls about an account."""

from __future__ import annotations

from typing import Final

from simulator.core.account.deposit_addresses import ACCOUNTS
from simulator.core.account.ledgers import ACCOUNT_TYPES
from simulator.core.account.transfers import LONGEST_OID, WHOSE
from simulator.web.endpoints.schemas.requests import POSITIVE, WITHDRAWAL
from simulator.web.json_schema import NAME, TEXT, one_of, open_to_more

TRANSFER: Final = open_to_more(
    {
        "clientOid": {"type": "string", "minLength": 1, "maxLength": LONGEST_OID},
        "currency": NAME,
        "amount": POSITIVE,
        "type": one_of(*WHOSE),
        "fromAccountType": one_of(*ACCOUNT_TYPES),
        "toAccountType": one_of(*ACCOUNT_TYPES),
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

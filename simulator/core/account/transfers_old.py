"""Money moved between accounts of one user by version 2 of the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.account.transfers import CLIENT_OID, TAGGED, TransferMade, TransferRequest, account_type, carry_out
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.parameters import AMOUNT, NEEDED_CURRENCY, Text, Word
from simulator.core.gateway.permissions import SPOT_TRADING
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.core.world import ApiKey, Now, World

FROM_TYPES: Final = ("main", "trade", "trade_hf", "margin", "isolated", "margin_v2", "isolated_v2", "option")
TO_TYPES: Final = (*FROM_TYPES, "contract")
FROM, TO = Word("from", required=True, words=FROM_TYPES), Word("to", required=True, words=TO_TYPES)
FROM_TAG, TO_TAG = Text("fromTag"), Text("toTag")
PARAMETERS: Final = (CLIENT_OID, NEEDED_CURRENCY, AMOUNT, FROM, TO, FROM_TAG, TO_TAG)


class MakeInnerTransfer(Value, frozen=True):
    """`POST /api/v2/accounts/inner-transfer`."""

    signed: SignedRequest
    body: Body


def make_inner_transfer(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, TransferMade]:
    """Move it at once, as a universal transfer does. The trading account has two names [rest/inner-transfer]."""
    read = Fields(body)
    client_oid, currency, amount = CLIENT_OID.read(read), NEEDED_CURRENCY.read(read), AMOUNT.read(read)
    source, target = _account(read, FROM, FROM_TAG), _account(read, TO, TO_TAG)
    if source == target:
        raise FieldProblem(TO.name, "must be another account than the one that pays", target)
    transfer_request = TransferRequest(client_oid, currency, amount, "INTERNAL", source, target)
    world, transfer = carry_out(world, world.users[key.user], transfer_request, now)
    return world, TransferMade(transfer=transfer)


def _account(read: Fields, word: Word, tag: Text) -> str:
    kind = word.read(read).removesuffix("_hf")
    return account_type(kind.upper(), tag.read(read, required=kind.upper() in TAGGED))


ENDPOINTS: Final = (
    Endpoint(
        make_inner_transfer,
        MakeInnerTransfer,
        REST,
        call="POST /api/v2/accounts/inner-transfer",
        parameters=PARAMETERS,
        example={"clientOid": "1", "currency": "USDT", "amount": "100", "from": "main", "to": "trade"},
        permission=SPOT_TRADING,
        pool=Pool.MANAGEMENT,
        weight=10,
        refusals={
            Reason.PARAMETER_INVALID,
            Reason.USER_FROZEN,
            Reason.CLIENT_OID_USED,
            Reason.ACCOUNT_NOT_OPENED,
            Reason.CURRENCY_UNKNOWN,
            Reason.AMOUNT_INCREMENT_INVALID,
            Reason.TRANSFER_BALANCE_INSUFFICIENT,
        },
    ),
)

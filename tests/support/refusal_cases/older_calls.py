"""Every way to earn a refusal of the older calls that make something, and of those that name an account."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from simulator.core.account.accounts_old import ListAccountLedgers, ListHolds
from simulator.core.account.deposit_addresses_old import CreateDepositAddressV1
from simulator.core.account.transfers_old import MakeInnerTransfer
from simulator.core.account.withdrawals_v1 import WithdrawV1
from simulator.core.mint import account_id
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup
from simulator.core.value import Command
from support.desk import Desk, payment
from support.refusal_cases.account import (
    CREATE_DEPOSIT_ADDRESS,
    MAKE_TRANSFER,
    NOBODY_READS,
    WITHDRAW_V3,
    _owned,
    _posted,
)
from support.refusal_cases.defects import Case, Defect, Fields, change_key
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, signed_as

MOVE: Final = {"clientOid": "1", "currency": "USDT", "amount": "100", "from": "main", "to": "contract"}
NO_SPOT: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(AuthGroup.API_COMMON,)))


def _moved_before(desk: Desk) -> Fields:
    fields = {**_owned(desk), **MOVE}
    desk.perform(MAKE_INNER_TRANSFER.build(desk, {**fields, "clientOid": "before"}))
    return fields


def _without(case: Case, *reasons: Reason) -> tuple[Defect, ...]:
    """The defects of another case, but for some reasons."""
    return tuple(defect for defect in case.defects if defect.reason not in reasons)


MAKE_INNER_TRANSFER: Final = Case(
    _moved_before,
    _posted((*MOVE, "fromTag"), MakeInnerTransfer),
    (
        *_without(MAKE_TRANSFER, Reason.SUB_ACCOUNT_UNKNOWN, Reason.PERMISSION_MISSING),
        NO_SPOT,
        Defect(Reason.PARAMETER_INVALID, {"from": "isolated"}),
    ),
)
CREATE_DEPOSIT_ADDRESS_V1: Final = Case(
    CREATE_DEPOSIT_ADDRESS.prepare,
    _posted(("currency", "chain", "to"), CreateDepositAddressV1),
    CREATE_DEPOSIT_ADDRESS.defects,
)


def _renamed(defect: Defect) -> Defect:
    """The defect with version 1's name for the address."""
    if "toAddress" not in defect.fields:
        return defect
    fields = {**defect.fields, "address": defect.fields["toAddress"]}
    fields.pop("toAddress")
    return dataclasses.replace(defect, fields=fields)


WITHDRAW_V1: Final = Case(
    lambda desk: {**_owned(desk), **payment()},
    _posted(("currency", "address", "amount", "chain", "isInner", "remark", "feeDeductType"), WithdrawV1),
    tuple(map(_renamed, _without(WITHDRAW_V3, Reason.WITHDRAWAL_RATE_LIMITED))),
)


def _of_account(make: Any) -> Case:
    def build(desk: Desk, fields: Fields) -> Command:
        more = {name: fields[name] for name in ("page_size",) if name in fields}
        return make(signed_as(desk, fields), fields["account_id"], **more)

    return Case(
        lambda desk: {**_owned(desk), "account_id": account_id(desk.world, "alice", "main", "USDT")},
        build,
        (
            *GATEWAY_DEFECTS,
            NOBODY_READS,
            Defect(Reason.PARAMETER_INVALID, {"page_size": "501"}),
            Defect(Reason.ACCOUNT_UNKNOWN, {"account_id": "0" * 24}),
        ),
    )


CASES: Final[dict[str, Case]] = {
    "make_inner_transfer": MAKE_INNER_TRANSFER,
    "create_deposit_address_v1": CREATE_DEPOSIT_ADDRESS_V1,
    "withdraw_v1": WITHDRAW_V1,
    "list_account_ledgers": _of_account(ListAccountLedgers),
    "list_holds": _of_account(ListHolds),
}

"""Every way to earn a refusal of a signed call beside the page: transfers, deposits, histories, withdrawals."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from simulator.core.account.accounts import GetAccount
from simulator.core.account.deposit_addresses import (
    CreateDepositAddress,
    GetDepositAddressV1,
    ListDepositAddresses,
    ListDepositAddressesV2,
)
from simulator.core.account.deposits import ListDeposits
from simulator.core.account.hf_ledgers import ListHfLedgers
from simulator.core.account.info import GetAccountMode, GetSpotAccountType, GetUserInfo
from simulator.core.account.ledgers import ListLedgers
from simulator.core.account.quotas import GetWithdrawalQuotas
from simulator.core.account.transfers import GetTransferable, MakeTransfer
from simulator.core.account.withdrawals import CancelWithdrawal, ListWithdrawals
from simulator.core.account.withdrawals_v3 import WithdrawV3
from simulator.core.gateway.requests import Body
from simulator.core.mint import account_id
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup
from simulator.core.value import Command
from simulator.core.world import Window, World
from support.desk import Desk, payment
from support.refusal_cases.defects import (
    UNREADABLE,
    Case,
    Defect,
    Fields,
    change_currency,
    change_key,
    change_user,
    choose,
    unreadable,
)
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, INSIDE, MONEY_DEFECTS, signed_as, used_up_by

NO_SUCH_CURRENCY: Final = Defect(
    Reason.CURRENCY_UNKNOWN, world=lambda world: world.put(currencies=world.currencies.remove("USDT"))
)
NO_SUCH_CHAIN: Final = Defect(Reason.CHAIN_INVALID, world=change_currency(chain_id="gone"))
NO_TRANSFERS: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(AuthGroup.API_COMMON,)))
NO_ORDINARY: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(withdrawal=False))
NOBODY_READS: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(groups=()))
"""No key is without it (H25), so only a key that never was can lack it."""


def _owned(desk: Desk) -> Fields:
    return {"credentials": desk.own_key("alice"), "body": None}


def _posted(names: tuple[str, ...], make: Any) -> Any:
    def build(desk: Desk, fields: Fields) -> Command:
        body = Body({name: fields[name] for name in names if fields.get(name) is not None})
        return make(signed_as(desk, fields), fields["body"] or body)

    return build


def _asking(make: Any) -> Any:
    return lambda desk, fields: make(signed_as(desk, fields), fields["asked"])


def _asked(**asked: str) -> Any:
    return lambda desk: {**_owned(desk), "asked": asked}


# --- transfers
MOVE: Final = {
    "clientOid": "1",
    "currency": "USDT",
    "amount": "100",
    "type": "INTERNAL",
    "fromAccountType": "MAIN",
    "toAccountType": "CONTRACT",
    "fromAccountTag": None,
    "toUserId": None,
}


def _moved_before(desk: Desk) -> Fields:
    fields = {**_owned(desk), **MOVE}
    desk.perform(MAKE_TRANSFER.build(desk, {**fields, "clientOid": "before"}))
    return fields


MAKE_TRANSFER: Final = Case(
    _moved_before,
    _posted(tuple(MOVE), MakeTransfer),
    (
        *GATEWAY_DEFECTS,
        NO_TRANSFERS,
        *unreadable(*UNREADABLE),
        Defect(Reason.PARAMETER_INVALID, {"amount": "-1"}),
        Defect(Reason.USER_FROZEN, world=change_user(frozen=True)),
        Defect(Reason.SUB_ACCOUNT_UNKNOWN, {"type": "PARENT_TO_SUB", "toUserId": "1"}),
        Defect(Reason.CLIENT_OID_USED, {"clientOid": "before"}),
        Defect(Reason.ACCOUNT_NOT_OPENED, world=change_user(futures=False)),
        NO_SUCH_CURRENCY,
        Defect(
            Reason.AMOUNT_INCREMENT_INVALID,
            world=lambda world: world.put(replace(world.currencies["USDT"], precision=-3)),
            hides=(Reason.CURRENCY_UNKNOWN,),
        ),
        Defect(
            Reason.TRANSFER_BALANCE_INSUFFICIENT,
            world=lambda world: world.put(replace(world.wallet("alice"), accounts=())),
        ),
    ),
)
GET_TRANSFERABLE: Final = Case(
    _asked(currency="USDT", type="MAIN"),
    _asking(GetTransferable),
    (
        *GATEWAY_DEFECTS,
        NOBODY_READS,
        Defect(Reason.PARAMETER_INVALID, {"asked": {"currency": "USDT"}}),
        NO_SUCH_CURRENCY,
    ),
)


# --- deposits
CREATE_DEPOSIT_ADDRESS: Final = Case(
    lambda desk: {**_owned(desk), "currency": "USDT", "chain": "kcc", "to": "main"},
    _posted(("currency", "chain", "to"), CreateDepositAddress),
    (
        *GATEWAY_DEFECTS,
        NOBODY_READS,
        *unreadable(*UNREADABLE),
        Defect(Reason.PARAMETER_INVALID, {"to": "futures"}),
        Defect(Reason.USER_FROZEN, world=change_user(frozen=True)),
        NO_SUCH_CURRENCY,
        NO_SUCH_CHAIN,
        Defect(Reason.DEPOSIT_DISABLED, world=change_currency(deposit_enabled=False)),
        Defect(
            Reason.DEPOSIT_ADDRESS_EXISTS,
            {"chain": "trx"},
        ),
    ),
)


def _by_chain(make: Any) -> Case:
    wrong = Defect(Reason.PARAMETER_INVALID, {"asked": {}})
    defects = (*GATEWAY_DEFECTS, NOBODY_READS, wrong, NO_SUCH_CURRENCY, NO_SUCH_CHAIN)
    return Case(_asked(currency="USDT", chain="trx"), _asking(make), defects)


def _limited_by(make: Any) -> tuple[Defect, ...]:
    """What the gateway refuses, where the call has another pool than most."""
    limited, *gateway = GATEWAY_DEFECTS
    return dataclasses.replace(limited, earlier=used_up_by(make)), *gateway


# --- histories
def _history(make: Any) -> Case:
    wrong = Defect(Reason.PARAMETER_INVALID, {"asked": {"pageSize": "501"}})
    return Case(_asked(currency="USDT"), _asking(make), (*GATEWAY_DEFECTS, NOBODY_READS, wrong))


LIST_HF_LEDGERS: Final = Case(
    _asked(currency="USDT"),
    _asking(ListHfLedgers),
    (
        *_limited_by(lambda signed: ListHfLedgers(signed, {})),
        NOBODY_READS,
        Defect(Reason.PARAMETER_INVALID, {"asked": {"limit": "201"}}),
    ),
)


# --- withdrawals
PAY: Final = ("currency", "toAddress", "amount", "withdrawType", "chain", "isInner", "remark", "feeDeductType")


def _may_pay(desk: Desk) -> Fields:
    fields = payment()
    return {**_owned(desk), **fields, "toAddress": fields["address"]}


def _used_up(world: World) -> World:
    return world.put(Window("alice", "withdrawals 24 h", 1_780_272_000_000, Decimal(50)))


WITHDRAW_V3: Final = Case(
    _may_pay,
    _posted(PAY, WithdrawV3),
    (
        *GATEWAY_DEFECTS,
        NO_ORDINARY,
        *unreadable(*UNREADABLE),
        Defect(Reason.WITHDRAWAL_RATE_LIMITED, {"withdrawType": "UID", "toAddress": "200000002"}, _used_up),
        Defect(Reason.PARAMETER_INVALID, {"remark": 5}),
        Defect(Reason.USER_FROZEN, world=change_user(frozen=True)),
        *MONEY_DEFECTS,
        Defect(Reason.RECIPIENT_UNKNOWN, {"isInner": True}, hides=INSIDE),
        Defect(
            Reason.PAYOUT_NOT_POSITIVE,
            {"feeDeductType": "INTERNAL"},
            change_currency(withdrawal_min_fee=Decimal(100)),
        ),
    ),
)


def _waiting(desk: Desk) -> Fields:
    fields = _may_pay(desk)
    desk.world = choose(settlement="manual")(desk.world)
    desk.perform(WITHDRAW_V3.build(desk, fields))
    return {**fields, "id": next(iter(desk.world.withdrawals))}


def _over(world: World) -> World:
    return world.put(*(replace(each, status=type(each.status).REVIEW) for each in world.withdrawals.values()))


CANCEL_WITHDRAWAL: Final = Case(
    _waiting,
    lambda desk, fields: CancelWithdrawal(signed_as(desk, fields), fields["id"]),
    (
        *GATEWAY_DEFECTS,
        NO_ORDINARY,
        Defect(Reason.WITHDRAWAL_UNKNOWN, {"id": "0" * 24}),
        Defect(Reason.WITHDRAWAL_NOT_CANCELABLE, world=_over),
    ),
)


# --- the account itself
def _plain(make: Any) -> Case:
    gateway = _limited_by(make)
    return Case(_owned, lambda desk, fields: make(signed_as(desk, fields)), (*gateway, NOBODY_READS))


GET_ACCOUNT: Final = Case(
    lambda desk: {**_owned(desk), "id": account_id(desk.world, "alice", "main", "USDT")},
    lambda desk, fields: GetAccount(signed_as(desk, fields), fields["id"]),
    (*GATEWAY_DEFECTS, NOBODY_READS, Defect(Reason.ACCOUNT_UNKNOWN, {"id": "0" * 24})),
)

CASES: Final[dict[str, Case]] = {
    "make_transfer": MAKE_TRANSFER,
    "get_transferable": GET_TRANSFERABLE,
    "create_deposit_address": CREATE_DEPOSIT_ADDRESS,
    "list_deposit_addresses": _by_chain(ListDepositAddresses),
    "list_deposit_addresses_v2": _by_chain(ListDepositAddressesV2),
    "get_deposit_address_v1": _by_chain(GetDepositAddressV1),
    "list_deposits": _history(ListDeposits),
    "list_withdrawals": _history(ListWithdrawals),
    "list_ledgers": _history(ListLedgers),
    "list_hf_ledgers": LIST_HF_LEDGERS,
    "get_withdrawal_quotas": _by_chain(GetWithdrawalQuotas),
    "withdraw_v3": WITHDRAW_V3,
    "cancel_withdrawal": CANCEL_WITHDRAWAL,
    "get_account": GET_ACCOUNT,
    "get_user_info": _plain(GetUserInfo),
    "get_spot_account_type": _plain(GetSpotAccountType),
    "get_account_mode": _plain(GetAccountMode),
}

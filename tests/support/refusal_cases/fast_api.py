"""Every way to earn a refusal of a signed call and of the security set-up: a good request, and what can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from simulator.core import spec
from simulator.core.account.accounts import ListAccounts
from simulator.core.account.withdrawals import GetWithdrawal
from simulator.core.fast_api.security import BindFactor
from simulator.core.market.currencies import GetCurrency
from simulator.core.market.server import GetServerTime
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup
from simulator.core.value import Command
from support.desk import START, Desk, Key, hmac_sha256, payment
from support.refusal_cases.defects import (
    ELSEWHERE,
    UNREADABLE,
    Case,
    Defect,
    Fields,
    change_currency,
    change_key,
    change_user,
    choose,
    poor,
    unreadable,
    used_up,
)


# --- KC-API-* and s8.2
def signed_as(desk: Desk, fields: Fields, body: bytes = b"") -> Any:
    """The request, well signed but for the headers that a defect has put in."""
    timestamp = fields.get("timestamp", START)
    signed = fields["credentials"].sign(body, timestamp=timestamp or START)
    names = ("key", "sign", "passphrase", "version", "partner", "partner_sign", "partner_verify")
    headers = {name: fields[name] for name in names if name in fields}
    return replace(signed, timestamp=str(timestamp) if timestamp else None, **headers)


def used_up_by(make: Callable[[Any], Command]) -> Callable[[Desk, Fields], None]:
    """Nothing is left in the pool of the key's user, and nothing for a caller without a key of ours."""

    def call(desk: Desk, fields: Fields) -> None:
        for key in (fields["credentials"], Key("f" * 24, "", "")):
            desk.use_up(make(key.sign(method="GET", path="/api")))

    return call


GATEWAY_DEFECTS: Final = (
    Defect(Reason.RATE_LIMITED, earlier=used_up_by(ListAccounts)),
    Defect(Reason.HEADER_MISSING, {"key": None}),
    Defect(Reason.HEADER_MISSING, {"sign": ""}),
    Defect(Reason.HEADER_MISSING, {"timestamp": None}),
    Defect(Reason.HEADER_MISSING, {"passphrase": None}),
    Defect(Reason.KEY_VERSION_ABOLISHED, {"version": "1"}),
    Defect(Reason.KEY_VERSION_INVALID, {"version": None}),
    Defect(Reason.TIMESTAMP_INVALID, {"timestamp": START - 5_000}),
    Defect(Reason.API_KEY_UNKNOWN, {"key": "f" * 24}),
    Defect(Reason.PASSPHRASE_INVALID, {"passphrase": "plain"}),
    Defect(Reason.SIGNATURE_INVALID, {"sign": hmac_sha256("another secret", b"")}),
    Defect(Reason.UNKNOWN_PARTNER, {"partner": "NOBODY", "partner_verify": "true"}, choose(unknown_partner="refuse")),
    Defect(Reason.PARTNER_SIGNATURE_INVALID, {"partner": "DEMOPARTNER", "partner_sign": "x", "partner_verify": "true"}),
    Defect(Reason.IP_NOT_ALLOWED, world=change_key(ip_whitelist=ELSEWHERE)),
)


def _may_pay(desk: Desk) -> Fields:
    return {"credentials": desk.key(), "body": None, **payment()}


def _payment(fields: Fields) -> Fields:
    names = ("currency", "address", "amount", "withdrawType", "chain", "isInner", "remark", "memo", "feeDeductType")
    return {name: fields[name] for name in names if fields.get(name) is not None}


def _withdraw(desk: Desk, fields: Fields) -> Command:
    command = desk.withdrawal(fields["credentials"], _payment(fields))
    return replace(command, signed=signed_as(desk, fields, command.signed.body), body=fields["body"] or command.body)


MONEY_DEFECTS: Final = (
    Defect(Reason.CURRENCY_UNKNOWN, world=lambda world: world.put(currencies=world.currencies.remove("USDT"))),
    Defect(Reason.CHAIN_INVALID, world=change_currency(chain_id="gone")),
    Defect(Reason.WITHDRAWAL_DISABLED, world=change_currency(withdraw_enabled=False)),
    Defect(Reason.AMOUNT_INCREMENT_INVALID, world=change_currency(withdraw_precision=-3)),
    Defect(Reason.AMOUNT_BELOW_MINIMUM, world=change_currency(withdrawal_min_size=Decimal(101))),
    Defect(Reason.ADDRESS_INVALID, world=change_currency(need_tag=True)),
    Defect(Reason.ADDRESS_INVALID, world=change_currency(address_pattern="^0x[0-9a-f]{40}$")),
    Defect(Reason.ADDRESS_NOT_IN_BOOK, world=change_key(addressbook_only=True)),
    Defect(Reason.AMOUNT_CAP_EXCEEDED, world=choose(amount_cap_24h=Decimal(99))),
    Defect(Reason.BALANCE_INSUFFICIENT, world=poor),
)
INSIDE: Final = (
    Reason.WITHDRAWAL_DISABLED,
    Reason.AMOUNT_INCREMENT_INVALID,
    Reason.AMOUNT_BELOW_MINIMUM,
    Reason.ADDRESS_INVALID,
    Reason.PAYOUT_NOT_POSITIVE,
)
"""A payment that stays inside asks nothing of a chain."""
WITHDRAW: Final = Case(
    _may_pay,
    _withdraw,
    (
        *GATEWAY_DEFECTS,
        Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(AuthGroup.API_COMMON,))),
        *unreadable(*UNREADABLE),
        Defect(Reason.WITHDRAWAL_RATE_LIMITED, {"withdrawType": "UID", "address": "200000002"}, used_up),
        Defect(Reason.PARAMETER_INVALID, {"remark": 5}),
        Defect(Reason.USER_FROZEN, world=change_user(frozen=True)),
        Defect(Reason.MORE_FACTORS_NEEDED, world=change_user(factor_sets=())),
        *MONEY_DEFECTS,
        Defect(Reason.RECIPIENT_UNKNOWN, {"isInner": True}, hides=INSIDE),
        Defect(
            Reason.PAYOUT_NOT_POSITIVE,
            {"feeDeductType": "INTERNAL"},
            change_currency(withdrawal_min_fee=Decimal(90)),
        ),
    ),
)


def _challenged(desk: Desk) -> Fields:
    key = desk.key()
    challenge = desk.challenge(key)
    codes = desk.codes("alice", challenge)
    return {"credentials": key, "body": None, **payment(), "transactionId": challenge.transaction_id, **codes}


def _verify(desk: Desk, fields: Fields) -> Command:
    factors = [{"factorType": name, "factorValue": fields[name]} for name in ("GAV", "EMV") if fields[name]]
    validation = {"transactionId": fields["transactionId"], "factors": factors}
    command = desk.verification(fields["credentials"], _payment(fields), validation)
    return replace(command, signed=signed_as(desk, fields, command.signed.body), body=fields["body"] or command.body)


VERIFY_WITHDRAWAL: Final = Case(
    _challenged,
    _verify,
    (
        Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(AuthGroup.API_COMMON,))),
        *unreadable(Reason.BODY_NOT_JSON),
        Defect(Reason.PARAMETER_INVALID, {"transactionId": None}),
        Defect(Reason.USER_FROZEN, world=change_user(frozen=True)),
        Defect(Reason.TRANSACTION_UNKNOWN, {"transactionId": "0" * 24}),
        Defect(Reason.TRANSACTION_EXPIRED, later=10 * spec.MINUTE),
        Defect(Reason.TRANSACTION_MISMATCH, {"amount": "100.5"}),
        Defect(Reason.FACTORS_INCOMPLETE, {"EMV": None}),
        Defect(Reason.FACTOR_WRONG, {"GAV": "000000"}),
        *MONEY_DEFECTS,
    ),
)


# --- s8.1, and the calls that only read
def _may_bind(desk: Desk) -> Fields:
    return {"identity": "bob", "code": desk.totp("bob")}


BIND_FACTOR: Final = Case(
    _may_bind,
    lambda _, fields: BindFactor(fields["identity"], fields["code"]),
    (
        Defect(Reason.USER_UNKNOWN, {"identity": "mallory"}),
        Defect(Reason.FACTOR_ALREADY_BOUND, world=change_user("bob", factor_sets=((spec.Factor.GAV,),))),
        Defect(Reason.FACTOR_WRONG, {"code": "000000"}),
    ),
)
LIST_ACCOUNTS: Final = Case(
    _may_pay,
    lambda desk, fields: ListAccounts(signed_as(desk, fields), type=fields.get("type", "")),
    (*GATEWAY_DEFECTS, Defect(Reason.PARAMETER_INVALID, {"type": "MARGIN"})),
)


def _paid(desk: Desk) -> Fields:
    key = desk.key("frank")
    return {"credentials": key, "id": desk.pay(key, payment()).withdrawal.id}


GET_WITHDRAWAL: Final = Case(
    _paid,
    lambda desk, fields: GetWithdrawal(signed_as(desk, fields), fields["id"]),
    (*GATEWAY_DEFECTS, Defect(Reason.WITHDRAWAL_UNKNOWN, {"id": "0" * 24})),
)


def _time_asked(desk: Desk, fields: Fields) -> None:
    desk.use_up(GetServerTime())


GET_CURRENCY: Final = Case(
    lambda _: {"currency": "USDT", "chain": "trx"},
    lambda _, fields: GetCurrency(fields["currency"], fields["chain"]),
    (
        Defect(Reason.RATE_LIMITED, earlier=_time_asked),
        Defect(Reason.CURRENCY_UNKNOWN, {"currency": "DOGE"}),
        Defect(Reason.CHAIN_INVALID, {"chain": "doge"}),
    ),
)

CASES: Final[dict[str, Case]] = {
    "get_currency": GET_CURRENCY,
    "get_withdrawal": GET_WITHDRAWAL,
    "withdraw": WITHDRAW,
    "verify_withdrawal": VERIFY_WITHDRAWAL,
    "bind_factor": BIND_FACTOR,
    "list_accounts": LIST_ACCOUNTS,
}

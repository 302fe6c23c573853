"""What can be staged: for each call of a client, the named fields of its request and the reasons that can refuse it.

A refusal on purpose is the refusal for cause: the same reason, the same text, the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from string import Formatter
from typing import Any, Final

from simulator.core import spec
from simulator.core.account import deposit_addresses as deposits
from simulator.core.account import transfers
from simulator.core.fast_api import security
from simulator.core.fast_api.redirects import read_query
from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.operations import OPERATIONS
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
from simulator.core.value import Command, Value
from simulator.core.world import World

R = Reason


class Stage(Value, frozen=True):
    """What a fault can name of an operation. A field in a field is written with a dot."""

    fields: tuple[str, ...]
    reasons: frozenset[Reason]


_BODY: Final = {R.UNSUPPORTED_MEDIA_TYPE, R.BODY_TOO_LARGE, R.BODY_NOT_UTF8, R.BODY_NOT_JSON, R.BODY_NOT_AN_OBJECT}
_POOL: Final = {R.RATE_LIMITED}
_GATEWAY: Final = _POOL | {
    R.HEADER_MISSING,
    R.KEY_VERSION_ABOLISHED,
    R.KEY_VERSION_INVALID,
    R.TIMESTAMP_INVALID,
    R.API_KEY_UNKNOWN,
    R.PASSPHRASE_INVALID,
    R.SIGNATURE_INVALID,
    R.UNKNOWN_PARTNER,
    R.PARTNER_SIGNATURE_INVALID,
    R.IP_NOT_ALLOWED,
    R.PERMISSION_MISSING,
}
_BEARER: Final = {
    R.IP_NOT_ALLOWED,
    R.AUTHORIZATION_MISSING,
    R.ACCESS_TOKEN_UNKNOWN,
    R.ACCESS_TOKEN_SUPERSEDED,
    R.ACCESS_TOKEN_EXPIRED,
}
_KEY: Final = {R.CONSENT_HAS_A_KEY, R.REPEATED_API_NAME, R.API_KEY_LIMIT_REACHED}
_QUERY: Final = {R.CLIENT_UNKNOWN, R.REDIRECT_URI_ENCODED, R.PARAMETER_REPEATED, R.PARAMETER_MISSING}
_LOGIN: Final = _QUERY | {R.REDIRECT_URI_UNREGISTERED, R.RESPONSE_TYPE_UNSUPPORTED, R.SCOPE_INVALID}
_PAYMENT: Final = {R.PARAMETER_INVALID, R.USER_FROZEN}
_MONEY: Final = {
    R.CURRENCY_UNKNOWN,
    R.CHAIN_INVALID,
    R.WITHDRAWAL_DISABLED,
    R.AMOUNT_INCREMENT_INVALID,
    R.AMOUNT_BELOW_MINIMUM,
    R.ADDRESS_INVALID,
    R.ADDRESS_NOT_IN_BOOK,
    R.RECIPIENT_UNKNOWN,
    R.PAYOUT_NOT_POSITIVE,
    R.AMOUNT_CAP_EXCEEDED,
    R.BALANCE_INSUFFICIENT,
}
_VALIDATION: Final = {
    R.TRANSACTION_UNKNOWN,
    R.TRANSACTION_EXPIRED,
    R.TRANSACTION_MISMATCH,
    R.FACTORS_INCOMPLETE,
    R.FACTOR_WRONG,
}

_ASKED: Final = {R.PARAMETER_INVALID, R.CURRENCY_UNKNOWN, R.CHAIN_INVALID}
_LIST: Final = ("startAt", "endAt", "currentPage", "pageSize")
_BROKER: Final = _GATEWAY | {R.BROKER_UNKNOWN, R.PARAMETER_INVALID}
_REBATE: Final = _BROKER | {R.REBATE_FILE_NOT_READY}

_LOGIN_FIELDS: Final = ("response_type", "client_id", "redirect_uri", "scope", "state")
_PAYMENT_FIELDS: Final = (
    *("currency", "address", "amount", "withdrawType", "chain", "isInner", "remark", "memo", "feeDeductType"),
)


def _stage(fields: Iterable[str], *reasons: set[Reason]) -> Stage:
    return Stage(tuple(fields), frozenset().union(*reasons))


STAGES: Final = {
    "request_authorization": _stage(_LOGIN_FIELDS, _LOGIN),
    "log_in": _stage((*_LOGIN_FIELDS, "identity"), _LOGIN, {R.USER_UNKNOWN}),
    "authorize": _stage((*_LOGIN_FIELDS, "identity", "decision", "addressbook_only"), _LOGIN, {R.USER_UNKNOWN}),
    "exchange_code": _stage(
        ("grant_type", "code", "redirect_uri", "client_id", "client_secret"),
        _QUERY,
        {R.IP_NOT_ALLOWED, R.CLIENT_SECRET_INVALID, R.GRANT_TYPE_UNSUPPORTED, R.CODE_UNKNOWN},
        {R.CODE_OF_ANOTHER_CLIENT, R.REDIRECT_URI_MISMATCH, R.CODE_USED, R.CODE_EXPIRED},
    ),
    "refresh_tokens": _stage(
        ("grant_type", "refresh_token", "scope"),
        _BODY,
        {R.IP_NOT_ALLOWED, R.REFRESH_ENCODING_REFUSED, R.PARAMETER_REPEATED, R.PARAMETER_MISSING},
        {R.GRANT_TYPE_UNSUPPORTED, R.SCOPE_INVALID},
        {R.REFRESH_TOKEN_UNKNOWN, R.REFRESH_TOKEN_SUPERSEDED, R.REFRESH_TOKEN_EXPIRED},
    ),
    "add_api_key": _stage(
        ("isAddressbookOnly", *(f"authGroupMap.{group.value}" for group in AuthGroup)),
        _BEARER,
        _BODY,
        {R.AUTH_GROUP_MAP_INVALID, R.ADDRESSBOOK_ONLY_MISMATCH, R.GROUPS_EXCEED_CONSENT},
        {R.GROUPS_NARROWER_THAN_CONSENT, R.FUTURES_NOT_OPENED},
        _KEY,
    ),
    "add_api_key_old": _stage((), _BEARER, {R.OLD_ENDPOINT_REFUSED}, _KEY),
    "withdraw": _stage(
        _PAYMENT_FIELDS,
        _GATEWAY,
        _BODY,
        {R.WITHDRAWAL_RATE_LIMITED, R.MORE_FACTORS_NEEDED},
        _PAYMENT,
        _MONEY,
    ),
    "verify_withdrawal": _stage(
        (*_PAYMENT_FIELDS, "validation.transactionId"), _GATEWAY, _BODY, _PAYMENT, _VALIDATION, _MONEY
    ),
    "prepare_factor": _stage(("identity",), {R.USER_UNKNOWN, R.FACTOR_ALREADY_BOUND}),
    "bind_factor": _stage(("identity",), {R.USER_UNKNOWN, R.FACTOR_ALREADY_BOUND, R.FACTOR_WRONG}),
    "get_server_time": _stage((), _POOL),
    "get_service_status": _stage((), _POOL),
    "get_client_ip": _stage((), _POOL),
    "list_currencies": _stage((), _POOL),
    "get_currency": _stage(("currency", "chain"), _POOL, {R.CURRENCY_UNKNOWN, R.CHAIN_INVALID}),
    "list_symbols": _stage((), _POOL),
    "list_tickers": _stage((), _POOL),
    "list_cross_margin_symbols": _stage((), _POOL),
    "list_isolated_margin_symbols": _stage((), _POOL),
    "list_contracts": _stage((), _POOL),
    "get_api_key_info": _stage((), _GATEWAY),
    "get_withdrawal": _stage(("withdrawal_id",), _GATEWAY, {R.WITHDRAWAL_UNKNOWN}),
    "cancel_withdrawal": _stage(("withdrawal_id",), _GATEWAY, {R.WITHDRAWAL_UNKNOWN, R.WITHDRAWAL_NOT_CANCELABLE}),
    "list_withdrawals": _stage(("currency", "status", *_LIST), _GATEWAY, {R.PARAMETER_INVALID}),
    "get_withdrawal_quotas": _stage(("currency", "chain"), _GATEWAY, _ASKED),
    "withdraw_v3": _stage(
        ("toAddress", *(each for each in _PAYMENT_FIELDS if each != "address")),
        _GATEWAY,
        _BODY,
        {R.WITHDRAWAL_RATE_LIMITED},
        _PAYMENT,
        _MONEY,
    ),
    "get_user_info": _stage((), _GATEWAY),
    "get_spot_account_type": _stage((), _GATEWAY),
    "get_account_mode": _stage((), _GATEWAY),
    "list_accounts": _stage(("currency", "type"), _GATEWAY, {R.PARAMETER_INVALID}),
    "get_account": _stage(("account_id",), _GATEWAY, {R.ACCOUNT_UNKNOWN}),
    "list_ledgers": _stage(("currency", "direction", "bizType", *_LIST), _GATEWAY, {R.PARAMETER_INVALID}),
    "list_hf_ledgers": _stage(
        ("currency", "direction", "bizType", "lastId", "limit", "startAt", "endAt"), _GATEWAY, {R.PARAMETER_INVALID}
    ),
    "get_transferable": _stage(("currency", "type", "tag"), _GATEWAY, {R.PARAMETER_INVALID, R.CURRENCY_UNKNOWN}),
    "make_transfer": _stage(
        transfers.PARAMETERS,
        _GATEWAY,
        _BODY,
        _PAYMENT,
        {R.SUB_ACCOUNT_UNKNOWN, R.CLIENT_OID_USED, R.ACCOUNT_NOT_OPENED, R.CURRENCY_UNKNOWN},
        {R.AMOUNT_INCREMENT_INVALID, R.TRANSFER_BALANCE_INSUFFICIENT},
    ),
    "create_deposit_address": _stage(
        deposits.PARAMETERS,
        _GATEWAY,
        _BODY,
        _PAYMENT,
        {R.CURRENCY_UNKNOWN, R.CHAIN_INVALID, R.DEPOSIT_DISABLED, R.DEPOSIT_ADDRESS_EXISTS},
    ),
    "list_deposit_addresses": _stage(("currency", "chain", "amount"), _GATEWAY, _ASKED),
    "list_deposit_addresses_v2": _stage(("currency", "chain"), _GATEWAY, _ASKED),
    "get_deposit_address_v1": _stage(("currency", "chain"), _GATEWAY, _ASKED),
    "list_deposits": _stage(("currency", "status", *_LIST), _GATEWAY, {R.PARAMETER_INVALID}),
    "get_rebate": _stage(("begin", "end", "tradeType"), _REBATE),
    "get_rebate_v2": _stage(("begin", "end", "tradeType"), _REBATE),
    "get_commission": _stage(("siteType", "tradeType", "rebateType", "startAt", "endAt", "page", "pageSize"), _BROKER),
    "list_broker_users": _stage(("tradeType", "uid", "rcode", "tag", "startAt", "endAt", "page", "pageSize"), _BROKER),
    "list_broker_transactions": _stage(
        ("tradeType", "uid", "startAt", "endAt", "lastId", "direction", "pageSize"), _BROKER
    ),
}
"""Every call of a client by its operation's name."""


def asked(world: World, command: Command) -> dict[str, object]:
    """The request's fields by name: of its query, of its body with dots, or of the command itself."""
    fields: dict[str, object] = {}
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if name == "query":
            query = read_query(world, value)
            fields.update(query.values, redirect_uri=query.redirect_uri)
        elif name == "body":
            fields.update(_flat(value.fields or {}))
        elif name == "asked":
            fields.update(value)
        else:
            fields[name] = getattr(value, "value", value)
    return fields


def _flat(values: Mapping[str, object]) -> dict[str, object]:
    """Two levels are all that a documented request has."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        flat[name] = value
        if isinstance(value, Mapping):
            flat.update((f"{name}.{inner}", each) for inner, each in value.items())
    return flat


def _ip(world: World, command: Command) -> str:
    caller = command.signed if hasattr(command, "signed") else command
    return world.observed_ip or str(caller.ip)


def _accepted(world: World, command: Command) -> str:
    refresh = OPERATIONS[type(command)].name == "refresh_tokens"
    return " or ".join(world.choices.refresh_grant_types) if refresh else spec.GRANT_TYPE


DERIVED: Final[dict[str, Callable[[World, Any], str]]] = {
    "ip": _ip,
    "link": lambda world, _: security.link(world),
    "encoding": lambda world, _: " or ".join(world.choices.refresh_encoding),
    "accepted": _accepted,
    "limit": lambda *_: str(MAXIMUM_BODY),
}
"""`{names}` in a text that world and call tell."""


def names_in(reason: Reason) -> tuple[str, ...]:
    """The `{names}` in a reason's text."""
    return tuple(name for _, name, _, _ in Formatter().parse(reason.denial.text) if name)


def details_of(reason: Reason) -> tuple[str, ...]:
    """The `{names}` in a reason's text that whoever stages it has to say."""
    return tuple(name for name in names_in(reason) if name not in DERIVED)


def refusal(world: World, command: Command, reason: Reason, details: Mapping[str, str]) -> Refusal:
    """The refusal that a client cannot tell from an earned one."""
    known = {name: DERIVED[name](world, command) for name in names_in(reason) if name in DERIVED}
    return Refusal(reason, keep=None, expected="", received="staged by the scenario", **{**known, **details})

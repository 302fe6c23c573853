"""The keys of `choices:`. The answers of a switch are read from its type; its description is here."""

from __future__ import annotations

from typing import Any, Final, get_args, get_type_hints

from msgspec.structs import replace

from simulator.core.choices import DEFAULTS, After, Choices, Polls
from simulator.scenario.format.scalars import AMOUNTS, CODE, DURATIONS, INTEGER, POSITIVE, RATE
from simulator.scenario.format.shapes import Either, Key, List, Record, by_hand, fields, words

_HINTS: Final = get_type_hints(Choices)


def _answers(name: str, description: str) -> Key:
    """The key of a switch with a closed list of answers."""
    return Key(words(*get_args(_HINTS[name])), description)


_WAYS: Final = "immediate, manual, {after: 10m} or {polls: 3}"
_WAITING: Final = Record(
    {
        "after": Key(DURATIONS, "How long a withdrawal takes, in business time"),
        "polls": Key(INTEGER, "How many look-ups by its id find it pending"),
    },
    some=(("after", "polls"),),
    apart=(("after", "polls"),),
)
_SETTLEMENT: Final = Either(_WAYS, scalar=words("immediate", "manual", expected=_WAYS), entries=_WAITING)


_WAITS: Final = {"after": After, "polls": Polls}
by_hand(_WAITING, *_WAITS)


def _way(read: Any) -> Any:
    """The value of `settlement`: a word stays, a mapping becomes `After` or `Polls`."""
    if not isinstance(read, dict):
        return read
    return next((_WAITS[name](number) for name, number in read.items()), After(0))


CHOICES: Final = Record(
    {
        "unpublished_code": Key(CODE, "The code of every error whose code nobody published (H00)"),
        "client_secret": _answers("client_secret", "Whether the token call must send it (H01)"),
        "secret_at_login": _answers("secret_at_login", "Whether the login page, too, needs client_secret (H01)"),
        "refresh_encoding": Key(List(words("form", "json"), 1), "Bodies that the refresh may have (H03)"),
        "refresh_grant_types": Key(
            List(words("authorization_code", "refresh_token"), 1), "grant_type of the refresh (H04)"
        ),
        "refresh_token_reuse": _answers("refresh_token_reuse", "What happens if a refresh token is used again (H05)"),
        "authorization_code_lifetime": Key(DURATIONS, "How long a code can be exchanged (H06)"),
        "code_reuse": _answers("code_reuse", "Whether using a code again invalidates its tokens (H06)"),
        "encoded_redirect_uri": _answers(
            "encoded_redirect_uri", "What happens with a percent-encoded redirect_uri (H09)"
        ),
        "oauth_error_body": _answers("oauth_error_body", "The format of errors of the token and refresh calls (H10)"),
        "api_key_limit": Key(INTEGER, "How many API keys a user can have (H14)"),
        "narrower_than_consent": _answers("narrower_than_consent", "Whether a key may do less than granted (H15)"),
        "old_endpoint_groups": _answers("old_endpoint_groups", "What a key of the old endpoint can do (H18)"),
        "keys_per_consent": _answers("keys_per_consent", "How many keys one consent makes (H21)"),
        "key_version": _answers("key_version", "Whether KC-API-KEY-VERSION must be there (H31)"),
        "signed_query": _answers(
            "signed_query", "Whether a signature over the percent-encoded query passes, too (H33)"
        ),
        "withdrawal_key_ips": _answers(
            "withdrawal_key_ips", "Whether a key made by hand that can withdraw must have a list of IPs (H96)"
        ),
        "unknown_partner": _answers("unknown_partner", "What happens with an unknown KC-API-PARTNER (H35)"),
        "withdraw_type": _answers("withdraw_type", "Whether withdrawType must be there (H36)"),
        "address_pattern": _answers("address_pattern", "Whether an address must match its chain's pattern (H62)"),
        "transaction_lifetime": Key(DURATIONS, "How long a withdrawal waits for its factors (H44)"),
        "verification_attempts": Key(POSITIVE, "How many wrong answers end it (H44)"),
        "unknown_recipient": _answers("unknown_recipient", "What happens with a payment to an unknown recipient (H47)"),
        "fee_rounding": _answers("fee_rounding", "How the service fee is rounded (H48)"),
        "service_fee_from": _answers("service_fee_from", "Which account pays the service fee (H50)"),
        "account_windows": _answers("account_windows", "How requests by UID, MAIL and PHONE are counted (H75)"),
        "settlement": Key(_SETTLEMENT, "When an accepted withdrawal is settled (H52)", make=_way),
        "amount_cap_24h": Key(AMOUNTS, "USDT worth of withdrawals that a user may make in 24 hours (H72)"),
        "second_deposit_address": _answers(
            "second_deposit_address", "What happens if a second address of a currency and chain is asked for (H67)"
        ),
        "confirmation_time": Key(DURATIONS, "How long each confirmation of a deposit takes, in business time (H68)"),
        "repeated_client_oid": _answers(
            "repeated_client_oid", "What happens if a transfer's clientOid is used again (H69)"
        ),
        "repeated_order_client_oid": _answers(
            "repeated_order_client_oid", "Whether the clientOid of an order that has ended can be used again (H107)"
        ),
        "hf_ledger_window": _answers(
            "hf_ledger_window", "Whether hf/accounts/ledgers knows the last three days, or any three (H91)"
        ),
        "ledger_rows": _answers(
            "ledger_rows", "Whether the rows of accounts/ledgers are as captured, in prose, or as in the sample (H90)"
        ),
        "cancel_with_oauth_key": _answers(
            "cancel_with_oauth_key", "Whether a key with API_WITHDRAW_OAUTH can cancel a withdrawal (H71)"
        ),
        "rate_pools": _answers("rate_pools", "Whether a used-up rate pool refuses calls, or only counts them (H61)"),
        "broker_commission_rate": Key(RATE, "The part of a trade's fee that its broker gets (H66)"),
        "rebate_delay": Key(DURATIONS, "How long a rebate file is in preparation: 100001 until then (H65)"),
    },
    makes=Choices,
)


def chosen(values: dict[str, Any], otherwise: Choices = DEFAULTS) -> Choices:
    """The default choices, or the `otherwise` ones, with these values changed."""
    return replace(otherwise, **fields(CHOICES, values))

"""`choices:` in a scenario. What a switch may be is read from its type; what it means stands here."""

from __future__ import annotations

from typing import Any, Final, get_args, get_type_hints

from msgspec.structs import replace

from simulator.core.choices import DEFAULTS, After, Choices, Polls
from simulator.scenario.format.scalars import AMOUNTS, CODE, DURATIONS, INTEGER, POSITIVE, RATE
from simulator.scenario.format.shapes import Either, Key, List, Record, by_hand, fields, words

_HINTS: Final = get_type_hints(Choices)


def _answers(name: str, description: str) -> Key:
    """A switch with a closed list of answers."""
    return Key(words(*get_args(_HINTS[name])), description)


_WAYS: Final = "immediate, manual, {after: 10m} or {polls: 3}"
_WAITING: Final = Record(
    {
        "after": Key(DURATIONS, "How long a withdrawal takes, in business time"),
        "polls": Key(INTEGER, "How many lookups by its id find it under way"),
    },
    some=(("after", "polls"),),
    apart=(("after", "polls"),),
)
_SETTLEMENT: Final = Either(_WAYS, scalar=words("immediate", "manual", expected=_WAYS), entries=_WAITING)


_WAITS: Final = {"after": After, "polls": Polls}
by_hand(_WAITING, *_WAITS)


def _way(read: Any) -> Any:
    """The way of settling: a word as it is, a mapping as the value that it stands for."""
    if not isinstance(read, dict):
        return read
    return next((_WAITS[name](number) for name, number in read.items()), After(0))


CHOICES: Final = Record(
    {
        "unpublished_code": Key(CODE, "The code of every error whose code nobody published (H00)"),
        "client_secret": _answers("client_secret", "Whether the token call must tell it (H01)"),
        "secret_at_login": _answers("secret_at_login", "Whether the login page, too, wants client_secret (H01)"),
        "refresh_encoding": Key(List(words("form", "json"), 1), "Bodies that the refresh may have (H03)"),
        "refresh_grant_types": Key(
            List(words("authorization_code", "refresh_token"), 1), "grant_type of the refresh (H04)"
        ),
        "refresh_token_reuse": _answers("refresh_token_reuse", "What a refresh token does the second time (H05)"),
        "authorization_code_lifetime": Key(DURATIONS, "How long a code can be exchanged (H06)"),
        "code_reuse": _answers("code_reuse", "Whether a code that comes twice kills the pair it bought (H06)"),
        "encoded_redirect_uri": _answers("encoded_redirect_uri", "What a percent-encoded redirect_uri meets (H09)"),
        "oauth_error_body": _answers("oauth_error_body", "How errors of token and refresh are spelt (H10)"),
        "api_key_limit": Key(INTEGER, "How many API keys a user can have (H14)"),
        "narrower_than_consent": _answers("narrower_than_consent", "Whether a key may do less than granted (H15)"),
        "old_endpoint_groups": _answers("old_endpoint_groups", "What a key of the old endpoint can do (H18)"),
        "keys_per_consent": _answers("keys_per_consent", "How many keys one consent makes (H21)"),
        "key_version": _answers("key_version", "Whether KC-API-KEY-VERSION must be there (H31)"),
        "unknown_partner": _answers("unknown_partner", "What a KC-API-PARTNER that nobody knows meets (H35)"),
        "withdraw_type": _answers("withdraw_type", "Whether withdrawType must be there (H36)"),
        "address_pattern": _answers("address_pattern", "Whether an address must look like one of its chain (H62)"),
        "transaction_lifetime": Key(DURATIONS, "How long a withdrawal waits for its factors (H44)"),
        "verification_attempts": Key(POSITIVE, "How many wrong answers end it (H44)"),
        "unknown_recipient": _answers("unknown_recipient", "What a payment to nobody meets (H47)"),
        "fee_rounding": _answers("fee_rounding", "How the service fee is rounded (H48)"),
        "service_fee_from": _answers("service_fee_from", "Which account pays the service fee (H50)"),
        "account_windows": _answers("account_windows", "How requests by UID, MAIL and PHONE are counted (H75)"),
        "settlement": Key(_SETTLEMENT, "When an accepted withdrawal is settled (H52)", make=_way),
        "amount_cap_24h": Key(AMOUNTS, "USDT worth of withdrawals that a user may make in 24 hours (H72)"),
        "second_deposit_address": _answers(
            "second_deposit_address", "What asking again for an address of a currency and chain meets (H67)"
        ),
        "confirmation_time": Key(DURATIONS, "How long each confirmation of a deposit takes, in business time (H68)"),
        "repeated_client_oid": _answers(
            "repeated_client_oid", "What a clientOid of a transfer does the second time (H69)"
        ),
        "cancel_with_oauth_key": _answers(
            "cancel_with_oauth_key", "Whether a key with API_WITHDRAW_OAUTH can cancel a withdrawal (H71)"
        ),
        "rate_pools": _answers("rate_pools", "Whether a used-up rate pool refuses calls, or only counts them (H61)"),
        "broker_commission_rate": Key(RATE, "The part of a trade's fee that its broker gets (H66)"),
        "rebate_delay": Key(DURATIONS, "How long a rebate file is being prepared: 100001 until then (H65)"),
    },
    makes=Choices,
)


def chosen(found: dict[str, Any], otherwise: Choices = DEFAULTS) -> Choices:
    """The defaults, or other choices, with what is said otherwise."""
    return replace(otherwise, **fields(CHOICES, found))

"""The switches: one for each hole, which is a question that the document leaves open, with our answer as its default.

A hole's id (`H05`) is its row in `rules.md`, which has the reason and the grade of the evidence. Every default is at
least as strict as the document. Durations are milliseconds of the business clock.

The annotations here are types and no texts (no `from __future__ import annotations`): a scenario's keys are made of
them at each start, and making types of texts takes longer.
"""

from decimal import Decimal
from typing import Final, Literal

from simulator.core import spec
from simulator.core.value import Value


class After(Value, frozen=True):
    """Settle a withdrawal once this many milliseconds of business time have passed (H52)."""

    milliseconds: int


class Polls(Value, frozen=True):
    """Settle a withdrawal at the lookup after this many lookups (H52)."""

    times: int


Settlement = Literal["immediate", "manual"] | After | Polls


class Choices(Value, frozen=True):
    """One answer per hole. The names of the fields are the keys of a scenario's `choices:`."""

    unpublished_code: str = "999999"
    """The code of every error without a published code [H00/unpublished-code]."""
    client_secret: Literal["optional", "required"] = "optional"
    secret_at_login: Literal["flag", "require"] = "flag"
    refresh_encoding: tuple[str, ...] = ("form", "json")
    refresh_grant_types: tuple[str, ...] = (spec.GRANT_TYPE,)
    refresh_token_reuse: Literal["refuse", "allow"] = "refuse"
    authorization_code_lifetime: int = 5 * spec.MINUTE
    code_reuse: Literal["refuse", "revoke"] = "refuse"
    encoded_redirect_uri: Literal["flag", "refuse"] = "flag"
    oauth_error_body: Literal["kucoin", "rfc6749"] = "kucoin"
    api_key_limit: int = 50
    narrower_than_consent: Literal["allow", "refuse"] = "allow"
    old_endpoint_groups: Literal["sample", "introduction"] = "sample"
    keys_per_consent: Literal["any", "one"] = "any"
    key_version: Literal["required", "optional"] = "required"
    signed_query: Literal["decoded", "either"] = "decoded"
    withdrawal_key_ips: Literal["required", "optional"] = "required"
    unknown_partner: Literal["pass", "refuse"] = "pass"
    withdraw_type: Literal["required", "optional"] = "required"
    address_pattern: Literal["check", "ignore"] = "check"
    transaction_lifetime: int = 10 * spec.MINUTE
    verification_attempts: int = 3
    unknown_recipient: Literal["refuse", "accept"] = "refuse"
    fee_rounding: Literal["up", "half_even"] = "up"
    service_fee_from: Literal["as_network_fee", "main_account"] = "as_network_fee"
    """The source of the service fee: that of the network fee, or always the main account, in addition to the amount."""
    account_windows: Literal["sliding", "fixed"] = "sliding"
    settlement: Settlement = "immediate"
    amount_cap_24h: Decimal = Decimal(999_999)
    """The most that a user may withdraw in a 24-hour window, in USDT: the value in the sample of the quotas."""
    second_deposit_address: Literal["refuse", "create"] = "refuse"
    confirmation_time: int = 1 * spec.MINUTE
    repeated_client_oid: Literal["refuse", "same_answer"] = "refuse"
    repeated_order_client_oid: Literal["refuse", "allow_after_end"] = "refuse"
    """What happens if the clientOid of an order that has ended is used again (H107)."""
    hf_ledger_window: Literal["recent", "any"] = "recent"
    ledger_rows: Literal["captured", "sample"] = "captured"
    cancel_with_oauth_key: Literal["refuse", "allow"] = "refuse"
    rate_pools: Literal["enforce", "count"] = "enforce"
    """`count` lets every call pass, for load tests; the headers still show what remains [H61/switch]."""
    broker_commission_rate: Decimal = Decimal("0.4")
    """The fraction of a trade's fee that its broker gets [H66/commission-rate]."""
    rebate_delay: int = 0
    """How long a broker waits for a rebate file [H65/preparation]."""


DEFAULTS: Final = Choices()
HOLES: Final = {
    "unpublished_code": "H00",
    "client_secret": "H01",
    "secret_at_login": "H01",
    "refresh_encoding": "H03",
    "refresh_grant_types": "H04",
    "refresh_token_reuse": "H05",
    "authorization_code_lifetime": "H06",
    "code_reuse": "H06",
    "encoded_redirect_uri": "H09",
    "oauth_error_body": "H10",
    "api_key_limit": "H14",
    "narrower_than_consent": "H15",
    "old_endpoint_groups": "H18",
    "keys_per_consent": "H21",
    "key_version": "H31",
    "signed_query": "H33",
    "withdrawal_key_ips": "H96",
    "unknown_partner": "H35",
    "withdraw_type": "H36",
    "address_pattern": "H62",
    "transaction_lifetime": "H44",
    "verification_attempts": "H44",
    "unknown_recipient": "H47",
    "fee_rounding": "H48",
    "service_fee_from": "H50",
    "account_windows": "H75",
    "settlement": "H52",
    "amount_cap_24h": "H72",
    "second_deposit_address": "H67",
    "confirmation_time": "H68",
    "repeated_client_oid": "H69",
    "repeated_order_client_oid": "H107",
    "hf_ledger_window": "H91",
    "ledger_rows": "H90",
    "cancel_with_oauth_key": "H71",
    "rate_pools": "H61",
    "broker_commission_rate": "H66",
    "rebate_delay": "H65",
}
"""The hole of each switch."""

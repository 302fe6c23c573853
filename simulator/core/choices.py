"""What the document does not say: our answer to each hole, and the switch for those who need another answer.

A hole's id (`H05`) is its row in `rules.md`, where the reason and the grade of the evidence stand. Every default is
at least as strict as the document. Durations are milliseconds of the business clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, TypeVar

from simulator.core import spec


@dataclass(frozen=True, slots=True)
class After:
    """Settle a withdrawal once this many milliseconds of business time have passed (H52)."""

    milliseconds: int


Settlement = Literal["immediate", "manual"] | After


T = TypeVar("T")


def _hole(hole: str, default: T) -> T:
    """A switch with its default and the hole that it answers."""
    return field(default=default, metadata={"hole": hole})


@dataclass(frozen=True, slots=True)
class Choices:
    """One answer per hole. The field's name is the word in a scenario's `choices:`."""

    unpublished_code: str = _hole("H00", "999999")
    """The code of every error whose code nobody published [H00/unpublished-code]."""
    client_secret: Literal["optional", "required"] = _hole("H01", "optional")
    refresh_encoding: tuple[str, ...] = _hole("H03", ("form", "json"))
    refresh_grant_types: tuple[str, ...] = _hole("H04", (spec.GRANT_TYPE,))
    refresh_token_reuse: Literal["refuse", "allow"] = _hole("H05", "refuse")
    authorization_code_lifetime: int = _hole("H06", 5 * spec.MINUTE)
    code_reuse: Literal["refuse", "revoke"] = _hole("H06", "refuse")
    encoded_redirect_uri: Literal["flag", "refuse"] = _hole("H09", "flag")
    oauth_error_body: Literal["kucoin", "rfc6749"] = _hole("H10", "kucoin")
    api_key_limit: int = _hole("H14", 50)
    narrower_than_consent: Literal["allow", "refuse"] = _hole("H15", "allow")
    old_endpoint_groups: Literal["sample", "introduction"] = _hole("H18", "sample")
    keys_per_consent: Literal["any", "one"] = _hole("H21", "any")
    key_version: Literal["required", "optional"] = _hole("H31", "required")
    unknown_partner: Literal["pass", "refuse"] = _hole("H35", "pass")
    withdraw_type: Literal["required", "optional"] = _hole("H36", "required")
    transaction_lifetime: int = _hole("H44", 10 * spec.MINUTE)
    verification_attempts: int = _hole("H44", 3)
    unknown_recipient: Literal["refuse", "accept"] = _hole("H47", "refuse")
    fee_rounding: Literal["up", "half_even"] = _hole("H48", "up")
    settlement: Settlement = _hole("H52", "immediate")
    amount_cap_24h: Decimal | None = _hole("H54", None)
    """USDT worth of withdrawals that a user may make in a 24-hour window; None = no cap."""


DEFAULTS: Final = Choices()

"""s7.3: what a parameter of a refresh that is no text is told: JSON has lists and numbers, a form has not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core import spec
from simulator.core.quoting import shortened
from simulator.core.refusals import Reason, Refusal

_TEXTS: Final = {
    "grant_type": (Reason.GRANT_TYPE_UNSUPPORTED, f'the text "{spec.GRANT_TYPE}"'),
    "scope": (
        Reason.SCOPE_INVALID,
        f'the text "{spec.SCOPE}", as s7.1 sends it; a list of it, as s7.3 prints, is what answers have',
    ),
    "refresh_token": (Reason.REFRESH_TOKEN_UNKNOWN, "the text refresh_token of an answer"),
}
"""By the parameter's name: why it is refused, and what to send."""


def check_text(fields: Mapping[str, object], name: str) -> None:
    """Refuse a parameter that is no text. The scope is one, as in the URL of s7.1; only answers have a list of scopes.

    [H23/scope-is-a-text]
    """
    value = fields[name]
    if not isinstance(value, str):
        reason, expected = _TEXTS[name]
        received = f"a {type(value).__name__}" if name == "refresh_token" else shortened(repr(value))
        raise Refusal(reason, accepted=spec.GRANT_TYPE, expected=expected, received=received)

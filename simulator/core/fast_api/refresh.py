"""s7.3: a refresh token is exchanged for a new pair of tokens, and the old pair becomes invalid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core import spec
from simulator.core.endpoint import NOBODY, Endpoint, Subject
from simulator.core.fast_api.redirects import REFRESH_BODY, compulsory
from simulator.core.fast_api.tokens import (
    TokensIssued,
    check_fresh,
    consent_of,
    current,
    issue,
    subject_of,
    unsupported,
)
from simulator.core.gateway.ip_lists import check_ip
from simulator.core.gateway.parameters import names_of
from simulator.core.gateway.requests import Body, unread
from simulator.core.quoting import shortened
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Value
from simulator.core.world import Consent, Now, World


class RefreshTokens(Value, frozen=True):
    """`POST /_oauth/refresh-token` (s7.3)."""

    body: Body
    ip: str


def refresh_tokens(world: World, command: RefreshTokens, now: Now) -> tuple[World, TokensIssued]:
    """s7.3: issue a new pair of tokens for grant_type, refresh_token and scope, all compulsory.

    [s7.3/parameters] [H03/refresh-encoding] [H04/refresh-grant-type] [H05/refresh-token-reuse]
    """
    notes = unread(command.body.fields or {}, names_of(REFRESH_BODY))
    try:
        return issue(world, _refreshed(world, command, now), now, notes)
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _refreshed(world: World, command: RefreshTokens, now: Now) -> Consent:
    fields = command.body.fields or {}
    values = {name: value for name, value in fields.items() if isinstance(value, str)}
    holder = consent_of(world, values.get("refresh_token", ""), "refresh")
    if holder:
        check_ip(world, world.clients[holder[0].client_id].oauth_ips, command.ip)
    if command.body.encoding not in world.choices.refresh_encoding:
        expected = " or ".join(world.choices.refresh_encoding)
        raise Refusal(
            Reason.REFRESH_ENCODING_REFUSED, encoding=expected, expected=expected, received=command.body.encoding
        )
    command.body.opened()
    compulsory(fields, *REFRESH_BODY)
    check_text(fields, "grant_type")
    if values["grant_type"] not in world.choices.refresh_grant_types:
        raise unsupported(
            values["grant_type"],
            world.choices.refresh_grant_types,
            '7.3 "Grant_type Compulsory authorization_code"',
        )
    check_text(fields, "scope")
    if values["scope"] != spec.SCOPE:
        raise Refusal(Reason.SCOPE_INVALID, expected=spec.SCOPE, received=values["scope"])
    check_text(fields, "refresh_token")
    if holder is None:
        raise Refusal(
            Reason.REFRESH_TOKEN_UNKNOWN, expected="a refresh token of this workspace", received="an unknown one"
        )
    consent, claims = holder
    if consent.revoked or (
        claims != current(world, consent, "refresh") and world.choices.refresh_token_reuse == "refuse"
    ):
        raise Refusal(
            Reason.REFRESH_TOKEN_SUPERSEDED,
            expected=f"generation {consent.generation}",
            received=f"generation {claims.gen}",
        )
    check_fresh(claims, "refresh", now, Reason.REFRESH_TOKEN_EXPIRED)
    return consent


_TEXTS: Final = {
    "grant_type": (Reason.GRANT_TYPE_UNSUPPORTED, f'the text "{spec.GRANT_TYPE}"'),
    "scope": (
        Reason.SCOPE_INVALID,
        f'the text "{spec.SCOPE}", as s7.1 sends it; a list of it, as s7.3 prints, is what answers have',
    ),
    "refresh_token": (Reason.REFRESH_TOKEN_UNKNOWN, "the text refresh_token of an answer"),
}
"""By the parameter's name: the reason of the refusal, and what to send."""


def check_text(fields: Mapping[str, object], name: str) -> None:
    """Refuse a parameter that is not a string. `scope` is one, as in the URL of s7.1; only responses have a list.

    [H23/scope-is-a-text]
    """
    value = fields[name]
    if not isinstance(value, str):
        reason, expected = _TEXTS[name]
        received = f"a {type(value).__name__}" if name == "refresh_token" else shortened(repr(value))
        raise Refusal(reason, accepted=spec.GRANT_TYPE, expected=expected, received=received)


def _by_refresh_token(world: World, command: RefreshTokens) -> Subject:
    token = (command.body.fields or {}).get("refresh_token")
    return subject_of(consent_of(world, token, "refresh")) if isinstance(token, str) else NOBODY


_REFRESH_TOKEN: Final = {Reason.REFRESH_TOKEN_UNKNOWN, Reason.REFRESH_TOKEN_SUPERSEDED, Reason.REFRESH_TOKEN_EXPIRED}
ENDPOINTS: Final = (
    Endpoint(
        refresh_tokens,
        RefreshTokens,
        "s7.3",
        call="POST /_oauth/refresh-token",
        parameters=REFRESH_BODY,
        form=True,
        subject=_by_refresh_token,
        refusals={
            Reason.IP_NOT_ALLOWED,
            *_REFRESH_TOKEN,
            Reason.REFRESH_ENCODING_REFUSED,
            Reason.PARAMETER_REPEATED,
            Reason.PARAMETER_MISSING,
            Reason.GRANT_TYPE_UNSUPPORTED,
            Reason.SCOPE_INVALID,
        },
    ),
)

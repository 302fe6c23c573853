"""s6, s7.2, s7.3: the code buys a pair of tokens, the refresh token buys the next pair, and only one pair lives.

A token's claims name consent and generation and carry the instant of issue. A token is live when its claims are exactly
those that the consent would issue now; what was retired is stored nowhere.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from simulator.core import spec
from simulator.core.endpoint import NOBODY, Endpoint, Subject
from simulator.core.fast_api import claims
from simulator.core.fast_api.authorization import (
    ENCODED,
    QUERY_REFUSALS,
    by_query,
    check_secret,
    checked,
    compulsory,
    known_client,
)
from simulator.core.fast_api.claims import Claims
from simulator.core.fast_api.redirects import Query, read_query
from simulator.core.fast_api.texts import check_text
from simulator.core.gateway.ip_lists import check_ip
from simulator.core.gateway.requests import Body, unread
from simulator.core.mint import token_key
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Command, Reply, Value
from simulator.core.world import Client, Consent, Now, World

PARAMETERS: Final = ("grant_type", "refresh_token", "scope")
"""What a refresh has (s7.3)."""
Kind = Literal["access", "refresh"]
LIFETIMES: Final[dict[Kind, int]] = {"access": spec.ACCESS_TOKEN_LIFETIME, "refresh": spec.REFRESH_TOKEN_LIFETIME}


class ExchangeCode(Value, frozen=True):
    """`GET /_oauth/access-token?{query}` (s7.2). `ip` is the caller's."""

    query: str
    ip: str


class RefreshTokens(Value, frozen=True):
    """`POST /_oauth/refresh-token` (s7.3)."""

    body: Body
    ip: str


class TokensIssued(Reply, frozen=True):
    """The five fields of s7.2 and s7.3; `expires_in` is in seconds [s7.2/answer]."""

    access_token: str
    refresh_token: str
    token_type: str = spec.TOKEN_TYPE
    expires_in: int = spec.ACCESS_TOKEN_LIFETIME // spec.SECOND
    scope: tuple[str, ...] = (spec.SCOPE,)


def current(world: World, consent: Consent, kind: Kind) -> Claims:
    """What a token of the consent's current generation says."""
    return Claims(
        iss=world.workspace,
        sub=consent.user,
        aud=consent.client_id,
        typ=kind,
        cns=consent.id,
        gen=consent.generation,
        at=consent.issued_at,
        iat=consent.issued_at // spec.SECOND,
        exp=(consent.issued_at + LIFETIMES[kind]) // spec.SECOND,
    )


def encode(world: World, consent: Consent, kind: Kind) -> str:
    """The consent's current token of that kind."""
    return claims.sign(current(world, consent, kind), token_key(world.seed, world.workspace))


def consent_of(world: World, token: str, kind: Kind) -> tuple[Consent, Claims] | None:
    """The consent that a token of ours speaks of, and the token's claims; None when it is none of ours.

    An access token is no refresh token, nor the other way round [s6.1/kinds].
    """
    said = claims.read(token, token_key(world.seed, world.workspace))
    if said is None or said.typ != kind:
        return None
    consent = world.consents.get(said.cns)
    if consent is None or (said.sub, said.aud) != (consent.user, consent.client_id):
        return None
    return consent, said


def bearer_token(header: str | None) -> str:
    """The token from `Authorization: bearer {token}`; the scheme's case does not matter (RFC 9110) [s6.2/bearer]."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        received = "absent" if header is None else "no bearer token"
        raise Refusal(Reason.AUTHORIZATION_MISSING, expected="Authorization: bearer {token}", received=received)
    return token.strip()


def bearer(world: World, header: str | None, ip: str, now: Now) -> Consent:
    """The consent that the caller's access token stands for [s6.3/old-access-token]."""
    found = consent_of(world, bearer_token(header), "access")
    if found is None:
        raise Refusal(Reason.ACCESS_TOKEN_UNKNOWN, expected="an access token of ours", received="another text")
    consent, said = found
    check_ip(world, world.clients[consent.client_id].oauth_ips, ip)
    if consent.revoked or said != current(world, consent, "access"):
        raise Refusal(
            Reason.ACCESS_TOKEN_SUPERSEDED,
            expected=f"generation {consent.generation}",
            received=f"generation {said.gen}",
        )
    _fresh(said, "access", now, Reason.ACCESS_TOKEN_EXPIRED)
    return consent


def _fresh(said: Claims, kind: Kind, now: Now, reason: Reason) -> None:
    """A token lives while less than its lifetime has passed since it was issued."""
    age = now.business - said.at
    if age >= LIFETIMES[kind]:
        raise Refusal(reason, expected=f"younger than {LIFETIMES[kind]} ms", received=f"{age} ms old")


def _issue(world: World, consent: Consent, now: Now, notes: tuple[str, ...] = ()) -> tuple[World, TokensIssued]:
    """The next pair; by the generation's change the one before dies at once [s6.3/new-pair]."""
    consent = replace(consent, generation=consent.generation + 1, issued_at=now.business)
    return world.put(consent), TokensIssued(
        access_token=encode(world, consent, "access"), refresh_token=encode(world, consent, "refresh"), notes=notes
    )


def _unsupported(grant_type: str, accepted: tuple[str, ...], page: str) -> Refusal:
    """`page` is what the document prints of it: most OAuth libraries send `refresh_token` to refresh (H04)."""
    words = " or ".join(accepted)
    expected = f"{words}; the page prints: {page}"
    return Refusal(Reason.GRANT_TYPE_UNSUPPORTED, accepted=words, expected=expected, received=grant_type)


def exchange_code(world: World, command: ExchangeCode, now: Now) -> tuple[World, TokensIssued]:
    """s7.2: all four parameters are compulsory; the code buys one pair, once [s7.2/parameters]."""
    query = read_query(world, command.query)
    notes = (*query.notes, ENCODED) if query.encoded else query.notes
    try:
        return _issue(world, _paid_for(world, query, command.ip, now), now, notes)
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _paid_for(world: World, query: Query, ip: str, now: Now) -> Consent:
    """s5 speaks of a client_secret and no list of parameters has it [H01/client-secret]."""
    client = known_client(world, query)
    if client:
        check_ip(world, client.oauth_ips, ip)
        if world.choices.client_secret == "required" or "client_secret" in query.values:
            check_secret(client, query.values.get("client_secret"))
    values = checked(world, query, "grant_type", "code", "redirect_uri", "client_id")
    assert client is not None
    if values["grant_type"] != spec.GRANT_TYPE:
        raise _unsupported(values["grant_type"], (spec.GRANT_TYPE,), '7.2 "grant_type=authorization_code"')
    return _bought_by(world, client, values["code"], query.redirect_uri, now)


def _bought_by(world: World, client: Client, code: str, redirect_uri: str, now: Now) -> Consent:
    """The consent that the code stands for: the same client, the same redirect URI, once, in time.

    A reused code is refused; whether the pair that it bought dies of it is a switch [H06/code].
    """
    known = world.codes.get(code)
    if known is None:
        raise Refusal(Reason.CODE_UNKNOWN, expected="a code of ours", received="another text")
    consent = world.consents[known.consent]
    if consent.client_id != client.client_id:
        raise Refusal(Reason.CODE_OF_ANOTHER_CLIENT, expected=consent.client_id, received=client.client_id)
    if consent.redirect_uri != redirect_uri:
        raise Refusal(Reason.REDIRECT_URI_MISMATCH, expected=consent.redirect_uri, received=redirect_uri)
    if consent.generation:
        used = Refusal(Reason.CODE_USED, expected="a code's first use", received="another use")
        if world.choices.code_reuse == "revoke":
            raise used.keeping(world.put(replace(consent, revoked=True)))
        raise used
    age = now.business - consent.granted_at
    if age >= world.choices.authorization_code_lifetime:
        lifetime = world.choices.authorization_code_lifetime
        raise Refusal(Reason.CODE_EXPIRED, expected=f"younger than {lifetime} ms", received=f"{age} ms old")
    return consent


def refresh_tokens(world: World, command: RefreshTokens, now: Now) -> tuple[World, TokensIssued]:
    """s7.3: grant_type, refresh_token and scope, all compulsory, buy a new pair.

    [s7.3/parameters] [H03/refresh-encoding] [H04/refresh-grant-type] [H05/refresh-token-reuse]
    """
    notes = unread(command.body.fields or {}, PARAMETERS)
    try:
        return _issue(world, _refreshed(world, command, now), now, notes)
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _refreshed(world: World, command: RefreshTokens, now: Now) -> Consent:
    fields = command.body.fields or {}
    values = {name: value for name, value in fields.items() if isinstance(value, str)}
    found = consent_of(world, values.get("refresh_token", ""), "refresh")
    if found:
        check_ip(world, world.clients[found[0].client_id].oauth_ips, command.ip)
    if command.body.encoding not in world.choices.refresh_encoding:
        expected = " or ".join(world.choices.refresh_encoding)
        raise Refusal(
            Reason.REFRESH_ENCODING_REFUSED, encoding=expected, expected=expected, received=command.body.encoding
        )
    command.body.opened()
    compulsory({name: "no text" for name, value in fields.items() if value not in (None, "")}, *PARAMETERS)
    check_text(fields, "grant_type")
    if values["grant_type"] not in world.choices.refresh_grant_types:
        raise _unsupported(
            values["grant_type"],
            world.choices.refresh_grant_types,
            '7.3 "Grant_type Compulsory authorization_code"',
        )
    check_text(fields, "scope")
    if values["scope"] != spec.SCOPE:
        raise Refusal(Reason.SCOPE_INVALID, expected=spec.SCOPE, received=values["scope"])
    check_text(fields, "refresh_token")
    if found is None:
        raise Refusal(Reason.REFRESH_TOKEN_UNKNOWN, expected="a refresh token of ours", received="another text")
    consent, said = found
    if consent.revoked or (
        said != current(world, consent, "refresh") and world.choices.refresh_token_reuse == "refuse"
    ):
        raise Refusal(
            Reason.REFRESH_TOKEN_SUPERSEDED,
            expected=f"generation {consent.generation}",
            received=f"generation {said.gen}",
        )
    _fresh(said, "refresh", now, Reason.REFRESH_TOKEN_EXPIRED)
    return consent


def _of(found: tuple[Consent, Claims] | None) -> Subject:
    return Subject(found[0].user, found[0].client_id) if found else NOBODY


def by_bearer(world: World, command: Command) -> Subject:
    """Whose access token it is."""
    try:
        return _of(consent_of(world, bearer_token(command.authorization), "access"))
    except Refusal:
        return NOBODY


def _by_refresh_token(world: World, command: RefreshTokens) -> Subject:
    token = (command.body.fields or {}).get("refresh_token")
    return _of(consent_of(world, token, "refresh")) if isinstance(token, str) else NOBODY


_CODE: Final = {Reason.CODE_UNKNOWN, Reason.CODE_OF_ANOTHER_CLIENT, Reason.CODE_USED, Reason.CODE_EXPIRED}
_REFRESH_TOKEN: Final = {Reason.REFRESH_TOKEN_UNKNOWN, Reason.REFRESH_TOKEN_SUPERSEDED, Reason.REFRESH_TOKEN_EXPIRED}
ENDPOINTS: Final = (
    Endpoint(
        exchange_code,
        ExchangeCode,
        "s7.2",
        call="GET /_oauth/access-token",
        parameters=("grant_type", "code", "redirect_uri", "client_id", "client_secret"),
        subject=by_query,
        refusals={
            *QUERY_REFUSALS,
            *_CODE,
            Reason.IP_NOT_ALLOWED,
            Reason.CLIENT_SECRET_INVALID,
            Reason.GRANT_TYPE_UNSUPPORTED,
            Reason.REDIRECT_URI_MISMATCH,
        },
    ),
    Endpoint(
        refresh_tokens,
        RefreshTokens,
        "s7.3",
        call="POST /_oauth/refresh-token",
        parameters=PARAMETERS,
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

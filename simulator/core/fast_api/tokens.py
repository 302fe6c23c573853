"""s6, s7.2: a code is exchanged for a pair of tokens, and only one pair of a consent is valid at a time.

A token's claims name the consent and its generation, and contain the instant of issue. A token is valid if its claims
are exactly those of the consent's current generation. Tokens that are no longer valid are stored nowhere.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec.structs import replace

from simulator.core import spec
from simulator.core.data import Count, Data, Name, words
from simulator.core.endpoint import NOBODY, Endpoint, Subject
from simulator.core.fast_api import claims
from simulator.core.fast_api.authorization import ENCODED, QUERY_REFUSALS, by_query, check_secret, checked, known_client
from simulator.core.fast_api.claims import Claims
from simulator.core.fast_api.redirects import TOKEN_QUERY, ParsedQuery, read_query
from simulator.core.gateway.ip_lists import check_ip
from simulator.core.mint import token_key
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Command, Reply, Value
from simulator.core.world import Client, Consent, Now, World

TokenKind = Literal["access", "refresh"]
LIFETIMES: Final[dict[TokenKind, int]] = {"access": spec.ACCESS_TOKEN_LIFETIME, "refresh": spec.REFRESH_TOKEN_LIFETIME}


class ExchangeCode(Value, frozen=True):
    """`GET /_oauth/access-token?{query}` (s7.2). `ip` is the caller's."""

    query: str
    ip: str


class TokensData(Data, frozen=True, rename=str):
    """A pair of tokens under the names of RFC 6749."""

    access_token: Name
    token_type: Annotated[str, words(spec.TOKEN_TYPE)]
    expires_in: Count
    refresh_token: Name
    scope: tuple[Annotated[str, words(spec.SCOPE)], ...]


class TokensIssued(Reply, frozen=True):
    """The five fields of s7.2 and s7.3; `expires_in` is in seconds [s7.2/answer]."""

    access_token: str
    refresh_token: str
    expires_in: int = spec.ACCESS_TOKEN_LIFETIME // spec.SECOND
    scope: tuple[str, ...] = (spec.SCOPE,)

    def data(self) -> TokensData:
        """The five fields."""
        return TokensData(self.access_token, spec.TOKEN_TYPE, self.expires_in, self.refresh_token, self.scope)


def current(world: World, consent: Consent, kind: TokenKind) -> Claims:
    """The claims of a token of the consent's current generation."""
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


def encode(world: World, consent: Consent, kind: TokenKind) -> str:
    """The consent's current token of that kind."""
    return claims.sign(current(world, consent, kind), token_key(world.seed, world.workspace))


def consent_of(world: World, token: str, kind: TokenKind) -> tuple[Consent, Claims] | None:
    """The consent that a token belongs to, and the token's claims; None if the token is not one of ours.

    An access token is no refresh token, and a refresh token is no access token [s6.1/kinds].
    """
    token_claims = claims.read(token, token_key(world.seed, world.workspace))
    if token_claims is None or token_claims.typ != kind:
        return None
    consent = world.consents.get(token_claims.cns)
    if consent is None or (token_claims.sub, token_claims.aud) != (consent.user, consent.client_id):
        return None
    return consent, token_claims


def bearer_token(header: str | None) -> str:
    """The token from `Authorization: bearer {token}`; the scheme's case does not matter (RFC 9110) [s6.2/bearer]."""
    if header is not None:
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return token.strip()
    received = "absent" if header is None else "no bearer token"
    raise Refusal(Reason.AUTHORIZATION_MISSING, expected="Authorization: bearer {token}", received=received)


def bearer(world: World, header: str | None, ip: str, now: Now) -> Consent:
    """The consent of the caller's access token, which must be valid [s6.3/old-access-token]."""
    holder = consent_of(world, bearer_token(header), "access")
    if holder is None:
        raise Refusal(
            Reason.ACCESS_TOKEN_UNKNOWN, expected="an access token of this workspace", received="an unknown one"
        )
    consent, token_claims = holder
    check_ip(world, world.clients[consent.client_id].oauth_ips, ip)
    if consent.revoked or token_claims != current(world, consent, "access"):
        raise Refusal(
            Reason.ACCESS_TOKEN_SUPERSEDED,
            expected=f"generation {consent.generation}",
            received=f"generation {token_claims.gen}",
        )
    check_fresh(token_claims, "access", now, Reason.ACCESS_TOKEN_EXPIRED)
    return consent


def check_fresh(token_claims: Claims, kind: TokenKind, now: Now, reason: Reason) -> None:
    """Refuse a token that has expired: it is valid while less than its lifetime has passed since it was issued."""
    age = now.business - token_claims.at
    if age >= LIFETIMES[kind]:
        raise Refusal(reason, expected=f"younger than {LIFETIMES[kind]} ms", received=f"{age} ms old")


def issue(world: World, consent: Consent, now: Now, notes: tuple[str, ...] = ()) -> tuple[World, TokensIssued]:
    """Issue the next pair. The new generation makes the old pair invalid at once [s6.3/new-pair]."""
    consent = replace(consent, generation=consent.generation + 1, issued_at=now.business)
    return world.put(consent), TokensIssued(
        access_token=encode(world, consent, "access"), refresh_token=encode(world, consent, "refresh"), notes=notes
    )


def unsupported(grant_type: str, accepted: tuple[str, ...], page: str) -> Refusal:
    """The refusal of a grant type. `page` quotes the document: most OAuth libraries send `refresh_token` (H04)."""
    words = " or ".join(accepted)
    expected = f"{words}; the page prints: {page}"
    return Refusal(Reason.GRANT_TYPE_UNSUPPORTED, accepted=words, expected=expected, received=grant_type)


def exchange_code(world: World, command: ExchangeCode, now: Now) -> tuple[World, TokensIssued]:
    """s7.2: exchange a code for a pair of tokens, once. All four parameters are compulsory [s7.2/parameters]."""
    query = read_query(world, command.query)
    notes = (*query.notes, ENCODED) if query.encoded else query.notes
    try:
        return issue(world, _exchangeable(world, query, command.ip, now), now, notes)
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _exchangeable(world: World, query: ParsedQuery, ip: str, now: Now) -> Consent:
    """The consent of a valid request. s5 mentions a client_secret, no list of parameters does [H01/client-secret]."""
    client = known_client(world, query)
    if client:
        check_ip(world, client.oauth_ips, ip)
        if world.choices.client_secret == "required" or "client_secret" in query.values:
            check_secret(client, query.values.get("client_secret"))
    values = checked(world, query, *TOKEN_QUERY)
    assert client is not None
    if values["grant_type"] != spec.GRANT_TYPE:
        raise unsupported(values["grant_type"], (spec.GRANT_TYPE,), '7.2 "grant_type=authorization_code"')
    return _consent_of_code(world, client, values["code"], query.redirect_uri, now)


def _consent_of_code(world: World, client: Client, code: str, redirect_uri: str, now: Now) -> Consent:
    """The consent of an unused, unexpired code that was issued to the same client and redirect URI.

    A reused code is refused. The switch `code_reuse` decides whether its pair becomes invalid too [H06/code].
    """
    authorization_code = world.codes.get(code)
    if authorization_code is None:
        raise Refusal(Reason.CODE_UNKNOWN, expected="a code of this workspace", received="an unknown code")
    consent = world.consents[authorization_code.consent]
    if consent.client_id != client.client_id:
        raise Refusal(Reason.CODE_OF_ANOTHER_CLIENT, expected=consent.client_id, received=client.client_id)
    if consent.redirect_uri != redirect_uri:
        raise Refusal(Reason.REDIRECT_URI_MISMATCH, expected=consent.redirect_uri, received=redirect_uri)
    if consent.generation:
        used = Refusal(Reason.CODE_USED, expected="the first use of the code", received="a second use")
        if world.choices.code_reuse == "revoke":
            raise used.keeping(world.put(replace(consent, revoked=True)))
        raise used
    age = now.business - consent.granted_at
    if age >= world.choices.authorization_code_lifetime:
        lifetime = world.choices.authorization_code_lifetime
        raise Refusal(Reason.CODE_EXPIRED, expected=f"younger than {lifetime} ms", received=f"{age} ms old")
    return consent


def subject_of(holder: tuple[Consent, Claims] | None) -> Subject:
    """The user and the client of a token, if it is one of ours."""
    return Subject(holder[0].user, holder[0].client_id) if holder else NOBODY


def by_bearer(world: World, command: Command) -> Subject:
    """The user and the client of the access token."""
    try:
        return subject_of(consent_of(world, bearer_token(command.authorization), "access"))
    except Refusal:
        return NOBODY


_CODE: Final = {Reason.CODE_UNKNOWN, Reason.CODE_OF_ANOTHER_CLIENT, Reason.CODE_USED, Reason.CODE_EXPIRED}
ENDPOINTS: Final = (
    Endpoint(
        exchange_code,
        ExchangeCode,
        "s7.2",
        call="GET /_oauth/access-token",
        parameters=TOKEN_QUERY,
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
)

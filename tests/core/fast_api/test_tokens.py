"""s6, s7.2: what buys tokens, how long they live, and whom they stand for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwt.api_jws import PyJWS
from msgspec.structs import replace
from support.demo_world import CALLBACK, OWN_QUERY, demo_world
from support.desk import IP, START, Desk, groups_body, query, refresh_body, token_query

from simulator.core.fast_api import claims
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.authorization import Authorize, Authorized
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode, TokensIssued, current, encode
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import DAY, HOUR, MINUTE
from simulator.core.value import Command


def add_key(access_token: str) -> AddApiKey:
    return AddApiKey(f"bearer {access_token}", groups_body("API_SPOT"), IP)


def refresh(refresh_token: str) -> RefreshTokens:
    return RefreshTokens(refresh_body(refresh_token), IP)


def exchange(code: str) -> ExchangeCode:
    return ExchangeCode(token_query(code), IP)


def test_answer() -> None:
    """The answer has the five fields of s7.2: a bearer, 3600 seconds, the scope as a list."""
    pair = Desk().pair()
    assert (pair.data().token_type, pair.expires_in, pair.scope) == ("bearer", 3600, ("OAUTH_CREATE_API",))
    assert pair.access_token != pair.refresh_token
    assert pair.notes == ()


@pytest.mark.parametrize(
    ("lifetime", "command", "reason"),
    [
        pytest.param(HOUR, lambda desk: add_key(desk.pair().access_token), Reason.ACCESS_TOKEN_EXPIRED, id="access"),
        pytest.param(
            3 * DAY, lambda desk: refresh(desk.pair().refresh_token), Reason.REFRESH_TOKEN_EXPIRED, id="refresh"
        ),
        pytest.param(5 * MINUTE, lambda desk: exchange(desk.authorize().code), Reason.CODE_EXPIRED, id="code"),
    ],
)
def test_lifetimes(lifetime: int, command: Callable[[Desk], Command], reason: Reason) -> None:
    """Access 1 hour, refresh 3 days, code 5 minutes: good one tick before the end, refused at it."""
    desk = Desk()
    made = command(desk)
    desk.advance(lifetime - 1)
    fork = desk.world
    assert desk.perform(made).word == "OK"
    desk.world = fork
    desk.advance(1)
    assert desk.reason(made) is reason


def test_kinds_are_not_interchangeable() -> None:
    """An access token buys no pair and a refresh token creates no key (s6.1)."""
    desk = Desk()
    pair = desk.pair()
    assert desk.reason(add_key(pair.refresh_token)) is Reason.ACCESS_TOKEN_UNKNOWN
    assert desk.reason(refresh(pair.access_token)) is Reason.REFRESH_TOKEN_UNKNOWN


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("bearer {}", None),
        ("Bearer {}", None),
        ("BEARER   {} ", None),
        (None, Reason.AUTHORIZATION_MISSING),
        ("", Reason.AUTHORIZATION_MISSING),
        ("bearer", Reason.AUTHORIZATION_MISSING),
        ("bearer  ", Reason.AUTHORIZATION_MISSING),
        ("Basic {}", Reason.AUTHORIZATION_MISSING),
        ("{}", Reason.AUTHORIZATION_MISSING),
        ("bearer {}x", Reason.ACCESS_TOKEN_UNKNOWN),
        ("bearer x", Reason.ACCESS_TOKEN_UNKNOWN),
    ],
)
def test_bearer(header: str | None, reason: Reason | None) -> None:
    """The token comes as `bearer {token}`, in any case of the scheme (s6.2)."""
    desk = Desk()
    authorization = header and header.format(desk.pair().access_token)
    result = desk.perform(AddApiKey(authorization, groups_body("API_SPOT"), IP)).result
    assert (result.reason if isinstance(result, Refusal) else None) is reason


def test_tokens_of_others() -> None:
    """A token that another seed, another workspace or another moment made is not a token of ours."""
    desk = Desk()
    desk.pair()
    consent = next(iter(desk.world.consents.values()))
    for world in (replace(desk.world, seed=1), replace(desk.world, workspace="other")):
        assert desk.reason(refresh(encode(world, consent, "refresh"))) is Reason.REFRESH_TOKEN_UNKNOWN
    namesake = replace(consent, issued_at=consent.issued_at + 1)
    assert desk.reason(refresh(encode(desk.world, namesake, "refresh"))) is Reason.REFRESH_TOKEN_SUPERSEDED
    stranger = replace(consent, user="bob")
    assert desk.reason(refresh(encode(desk.world, stranger, "refresh"))) is Reason.REFRESH_TOKEN_UNKNOWN
    gone = replace(consent, id="0" * 24)
    assert desk.reason(refresh(encode(desk.world, gone, "refresh"))) is Reason.REFRESH_TOKEN_UNKNOWN


def test_claims() -> None:
    """A token's claims name whose it is; RFC 7519's dates are seconds of the business clock."""
    desk = Desk()
    desk.pair("bob")
    said = current(desk.world, next(iter(desk.world.consents.values())), "access")
    assert (said.sub, said.aud, said.iat, said.exp) == (
        "bob",
        "demo-broker",
        START // 1000,
        START // 1000 + 3600,
    )


@pytest.mark.parametrize("reuse", ["refuse", "revoke"])
def test_code_is_used_once(reuse: str) -> None:
    """A code buys one pair. Used again it is refused; the pair lives on, or dies if the switch says so (H06)."""
    desk = Desk(code_reuse=reuse)
    code = desk.authorize().code
    pair = desk.do(exchange(code), TokensIssued)
    assert desk.reason(exchange(code)) is Reason.CODE_USED
    expected = "OK" if reuse == "refuse" else "ACCESS_TOKEN_SUPERSEDED"
    assert desk.perform(add_key(pair.access_token)).word == expected


def test_code_lifetime_is_a_choice() -> None:
    """`authorization_code_lifetime` moves the end of a code's life (H06)."""
    desk = Desk(authorization_code_lifetime=1_000)
    code = desk.authorize().code
    desk.advance(1_000)
    assert desk.reason(exchange(code)) is Reason.CODE_EXPIRED


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (token_query("{}", OWN_QUERY), Reason.REDIRECT_URI_MISMATCH),
        (token_query("{}", client_id="other-broker"), Reason.CODE_OF_ANOTHER_CLIENT),
        (token_query("{}0"), Reason.CODE_UNKNOWN),
        (token_query("{}").replace("authorization_code", "refresh_token"), Reason.GRANT_TYPE_UNSUPPORTED),
        (token_query("{}", client_id="nobody"), Reason.CLIENT_UNKNOWN),
    ],
)
def test_code_is_bound(sent: str, reason: Reason) -> None:
    """A code is good only for its client and its redirect URI, with the one grant type (H06, s5)."""
    desk = Desk()
    assert desk.reason(ExchangeCode(sent.format(desk.authorize().code), IP)) is reason


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "client_id"])
def test_token_parameters(name: str) -> None:
    """All four parameters of s7.2 are compulsory, each once."""
    desk = Desk()
    parts = token_query(desk.authorize().code).split("&")
    without = "&".join(part for part in parts if not part.startswith(f"{name}="))
    refusal = desk.refusal(ExchangeCode(without, IP))
    assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_MISSING, name)
    twice = "&".join([*parts, next(part for part in parts if part.startswith(f"{name}="))])
    refusal = desk.refusal(ExchangeCode(twice, IP))
    assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_REPEATED, name)


@pytest.mark.parametrize("redirect_uri", [CALLBACK, OWN_QUERY])
@pytest.mark.parametrize("encoded", [False, True])
def test_redirect_uri_of_the_token_call(redirect_uri: str, encoded: bool) -> None:
    """The token call takes the redirect URI raw, in the middle of its query; encoded it is flagged or refused (H09)."""
    sent = redirect_uri.replace(":", "%3a").replace("/", "%2f").replace("&", "%26") if encoded else redirect_uri
    for refuses in ("flag", "refuse"):
        desk = Desk(encoded_redirect_uri=refuses)
        code = desk.authorize(redirect_uri=redirect_uri).code
        result = desk.perform(ExchangeCode(token_query(code, sent), IP)).result
        if encoded and refuses == "refuse":
            assert isinstance(result, Refusal)
            assert result.reason is Reason.REDIRECT_URI_ENCODED
        else:
            assert isinstance(result, TokensIssued)
            assert bool(result.notes) is encoded


@pytest.mark.parametrize(
    ("required", "secret", "passes"),
    [
        (False, "", True),
        (False, "&client_secret=demo-secret", True),
        (False, "&client_secret=wrong", False),
        (False, "&client_secret=", False),
        (True, "", False),
        (True, "&client_secret=demo-secret", True),
        (True, "&client_secret=other-secret", False),
    ],
)
def test_client_secret(required: bool, secret: str, passes: bool) -> None:
    """A client_secret is checked when sent, and needed only where the switch says so (H01)."""
    desk = Desk(client_secret="required" if required else "optional")
    outcome = desk.perform(ExchangeCode(token_query(desk.authorize().code) + secret, IP))
    assert outcome.word == ("OK" if passes else "CLIENT_SECRET_INVALID")


@pytest.mark.parametrize(
    ("listed", "observed", "passes"),
    [
        ((), None, True),
        ((IP,), None, True),
        (("9.9.9.9",), None, False),
        (("9.9.9.9", IP), None, True),
        ((IP,), "9.9.9.9", False),
        (("9.9.9.9",), "9.9.9.9", True),
        ((), "9.9.9.9", True),
    ],
)
def test_ip_lists(listed: tuple[str, ...], observed: str | None, passes: bool) -> None:
    """Only registered IPs may call /_oauth; an empty list lets all in; `observed_ip` is what counts if given (H26)."""
    desk = Desk()
    pair, code = desk.pair(), desk.authorize().code
    desk.world = desk.world.put(replace(desk.world.clients["demo-broker"], oauth_ips=listed), observed_ip=observed)
    for command in (exchange(code), add_key(pair.access_token), refresh(pair.refresh_token)):
        result = desk.perform(command).result
        assert isinstance(result, Refusal) is not passes
        if isinstance(result, Refusal):
            assert result.reason is Reason.IP_NOT_ALLOWED
            assert result.text.endswith(observed or IP)


@pytest.mark.parametrize("token", ["", "x.y.z", "\ud800", "é" * 10, "a" * 10_000])
def test_odd_tokens(token: str) -> None:
    """No text that somebody sends as a token does harm."""
    desk = Desk()
    assert desk.reason(RefreshTokens(refresh_body(token or "-"), IP)) is Reason.REFRESH_TOKEN_UNKNOWN
    assert desk.reason(add_key(token or "-")) is Reason.ACCESS_TOKEN_UNKNOWN


def test_same_calls_same_tokens() -> None:
    """Two exchanges of the same seed give the same code and the same tokens; another seed gives others."""
    one, two = Desk(), Desk()
    other = Desk(replace(demo_world(), seed=7))
    assert one.pair() == two.pair()
    assert other.pair() != Desk().pair()
    command = Authorize(query(), "bob", None)
    assert one.do(command, Authorized) == two.do(command, Authorized)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(0, 2**53),
    st.binary(min_size=32, max_size=40),
)
def test_a_token_is_what_pyjwt_writes(name: str, instant: int, key: bytes) -> None:
    """Header, claims and signature are the bytes that PyJWT alone would make of them."""
    said = claims.Claims("default", name, "demo-broker", "access", "0", 1, instant, instant // 1000, instant // 500)
    assert claims.sign(said, key) == PyJWS().encode(msgspec.json.encode(said), key, algorithm="HS256")
    assert claims.read(claims.sign(said, key), key) == said

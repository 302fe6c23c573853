"""s7.1: the login page, the consent, and the code that goes back to the broker. s5: there is no other flow."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Final

from simulator.core import spec
from simulator.core.endpoint import Call, Subject
from simulator.core.fast_api.redirects import (
    CLIENT_ID,
    LOGIN_QUERY,
    REDIRECT_URI,
    RESPONSE_TYPE,
    SCOPE,
    STATE,
    ParsedQuery,
    append,
    compulsory,
    read_query,
)
from simulator.core.gateway.parameters import Parameter
from simulator.core.mint import Mint
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup, Decision
from simulator.core.value import Command, Reply, Value
from simulator.core.world import Client, Consent, Now, User, World, with_consent

ENCODED = "redirect_uri was percent-encoded; s7.1 says: please don't encode the redirect URL (H09)"
SECRET_AT_LOGIN = (
    'client_secret was sent to the login page; s5 says "the broker provides client_secret to get authorization code",'
    " s7.1 lists none: it is ignored there (H01, choices: secret_at_login)"
)
CODE_MODE: Final = (
    f'{spec.RESPONSE_TYPE}; the page prints: 7.1 "response_type=code" in the URL, and in the table below it'
    ' "Response Type: Please use the authorization_code mode", which is the name of the mode (s5)'
)
"""What response_type must be, with both sentences of the page."""


class RequestAuthorization(Value, frozen=True):
    """A browser opens `/oauth?{query}`."""

    query: str


class AuthorizationRequested(Reply, frozen=True):
    """The request is valid: the login page can be shown."""

    client: Client
    redirect_uri: str


class LogIn(Value, frozen=True):
    """A user says who they are: e-mail, phone, uid or the name of a seeded user. There is no password."""

    query: str
    identity: str


class LoggedIn(Reply, frozen=True):
    """The user is known: show the consent page. No login is kept, so each authorization asks [H21/never-remembered]."""

    client: Client
    redirect_uri: str
    user: User


class Authorize(Value, frozen=True):
    """The user decides. `grant` None = the permissions that are ticked when the consent page opens (`preticked`)."""

    query: str
    identity: str
    grant: frozenset[AuthGroup] | None
    addressbook_only: bool = False
    unified_account: bool = False
    decision: Decision = Decision.APPROVE


class Authorized(Reply, frozen=True):
    """The browser is redirected to `redirect_to`. `state` is raw, as it was sent; `code` is the authorization code."""

    user: str
    code: str
    state: str
    redirect_to: str


class Denied(Reply, frozen=True):
    """The user denied access: RFC 6749 s4.1.2.1 (H08)."""

    user: str
    state: str
    redirect_to: str


QUERY_REFUSALS: Final = {
    Reason.CLIENT_UNKNOWN,
    Reason.REDIRECT_URI_ENCODED,
    Reason.PARAMETER_REPEATED,
    Reason.PARAMETER_MISSING,
}
"""The reasons that can refuse any query of s7.1 or s7.2."""


def known_client(world: World, query: ParsedQuery) -> Client | None:
    """The client of a request of s7; None if the request has no client_id [s2/client-id]."""
    client_id = query.values.get("client_id", "")
    client = world.clients.get(client_id)
    if client_id and client is None:
        raise Refusal(Reason.CLIENT_UNKNOWN, expected="a registered client_id", received=client_id)
    return client


def check_secret(client: Client, secret: str | None) -> None:
    """Refuse a client_secret that is missing or wrong. The comparison takes the same time wherever the two differ."""
    if secret is None or not compare_digest(secret.encode(), client.secret.encode()):
        received = "absent" if secret is None else "a different one"
        raise Refusal(Reason.CLIENT_SECRET_INVALID, expected="the client's secret", received=received)


def checked(world: World, query: ParsedQuery, *parameters: Parameter) -> Mapping[str, str]:
    """The parameters of a request of s7. Refuse it if one is missing or repeated, or redirect_uri encoded.

    The switch `encoded_redirect_uri` decides about the encoding. [H09/encoded]
    """
    if query.encoded and world.choices.encoded_redirect_uri == "refuse":
        raise Refusal(Reason.REDIRECT_URI_ENCODED, expected=query.redirect_uri, received="the same, percent-encoded")
    if query.repeated:
        raise Refusal(Reason.PARAMETER_REPEATED, field=query.repeated, expected="once", received="more than once")
    values = {**query.values, "redirect_uri": query.redirect_uri}
    compulsory(values, *parameters)
    return values


def validated(world: World, raw: str) -> tuple[Client, ParsedQuery, tuple[str, ...]]:
    """The client of a request of s7.1, its parsed query, and notes on what departs from the document.

    The client and the redirect URI are checked first: nobody may be redirected to a URI that is not registered (s2).
    [s2/registered] [s7.1/parameters]
    """
    query = read_query(world, raw)
    notes = (*query.notes, ENCODED) if query.encoded else query.notes
    if "client_secret" in query.values and world.choices.secret_at_login == "flag":
        notes = (*notes, SECRET_AT_LOGIN)  # [H01/secret-at-login]
    try:
        return _valid_client(world, query), query, notes
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _valid_client(world: World, query: ParsedQuery) -> Client:
    """The client of a request of s7.1, or the refusal, in the order of the reasons."""
    client = known_client(world, query)
    if client and world.choices.secret_at_login == "require":
        check_secret(client, query.values.get("client_secret"))
    if client and query.redirect_uri and not query.registered:
        raise Refusal(Reason.REDIRECT_URI_UNREGISTERED, expected="a registered URI", received=query.redirect_uri)
    values = checked(world, query, CLIENT_ID, REDIRECT_URI, RESPONSE_TYPE, SCOPE, STATE)
    assert client is not None
    if values["response_type"] != spec.RESPONSE_TYPE:
        raise Refusal(Reason.RESPONSE_TYPE_UNSUPPORTED, expected=CODE_MODE, received=values["response_type"])
    if values["scope"] != spec.SCOPE:
        raise Refusal(Reason.SCOPE_INVALID, expected=spec.SCOPE, received=values["scope"])
    return client


def request_authorization(
    world: World, command: RequestAuthorization, now: Now
) -> tuple[World, AuthorizationRequested]:
    """Check the request before anybody logs in."""
    client, query, notes = validated(world, command.query)
    return world, AuthorizationRequested(client=client, redirect_uri=query.redirect_uri, notes=notes)


def find_user(world: World, identity: str) -> User:
    """The user with that identity: s7.1 "their registered email address or phone number" [s7.1/login]."""
    user = world.user_of(identity.strip())
    if user is None:
        raise Refusal(Reason.USER_UNKNOWN, expected="a registered e-mail or phone", received=identity)
    return user


def log_in(world: World, command: LogIn, now: Now) -> tuple[World, LoggedIn]:
    """Find the user and change nothing."""
    client, query, notes = validated(world, command.query)
    user = find_user(world, command.identity)
    return world, LoggedIn(client=client, redirect_uri=query.redirect_uri, user=user, notes=notes)


GRANTABLE: Final = frozenset(AuthGroup)
"""Every permission with a key in `authGroupMap`: the value of `grant: all`. The eighth permission has none (H17)."""


def preticked(user: User) -> frozenset[AuthGroup]:
    """The permissions that a consent grants if the user changes nothing: s1's "default permissions", and reading.

    Futures are ticked only if the user has a futures account, because no key could have them otherwise (H15). The
    withdrawal is never ticked, because the broker guides its users to tick it (s7.1).

    [s1/default-permissions] [s7.1/withdrawal-unticked]
    """
    without = frozenset() if user.futures else {AuthGroup.API_FUTURES}
    return frozenset(spec.INTRODUCTION_GROUPS) - without


def authorize(world: World, command: Authorize, now: Now) -> tuple[World, Authorized | Denied]:
    """Create a new consent, always with the read-only permission, and issue its code; or return the denial.

    [s7.1/code-and-state] [s7.1/grant] [H08/denied] [H22/second-consent] [H25/read-only]
    """
    client, query, notes = validated(world, command.query)
    user = find_user(world, command.identity)
    if command.decision is Decision.DENY:
        error_uri = append(query.redirect_uri, error="access_denied", state=query.state)
        return world, Denied(user=user.name, state=query.state, redirect_to=error_uri, notes=notes)
    granted = (preticked(user) if command.grant is None else command.grant) | {AuthGroup.API_COMMON}
    mint = Mint(world, now.business)
    consent = Consent(
        id=mint.object_id("consent"),
        client_id=client.client_id,
        user=user.name,
        groups=tuple(group for group in AuthGroup if group in granted),
        addressbook_only=command.addressbook_only,
        unified_account=command.unified_account,
        redirect_uri=query.redirect_uri,
        code=mint.object_id("code"),
        granted_at=now.business,
    )
    redirect_to = append(query.redirect_uri, code=consent.code, state=query.state)
    return with_consent(world, consent), Authorized(
        user=user.name, code=consent.code, state=query.state, redirect_to=redirect_to, notes=notes
    )


def by_query(world: World, command: Command) -> Subject:
    """The client of a query, and the user who granted the code in it."""
    values = read_query(world, command.query).values
    client = values.get("client_id", "")
    code = world.codes.get(values.get("code", ""))
    user = world.consents[code.consent].user if code else ""
    return Subject(user, client if client in world.clients else "")


def by_identity(world: World, command: Command) -> Subject:
    """The user with the identity in the command, and the client of its query if it has one."""
    user = world.user_of(command.identity.strip())
    client = by_query(world, command).client if hasattr(command, "query") else ""
    return Subject(user.name if user else "", client)


_REFUSALS: Final = {
    *QUERY_REFUSALS,
    Reason.CLIENT_SECRET_INVALID,
    Reason.REDIRECT_URI_UNREGISTERED,
    Reason.RESPONSE_TYPE_UNSUPPORTED,
    Reason.SCOPE_INVALID,
}

PAGES: Final = (
    Call(
        request_authorization,
        RequestAuthorization,
        "s7.1",
        by_query,
        call="GET /oauth",
        parameters=LOGIN_QUERY,
        refusals=_REFUSALS,
    ),
    Call(
        log_in,
        LogIn,
        "s7.1",
        by_identity,
        call="POST /oauth",
        parameters=LOGIN_QUERY,
        refusals={*_REFUSALS, Reason.USER_UNKNOWN},
    ),
    Call(
        authorize,
        Authorize,
        "s7.1",
        by_identity,
        call="POST /oauth",
        parameters=LOGIN_QUERY,
        refusals={*_REFUSALS, Reason.USER_UNKNOWN},
    ),
)

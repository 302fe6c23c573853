"""s7.1: the login page, the consent, and the code that goes back to the broker. s5: there is no other way in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
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
    Query,
    append,
    compulsory,
    read_query,
)
from simulator.core.gateway.parameters import Parameter
from simulator.core.mint import Mint
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
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


class Decision(Enum):
    """What the user does with the consent page."""

    APPROVE = "approve"
    DENY = "deny"


class RequestAuthorization(Value, frozen=True):
    """A browser opens `/oauth?{query}`."""

    query: str


class AuthorizationRequested(Reply, frozen=True):
    """The request is in order: show the login page."""

    client: Client
    redirect_uri: str


class LogIn(Value, frozen=True):
    """A user says who they are: e-mail, phone, uid or the name of a seeded user. There is no password."""

    query: str
    identity: str


class LoggedIn(Reply, frozen=True):
    """Show the permissions. Nothing is remembered: every authorization asks again [H21/never-remembered]."""

    client: Client
    redirect_uri: str
    user: User


class Authorize(Value, frozen=True):
    """The user decides. `grant` None = what the consent page has ticked beforehand (`preticked`)."""

    query: str
    identity: str
    grant: frozenset[AuthGroup] | None
    addressbook_only: bool = False
    unified_account: bool = False
    decision: Decision = Decision.APPROVE


class Authorized(Reply, frozen=True):
    """The browser goes to `redirect_to`. `state` is raw, as it came; `code` is the authorization code."""

    user: str
    code: str
    state: str
    redirect_to: str


class Denied(Reply, frozen=True):
    """The user said no: RFC 6749 s4.1.2.1 (H08)."""

    user: str
    state: str
    redirect_to: str


QUERY_REFUSALS: Final = {
    Reason.CLIENT_UNKNOWN,
    Reason.REDIRECT_URI_ENCODED,
    Reason.PARAMETER_REPEATED,
    Reason.PARAMETER_MISSING,
}
"""What can refuse a query of s7.1 or s7.2, whatever it asks for."""


def known_client(world: World, query: Query) -> Client | None:
    """The client that a request of s7 names; None when it names none [s2/client-id]."""
    client_id = query.values.get("client_id", "")
    client = world.clients.get(client_id)
    if client_id and client is None:
        raise Refusal(Reason.CLIENT_UNKNOWN, expected="a registered client_id", received=client_id)
    return client


def check_secret(client: Client, secret: str | None) -> None:
    """Refuse a client_secret that is missing or another; how long it takes does not tell where they differ."""
    if secret is None or not compare_digest(secret.encode(), client.secret.encode()):
        received = "absent" if secret is None else "another"
        raise Refusal(Reason.CLIENT_SECRET_INVALID, expected="the client's secret", received=received)


def checked(world: World, query: Query, *parameters: Parameter) -> Mapping[str, str]:
    """The parameters of a request of s7: redirect_uri raw if the switch wants it so, each once, none missing.

    [H09/encoded]
    """
    if query.encoded and world.choices.encoded_redirect_uri == "refuse":
        raise Refusal(Reason.REDIRECT_URI_ENCODED, expected=query.redirect_uri, received="the same, percent-encoded")
    if query.repeated:
        raise Refusal(Reason.PARAMETER_REPEATED, field=query.repeated, expected="once", received="more than once")
    values = {**query.values, "redirect_uri": query.redirect_uri}
    compulsory(values, *parameters)
    return values


def validated(world: World, raw: str) -> tuple[Client, Query, tuple[str, ...]]:
    """The request of s7.1, its client, and what it did that the document does not want.

    A bad client or redirect URI comes first: nobody may be sent to a place that is not registered (s2).
    [s2/registered] [s7.1/parameters]
    """
    query = read_query(world, raw)
    notes = (*query.notes, ENCODED) if query.encoded else query.notes
    if "client_secret" in query.values and world.choices.secret_at_login == "flag":
        notes = (*notes, SECRET_AT_LOGIN)  # [H01/secret-at-login]
    try:
        return _in_order(world, query), query, notes
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _in_order(world: World, query: Query) -> Client:
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
    """Judge the request before anybody logs in."""
    client, query, notes = validated(world, command.query)
    return world, AuthorizationRequested(client=client, redirect_uri=query.redirect_uri, notes=notes)


def find_user(world: World, identity: str) -> User:
    """s7.1 "their registered email address or phone number" [s7.1/login]."""
    user = world.user_of(identity.strip())
    if user is None:
        raise Refusal(Reason.USER_UNKNOWN, expected="a registered e-mail or phone", received=identity)
    return user


def log_in(world: World, command: LogIn, now: Now) -> tuple[World, LoggedIn]:
    """Find the user."""
    client, query, notes = validated(world, command.query)
    user = find_user(world, command.identity)
    return world, LoggedIn(client=client, redirect_uri=query.redirect_uri, user=user, notes=notes)


GRANTABLE: Final = frozenset(AuthGroup)
"""Every permission that has a key (H17 keeps the eighth out): what `grant: all` stands for."""


def preticked(user: User) -> frozenset[AuthGroup]:
    """What a consent grants if the user changes nothing: s1's "default permissions", and reading.

    Futures only if the user has a futures account, because a key could not have them otherwise (H15). Never the
    withdrawal, to which the broker guides its users (s7.1).

    [s1/default-permissions] [s7.1/withdrawal-unticked]
    """
    without = frozenset() if user.futures else {AuthGroup.API_FUTURES}
    return frozenset(spec.INTRODUCTION_GROUPS) - without


def authorize(world: World, command: Authorize, now: Now) -> tuple[World, Authorized | Denied]:
    """Note what the user granted and hand out a code. Read-only comes with every grant, and each is a new consent.

    [s7.1/code-and-state] [s7.1/grant] [H08/denied] [H22/second-consent] [H25/read-only]
    """
    client, query, notes = validated(world, command.query)
    user = find_user(world, command.identity)
    if command.decision is Decision.DENY:
        refused = append(query.redirect_uri, error="access_denied", state=query.state)
        return world, Denied(user=user.name, state=query.state, redirect_to=refused, notes=notes)
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
    """The client that a query names, and the user who granted the code in it."""
    values = read_query(world, command.query).values
    client = values.get("client_id", "")
    code = world.codes.get(values.get("code", ""))
    user = world.consents[code.consent].user if code else ""
    return Subject(user, client if client in world.clients else "")


def by_identity(world: World, command: Command) -> Subject:
    """The user who says who they are, and the client of the query if there is one."""
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

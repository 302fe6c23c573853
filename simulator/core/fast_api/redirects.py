"""Redirect URIs: s7.1 and s7.2 say "please don't encode the redirect URL", so its `&` look like those of the query.

`response_type=code&client_id=x&redirect_uri=https://b/cb?tenant=7&lang=en&state=1` splits wrongly at every `&`. The
registered redirect URIs decide where the redirect URI ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_plus, urlsplit

from simulator.core import spec
from simulator.core.gateway.parameters import Parameter, Text, Word, names_of
from simulator.core.gateway.requests import pairs
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.quoting import listed, most_like
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Value
from simulator.core.world import Client, World

RESPONSE_TYPE: Final = Word("response_type", required=True, words=(spec.RESPONSE_TYPE,))
GRANT_TYPE: Final = Word("grant_type", required=True, words=(spec.GRANT_TYPE,))
CODE: Final = Text("code", "The authorization code: 5 minutes, once", required=True)
REDIRECT_URI: Final = Text("redirect_uri", "The one of the login", required=True)
CLIENT_ID: Final = Text("client_id", required=True)
CLIENT_SECRET: Final = Text("client_secret", "Checked if sent (H01)")
SCOPE: Final = Word("scope", required=True, words=(spec.SCOPE,))
STATE: Final = Text("state", required=True)
LOGIN_QUERY: Final = (RESPONSE_TYPE, CLIENT_ID, REDIRECT_URI, SCOPE, STATE)
"""The query of s7.1."""
TOKEN_QUERY: Final = (GRANT_TYPE, CODE, REDIRECT_URI, CLIENT_ID, CLIENT_SECRET)
"""The query of s7.2."""
REFRESH_BODY: Final = (
    Text("grant_type", f"`{spec.GRANT_TYPE}`, which s7.3 prints for the refresh too", required=True),
    Text("refresh_token", required=True),
    SCOPE,
)
"""The body of s7.3."""
NAMES: Final = dict.fromkeys(names_of((*LOGIN_QUERY, *TOKEN_QUERY)))
"""Every parameter that a query of s7 can have."""

MARK = f"{REDIRECT_URI.name}="
KNOWN = "|".join(NAMES)
NEXT_PARAMETER = lazy_pattern(f"&(?={KNOWN})(?:{KNOWN})=")


class ParsedQuery(Value, frozen=True):
    """A parsed query string of s7. `state` is the raw text, because it goes back byte for byte."""

    values: Mapping[str, str]
    redirect_uri: str
    """The registered URI that the request means; the text that was sent if it matches none."""
    registered: bool
    encoded: bool
    state: str
    repeated: str
    """The name of a parameter that appears more than once; "" = none does."""

    @property
    def notes(self) -> tuple[str, ...]:
        """A note on parameters that the page does not list: perhaps the rest of an unregistered redirect URI."""
        unread = [name for name in self.values if name not in NAMES]
        return (f"parameters that nothing read: {listed(unread)}",) if unread else ()


def resolve(world: World, client: Client) -> tuple[str, ...]:
    """The client's redirect URIs as absolute URIs: a path stands for one URI on each of our own origins."""
    return _resolved(client.redirect_uris, world.origins)


@lru_cache(maxsize=64)
def _resolved(redirect_uris: tuple[str, ...], origins: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        uri
        for registered in redirect_uris
        for uri in ([f"{origin}{registered}" for origin in origins] if registered.startswith("/") else [registered])
    )


def _cut(raw: str, registered: Iterable[str]) -> tuple[str, str, bool, bool]:
    """Return (query without redirect_uri, redirect_uri, is it registered, is it encoded) [s7.1/raw-redirect-url]."""
    start = 0 if raw.startswith(MARK) else raw.find("&" + MARK) + 1
    if not raw.startswith(MARK, start):
        return raw, "", False, False
    before, rest = raw[:start], raw[start + len(MARK) :]
    for uri in sorted(registered, key=len, reverse=True):
        if rest.startswith(uri) and rest[len(uri) : len(uri) + 1] in ("", "&"):
            return before + rest[len(uri) :].removeprefix("&"), uri, True, False
    value, _, after = rest.partition("&")
    decoded = unquote_plus(value)
    if decoded != value and decoded in registered:
        return before + after, decoded, True, True
    next_parameter = NEXT_PARAMETER.search(rest)
    sent = rest[: next_parameter.start()] if next_parameter else rest
    return before + rest[len(sent) :].removeprefix("&"), sent, False, False


def read_query(world: World, raw: str) -> ParsedQuery:
    """Parse a query string of `/oauth` or of the token endpoint, with the help of the registered redirect URIs."""
    clients = [world.clients.get(client_id) for client_id in _client_ids(raw)]
    return _parsed(raw, next((resolve(world, client) for client in clients if client), ()))


@lru_cache(maxsize=64)
def _client_ids(raw: str) -> tuple[str, ...]:
    return tuple(value for name, value in pairs(raw) if name == "client_id" and value)


@lru_cache(maxsize=64)
def _parsed(raw: str, registered: tuple[str, ...]) -> ParsedQuery:
    """The parsed query. It is cached, because the subject of a call and the call itself both read it."""
    others, redirect_uri, is_registered, encoded = _cut(raw, registered)
    values: dict[str, str] = {}
    repeated = ""
    for name, value in pairs(others):
        if name in values or name == MARK[:-1]:
            repeated = name
        values[name] = value
    state = ""
    if "state" in values:
        states = (part for part in others.split("&") if unquote_plus(part).startswith("state="))
        state = next(states, "").partition("=")[2]
    return ParsedQuery(values, redirect_uri, is_registered, encoded, state, repeated)


def compulsory(values: Mapping[str, object], *parameters: Parameter) -> None:
    """Refuse a request in which one of these parameters is compulsory and missing or empty."""
    for parameter in parameters:
        name = parameter.name
        if parameter.required and values.get(name) in (None, ""):
            raise Refusal(Reason.PARAMETER_MISSING, field=name, expected=name, received="absent")


def append(uri: str, **parameters: str) -> str:
    """The URI with parameters added to its query. Values must be encoded already: they are added as they are."""
    separator = "&" if "?" in uri else "?"
    return uri + separator + "&".join(f"{name}={value}" for name, value in parameters.items())


def build_query(*, client_id: str, redirect_uri: str, scope: str, state: str, client_secret: str = "") -> str:
    """The query string of `/oauth` as the document writes it, with redirect_uri raw, and a secret if one is given."""
    secret = f"&client_secret={quote(client_secret, safe='')}" if client_secret else ""
    return (
        f"response_type=code&client_id={quote(client_id, safe='')}&{MARK}{redirect_uri}"
        f"&scope={quote(scope, safe='')}&state={quote(state, safe='')}{secret}"
    )


def secret_at_login(world: World, client_id: str) -> str:
    """The client_secret that a login link must contain; "" = none (H01)."""
    client = world.clients.get(client_id)
    return client.secret if client and world.choices.secret_at_login == "require" else ""


def login_query(world: World, client: Client, origin: str, state: str) -> str:
    """The query of a login that is accepted, with a redirect URI on that origin if there is one, else the first.

    "" if the client has no redirect URI.
    """
    registered = resolve(world, client)
    redirect_uri = next((uri for uri in registered if uri.startswith(f"{origin}/")), next(iter(registered), ""))
    if not redirect_uri:
        return ""
    return build_query(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        scope=spec.SCOPE,
        state=state,
        client_secret=secret_at_login(world, client.client_id),
    )


def nearest(world: World, client: Client, uri: str) -> str:
    """The registered redirect URI that is most similar to this one; "" if the client has none."""
    return most_like(uri, resolve(world, client), 0)


def origin_of(uri: str) -> str:
    """The origin of a URI, scheme://host[:port] in lower case (RFC 6454 s4); "" if it has none."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme in ("http", "https") and parts.netloc else ""

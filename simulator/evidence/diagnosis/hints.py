"""Findings about one request beyond the usual causes: seconds instead of ms, a wrong credential, a similar name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from simulator.core import spec
from simulator.core.fast_api import claims
from simulator.core.fast_api.redirects import nearest, read_query
from simulator.core.mint import token_key
from simulator.core.quoting import most_like
from simulator.core.refusals import NOT_IN_RANGE, Reason, Refusal
from simulator.evidence.diagnosis import similar_calls

if TYPE_CHECKING:
    from simulator.core.world import World
    from simulator.evidence.journal import Entry

LONGEST_NUMBER: Final = 20
"""Digits of the longest number that is read."""
PARTS: Final = ("the scheme", "host or port", "the path", "the query", "the fragment")


def findings(entry: Entry, refusal: Refusal) -> list[str]:
    """Sentences about the request, the most certain first. They may quote what was sent."""
    sentences = list(FINDERS[refusal.reason](entry, refusal)) if refusal.reason in FINDERS else []
    return sentences or list(_field(refusal))


def _field(refusal: Refusal) -> Iterator[str]:
    """The field that the refusal is about, and its value."""
    field, problem = refusal.details.get("field"), refusal.details.get("problem")
    if problem == NOT_IN_RANGE:
        yield f"{refusal.expected}: received {refusal.received}."
    elif field and problem and refusal.received:
        yield f"{field} {problem}: received {refusal.received}."


def _path(entry: Entry, refusal: Refusal) -> Iterator[str]:
    request = entry.request
    if request.path.startswith("/w/"):
        return  # the workspace is unknown, and a note says so
    if near := similar_calls.nearest_call(request.method, request.path, refusal.alternatives):
        yield near


def _method(entry: Entry, refusal: Refusal) -> Iterator[str]:
    request = entry.request
    method = request.method
    if method.upper() in refusal.expected.split(", "):
        yield f"Methods are written in capitals: {method.upper()}."
        return
    yield f"The path is served with {refusal.expected} only."
    if other := similar_calls.other_versions(method, request.path, refusal.alternatives):
        yield other


def _timestamp(entry: Entry, refusal: Refusal) -> Iterator[str]:
    timestamp, now = entry.request.header(b"kc-api-timestamp") or "", entry.outcome.now
    window = spec.TIMESTAMP_WINDOW
    whole = timestamp.partition(".")[0]
    if not (whole.isascii() and whole.isdigit() and len(whole) < LONGEST_NUMBER):
        yield "It is not a whole number."
        return
    number = int(whole)
    if abs(now.wall - number * 1000) < window + spec.SECOND:
        yield "It is in seconds, but must be in milliseconds."
    elif abs(now.wall * 1000 - number) < window * 1000:
        yield "It is in microseconds, but must be in milliseconds."
    elif abs(now.business - number) < window:
        yield "It is the business clock's time: timestamps are compared with the wall clock, which no advance moves."
    elif whole == timestamp:
        delay = now.wall - number
        side = "behind" if delay > 0 else "ahead of"
        yield f"It is {abs(delay)} ms {side} the wall clock; less than {window} ms is allowed."


def _instead(credential_of: Callable[[Entry], str]) -> Callable[[Entry, Refusal], Iterator[str]]:
    """A finder that says what kind of credential was sent in the place of another kind."""

    def find(entry: Entry, refusal: Refusal) -> Iterator[str]:
        kind = credential_kind(entry.before, credential_of(entry))
        if kind:
            yield f"What was sent is {kind}."

    return find


def credential_kind(world: World, text: str) -> str:
    """What kind of credential a text is in this world, with its article; "" if it is unknown."""
    token = claims.read(text, token_key(world.seed, world.workspace))
    if token:
        return f"{'an access' if token.typ == 'access' else 'a refresh'} token of user {token.sub}"
    if text in world.codes:
        return "an authorization code"
    if text in world.api_keys:
        return "an API key"
    if text in world.clients:
        return "a client_id"
    if text in world.transactions:
        return "a transactionId"
    if text in world.withdrawals:
        return "a withdrawalId"
    workspace = claims.issuer(text)
    if workspace == world.workspace:
        return f"a token of workspace {workspace} that another seed or another consent has made"
    return f"a token of workspace {workspace}, and this is {world.workspace}" if workspace else ""


def _bearer(entry: Entry) -> str:
    return (entry.request.header(b"authorization") or "").strip().partition(" ")[2].strip()


def _refresh_token(entry: Entry) -> str:
    body = entry.request.body
    try:
        fields: Any = json.loads(body) if body.lstrip().startswith(b"{") else dict(parse_qsl(body.decode()))
    except (ValueError, RecursionError):
        return ""
    token = fields.get("refresh_token", "")
    return token if isinstance(token, str) else ""


def _code(entry: Entry) -> str:
    return read_query(entry.before, entry.request.query).values.get("code", "")


def _client(entry: Entry, refusal: Refusal) -> Iterator[str]:
    if near := most_like(refusal.received, entry.before.clients):
        yield f"Nearest is {near}."


def _redirect_uri(entry: Entry, refusal: Refusal) -> Iterator[str]:
    query = read_query(entry.before, entry.request.query)
    client = entry.before.clients.get(query.values.get("client_id", ""))
    near = nearest(entry.before, client, query.redirect_uri) if client else ""
    if near:
        parts = differing(near, query.redirect_uri)
        yield f"Nearest is {near}{f': {parts}' if parts else ''}."


def differing(one: str, other: str) -> str:
    """Which parts of two URLs differ, such as `the scheme and the path differ`; "" if one of them is not a URL."""
    try:
        pairs = zip(PARTS, urlsplit(one), urlsplit(other), strict=True)
        parts = [part for part, left, right in pairs if left != right]
    except ValueError:
        return ""
    return f"{' and '.join(parts)} {'differ' if len(parts) > 1 else 'differs'}" if parts else ""


def _chain(entry: Entry, refusal: Refusal) -> Iterator[str]:
    for currency in entry.before.currencies.values():
        for chain in currency.chains:
            if chain.chain_name.lower() == refusal.received.lower():
                yield f"{chain.chain_name} is the chain's name; its chainId is {chain.chain_id}."
                return


FINDERS: Final[dict[Reason, Callable[[Entry, Refusal], Iterator[str]]]] = {
    Reason.UNKNOWN_PATH: _path,
    Reason.METHOD_NOT_ALLOWED: _method,
    Reason.TIMESTAMP_INVALID: _timestamp,
    Reason.API_KEY_UNKNOWN: _instead(lambda entry: entry.request.header(b"kc-api-key") or ""),
    Reason.ACCESS_TOKEN_UNKNOWN: _instead(_bearer),
    Reason.REFRESH_TOKEN_UNKNOWN: _instead(_refresh_token),
    Reason.CODE_UNKNOWN: _instead(_code),
    Reason.CLIENT_UNKNOWN: _client,
    Reason.REDIRECT_URI_UNREGISTERED: _redirect_uri,
    Reason.CHAIN_INVALID: _chain,
}
"""The finders by reason. A reason without one has no finding but its field."""

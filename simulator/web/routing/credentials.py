"""The credentials in a request, as text, to find the request's workspace. Nothing is verified here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote_plus

from simulator.core.gateway.requests import pairs
from simulator.core.lazy_pattern import lazy_pattern
from simulator.messages import Request

CredentialKind = Literal["client_id", "code", "token", "api_key"]

LONGEST_NAME: Final = 63
"""In characters: a workspace's name is also a label of a host name (RFC 1035 s2.3.4)."""
NAME: Final = lazy_pattern(rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", re.ASCII)
QUERY: Final = lazy_pattern(r"(?:^|&)(client_id|code)=([^&]*)")
JWT: Final = lazy_pattern(rb"(?<![\w-])eyJ[\w-]++\.[\w-]++\.[\w-]++")
"""A token. It must begin at the beginning of a word; a search within long words would be quadratic."""
IN_BODY: Final = lazy_pattern(rb'(?:^|&|")client_id(?:=|"\s{0,99}:\s{0,99}")([^&"\\]{1,999})')
"""The client_id in a form or in JSON."""
REFRESH: Final = "/_oauth/refresh-token"
"""The path of the only call that has credentials in its body."""


class Credential(NamedTuple):
    """A credential in a request. A `token` may be an access token or a refresh token."""

    kind: CredentialKind
    text: str

    @property
    def word(self) -> str:
        """What it is, in a note."""
        return "API key" if self.kind == "api_key" else self.kind


def carried(request: Request) -> Iterator[Credential]:
    """The credentials of a request, the one that counts before the others first.

    API key, bearer token, client_id and code of the query, refresh token and client_id of the body.
    """
    headers = request.headers
    if key := headers.get(b"kc-api-key"):
        yield Credential("api_key", key.decode("latin-1"))
    if authorization := headers.get(b"authorization"):
        scheme, _, token = authorization.decode("latin-1").strip().partition(" ")
        if scheme.lower() == "bearer":
            yield Credential("token", token.strip())
    if "client_id=" in request.query or "code=" in request.query or "%" in request.query:
        yield from _in_query(request.query)
    if request.body and request.path == REFRESH:
        if match := JWT.search(request.body):
            yield Credential("token", match[0].decode())
        if match := IN_BODY.search(request.body):
            yield Credential("client_id", unquote_plus(match[1].decode("latin-1")))


def _in_query(query: str) -> Iterator[Credential]:
    names_are_encoded = "%" in query and any("%" in part.partition("=")[0] for part in query.split("&"))
    for name, value in pairs(query) if names_are_encoded else QUERY.findall(query):
        if name in ("client_id", "code"):
            text = value if names_are_encoded else unquote_plus(value)
            yield Credential("client_id" if name == "client_id" else "code", text)


def endings(client_id: str) -> Iterator[str]:
    """The possible workspace names at the end of a client_id, the longest first: names may contain dashes."""
    tail = client_id[-LONGEST_NAME - 1 :].lower()
    start = tail.find("-")
    while start >= 0:
        yield tail[start + 1 :]
        start = tail.find("-", start + 1)

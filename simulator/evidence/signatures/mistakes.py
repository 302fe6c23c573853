"""The usual mistakes in signatures. Each is one change to the right recipe, and the search tries them.

A mistake says what the request, the credentials or the spelling would have been; nothing here knows the exchange.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode, urlsafe_b64decode
from binascii import Error
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode

from simulator.core.nesting import too_deep
from simulator.core.value import Value

NEARBY: Final = 250
"""How many ms before and after the timestamp are tried, because a client may read its clock twice."""
INDENTED: Final = 10
"""Greatest depth of JSON that is written anew with indents, because an indent costs the depth for every value."""
KUCOIN: Final = ("https://api.kucoin.com", "https://www.kucoin.com")
ENCODED: Final = "the percent-encoded query, as it was sent, and not the decoded one"
OTHER_HASHES: Final = {
    "sha512": "HMAC-SHA512 in place of HMAC-SHA256",
    "sha384": "HMAC-SHA384 in place of HMAC-SHA256",
    "sha1": "HMAC-SHA1 in place of HMAC-SHA256",
    "md5": "HMAC-MD5 in place of HMAC-SHA256",
    "keyless": "SHA-256 without a key",
    "secret-after": "SHA-256 of the text with the secret after it, not an HMAC",
    "secret-before": "SHA-256 of the text with the secret before it, not an HMAC",
    "swapped": "key and text swapped",
    "unsigned": "no key and no hash, only spelled",
}


class Mistake(Value, frozen=True):
    """One mistake in a recipe. `says` completes "It was signed with ...".

    `dimension` is the index of a part, or `order`, `separator`, `key`, `hash`. A `lone` mistake is not combined with
    others, because there are many of its kind.
    """

    name: str
    says: str
    dimension: int | str
    value: Any
    lone: bool = False


# --- how the bytes of a signature are spelled
def _base64(text: str) -> bytes:
    return b64decode(text.encode(), validate=True)


def _hex(text: str) -> bytes:
    if text != text.lower():
        raise ValueError(text)
    return bytes.fromhex(text)


def _upper_hex(text: str) -> bytes:
    if text != text.upper():
        raise ValueError(text)
    return bytes.fromhex(text)


def _url(text: str) -> bytes:
    if "+" in text or "/" in text:
        raise ValueError(text)
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def _unpadded(text: str) -> bytes:
    if text.endswith("="):
        raise ValueError(text)
    return b64decode(text.encode() + b"=" * (-len(text) % 4), validate=True)


def _literal(text: str) -> bytes:
    if not (text.startswith("b'") and text.endswith("'")):
        raise ValueError(text)
    return _base64(text[2:-1])


SPELLINGS: Final[tuple[tuple[str, str, Callable[[str], bytes]], ...]] = (
    ("base64", "", _base64),
    ("hex", "hex in place of base64", _hex),
    ("upper-hex", "hex in capitals in place of base64", _upper_hex),
    (
        "base64-of-hex",
        "base64 of the hex text in place of base64 of the bytes",
        lambda text: _hex(_base64(text).decode()),
    ),
    ("unpadded", "base64 without its =", _unpadded),
    ("base64url", "the URL's base64, with - and _", _url),
    ("percent-encoded", "base64 that was percent-encoded", lambda text: _base64(unquote(text)) if "%" in text else b""),
    ("bytes-literal", "the printed form of bytes, with b'...' around", _literal),
    ("quoted", "quotation marks around the base64", lambda text: _base64(text[1:-1]) if text[:1] == '"' else b""),
)
"""(name, description, decoder) of each spelling. The first one is right."""


def spelled(received: str) -> dict[bytes, tuple[str, str]]:
    """The digests that the text may stand for, each with the name and description of its spelling."""
    digests: dict[bytes, tuple[str, str]] = {}
    for name, says, read in SPELLINGS:
        try:
            digest = read(received)
        except (ValueError, Error):
            continue
        if digest:
            digests.setdefault(digest, (name, says))
    return digests


# --- what is signed
def timestamps(timestamp: str) -> Iterator[tuple[str, str, str, bool]]:
    """(name, says, value, lone) of timestamps that may have been signed instead of the one in the header."""
    if not (timestamp.isascii() and timestamp.isdigit() and 3 < len(timestamp) < 16):
        return
    number = int(timestamp)
    seconds, rest = divmod(number, 1000)
    yield "seconds", "the timestamp in seconds", str(seconds), False
    yield "fraction", "the timestamp in seconds with a fraction", f"{seconds}.{rest:03}", False
    yield "microseconds", "the timestamp in microseconds", f"{timestamp}000", False
    yield "no-timestamp", "no timestamp", "", False
    if number < 10**14:
        day = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
        iso = day.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield "iso-timestamp", "the timestamp as an ISO 8601 text", iso, False
    for distance in range(1, NEARBY + 1):
        for neighbour, word in ((number - distance, "earlier"), (number + distance, "later")):
            yield (
                "another-timestamp",
                f"another timestamp, {distance} ms {word} than the header's",
                str(neighbour),
                True,
            )


def methods(method: str) -> Iterator[tuple[str, str, str]]:
    """(name, says, value) of methods that may have been signed."""
    yield "lower-method", "the method in lower case", method.lower()
    yield "capital-method", "the method with a capital only", method.capitalize()
    yield "no-method", "no method", ""
    yield "other-method", "another method", "GET" if method == "POST" else "POST"


def targets(path: str, query: str, host: str, workspace: str, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """(name, says, value) of paths with query that may have been signed."""
    tails = dict.fromkeys(f"?{text}" if text else "" for text in (unquote_plus(query), query))
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        decoded = unquote_plus(query)
        for place in (path, prefix + path):
            yield "percent-encoded-query", ENCODED, f"{place}?{query}"
        yield "no-query", "the path without its query", path
        for text in (decoded, query):
            yield "no-question-mark", "no question mark before the query", path + text
        for text in (query, decoded):
            yield "sorted-query", "the query sorted by name", f"{path}?{'&'.join(sorted(text.split('&')))}"
        encoded = (
            urlencode(pairs),
            urlencode(pairs, quote_via=quote),
            quote(decoded, safe="=&"),
            quote(query, safe=""),
        )
        for text in encoded:
            yield "encoded-query", "the query encoded otherwise than it was sent", f"{path}?{text}"
    for tail in tails:
        yield "no-path", "no path", tail
        yield "query-only", "the query in place of path and query", tail.removeprefix("?")
        for origin in (f"http://{host}", f"https://{host}", *KUCOIN):
            yield "whole-url", "the whole URL, with scheme and host", origin + path + tail
        yield "with-host", "the host before the path", host + path + tail
        yield "workspace-path", "the path with the workspace's prefix", f"/w/{workspace}{path}{tail}"
        yield "no-leading-slash", "no slash at the start of the path", (path + tail).removeprefix("/")
        yield "trailing-slash", "a slash at the end of the path", f"{path}/{tail}"
        yield "no-api", "the path without /api", path.removeprefix("/api") + tail
        yield "decoded-path", "the path decoded", unquote(path) + tail
    yield "bare-question-mark", "a question mark without a query", f"{path}?"


def bodies(body: bytes, query: str) -> Iterator[tuple[str, str, bytes]]:
    """(name, says, value) of bodies that may have been signed."""
    yield "no-body", "no body", b""
    yield "trimmed-body", "the body without the white space around it", body.strip()
    for name, literal in (("empty-object", b"{}"), ("null", b"null")):
        yield name, f"{literal.decode()} in place of the body", literal
    if query:
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        for text in (json.dumps(parameters, separators=(",", ":")), json.dumps(parameters)):
            yield "query-as-body", "the query written as a JSON body", text.encode()
    try:
        value: Any = json.loads(body)
        yield from _rewritten(value, body)
    except (ValueError, RecursionError):
        return


def _rewritten(value: Any, body: bytes) -> Iterator[tuple[str, str, bytes]]:
    for order, keys in (("", ""), ("sorted-", ", its fields sorted")):
        for spaces, separators in (("compact", (",", ":")), ("spaced", (", ", ": "))):
            for ascii_only, letters in ((False, ""), (True, ", its letters escaped")):
                name = f"{order}{spaces}{'-escaped' if ascii_only else ''}-body"
                says = f"the body written anew, {'without' if spaces == 'compact' else 'with'} spaces{keys}{letters}"
                text = json.dumps(value, ensure_ascii=ascii_only, separators=separators, sort_keys=bool(order))
                yield name, says, text.encode()
    for indent in () if too_deep(body.decode(), INDENTED) else (2, 4):
        text = json.dumps(value, ensure_ascii=False, indent=indent)
        yield "indented-body", f"the body written anew, indented by {indent}", text.encode()
    yield "json-twice", "the body written as JSON twice, a text in a text", json.dumps(body.decode()).encode()
    yield "printed-body", "the body as Python prints a dict", str(value).encode()
    if isinstance(value, dict):
        yield "form-body", "the body written as a form", urlencode(value).encode()


# --- how it is put together
def orders(names: tuple[str, ...]) -> Iterator[Mistake]:
    """The parts in another order, or with a separator."""
    usual = tuple(range(len(names)))
    for order in permutations(usual):
        if order != usual:
            formula = " + ".join(names[place] for place in order)
            yield Mistake("order", f"the parts in another order, {formula}", "order", order)
    for name, separator in (("newlines", b"\n"), ("spaces", b" "), ("commas", b","), ("colons", b":")):
        yield Mistake(f"joined-with-{name}", f"{name} between the parts", "separator", separator)


def hashes() -> Iterator[Mistake]:
    """Other hashes than HMAC-SHA256."""
    for name, says in OTHER_HASHES.items():
        yield Mistake(name, says, "hash", name)


def mangled(secret: str) -> Iterator[tuple[str, str, bytes]]:
    """(name, says, key) of what a secret can turn into between a configuration and an HMAC."""
    plain = secret.encode()
    yield "secret-with-newline", "a newline after the secret", plain + b"\n"
    yield "secret-with-carriage-return", "a line end after the secret", plain + b"\r\n"
    yield "secret-with-space", "a space after the secret", plain + b" "
    yield "secret-quoted", "quotation marks around the secret", b'"' + plain + b'"'
    yield "secret-trimmed", "the secret without white space around it", plain.strip()
    yield "secret-without-dashes", "the secret without its dashes", plain.replace(b"-", b"")
    yield "secret-in-capitals", "the secret in capitals", plain.upper()
    yield "secret-encoded", "the secret in base64", b64encode(plain)
    yield "no-secret", "an empty secret", b""
    readings: tuple[Callable[[], bytes], ...] = (
        lambda: bytes.fromhex(secret.replace("-", "")),
        lambda: b64decode(plain + b"=" * (-len(plain.replace(b"-", b"")) % 4)),
        lambda: urlsafe_b64decode(plain + b"=" * (-len(plain) % 4)),
    )
    for name, read in zip(("hex", "base64", "base64"), readings, strict=True):
        try:
            yield f"secret-decoded-from-{name}", f"the secret decoded as if it were {name}", read()
        except (ValueError, Error):
            continue

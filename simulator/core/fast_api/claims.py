"""Tokens as JWTs: encode claims and decode them. `tokens.py` judges whether a token is valid."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache, lru_cache
from hmac import compare_digest
from typing import TYPE_CHECKING, Final, Literal

from msgspec import json

from simulator.core.gateway.signature import hmac_sha256
from simulator.core.value import Value

if TYPE_CHECKING:
    from jwt.api_jws import PyJWS


@cache
def _jws() -> PyJWS:
    """PyJWT's signer. It is imported on first use, because the import takes longer than the rest of a start.

    PyJWT checks each key for PEM and DER at every call, which costs five times as much as the HMAC. Our key is a
    digest, so `DigestKey` leaves the check out.
    """
    from jwt.algorithms import HMACAlgorithm
    from jwt.api_jws import PyJWS

    class DigestKey(HMACAlgorithm):
        def prepare_key(self, key: str | bytes) -> bytes:
            assert isinstance(key, bytes)
            return key

        def sign(self, msg: bytes, key: bytes) -> bytes:
            return hmac_sha256(key, msg)

    jws = PyJWS(algorithms=[])
    jws.register_algorithm("HS256", DigestKey(HMACAlgorithm.SHA256))
    return jws


class Claims(Value, frozen=True, forbid_unknown_fields=True):
    """The claims of a token. `iat` and `exp` are in seconds (RFC 7519); `at` is the instant of issue in ms."""

    iss: str
    """The workspace."""
    sub: str
    """The user."""
    aud: str
    """The client."""
    typ: Literal["access", "refresh"]
    cns: str
    """The consent."""
    gen: int
    """The consent's generation."""
    at: int
    iat: int
    exp: int


def sign(claims: Value, key: bytes) -> str:
    """The claims as a signed token: a JWT, which clients treat as opaque.

    PyJWT writes the header, once, because it is the same in every token. Its algorithm makes the signature.
    """
    signed = f"{_header()}.{_encoded(json.encode(claims))}"
    return f"{signed}.{_encoded(_jws().get_algorithm_by_name('HS256').sign(signed.encode(), key))}"


def _encoded(part: bytes) -> str:
    """A part of a token: base64url without its padding (RFC 7515 s2)."""
    return urlsafe_b64encode(part).rstrip(b"=").decode()


LONGEST_TOKEN: Final = 4096
"""Characters; our tokens have some hundreds. A longer text is no token of ours, so it is not kept in the cache."""


def read(token: str, key: bytes) -> Claims | None:
    """The claims of a token that was signed with this key; None for any other text."""
    return _read(token, key) if len(token) <= LONGEST_TOKEN else None


def _decoded(part: str) -> bytes:
    """The bytes of a part of a token: base64url without its padding (RFC 7515 s2)."""
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


_CLAIMS: Final = json.Decoder(Claims)


@lru_cache(maxsize=4096)
def _read(token: str, key: bytes) -> Claims | None:
    """The function is pure, so caching changes nothing."""
    try:
        payload = verified(token, key)
        return None if payload is None else _CLAIMS.decode(payload)
    except (ValueError, RecursionError):
        return None


def verified(token: str, key: bytes) -> bytes | None:
    """The claims, as JSON, of a token that was signed with this key: its header must be ours, and its signature right.

    This takes a tenth of the time of PyJWT's decode.
    """
    signed, _, signature = token.rpartition(".")
    header, _, payload = signed.partition(".")
    if header != _header():
        return None
    expected = _encoded(hmac_sha256(key, signed.encode()))
    return _decoded(payload) if compare_digest(expected.encode(), signature.encode()) else None


@cache
def _header() -> str:
    """The encoded header of every token: that of PyJWT for HS256."""
    return _jws().encode(b"", b"-" * 32, algorithm="HS256").partition(".")[0]


class _Issuer(Value, frozen=True):
    iss: str


_ISSUER: Final = json.Decoder(_Issuer)


def issuer(token: str) -> str | None:
    """The workspace in a token's claims, None for any other text. It is not verified, only used to route a call."""
    return _issuer(token) if len(token) <= LONGEST_TOKEN else None


@lru_cache(maxsize=4096)
def _issuer(token: str) -> str | None:
    try:
        payload = token.split(".")[1]
        return _ISSUER.decode(_decoded(payload)).iss
    except (IndexError, ValueError, RecursionError):
        return None

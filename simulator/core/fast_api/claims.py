"""The JWT costume of a token: claims -> text and back. What a token is worth is judged in `tokens.py`."""

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
    """PyJWT's signer. Imported on first use: it costs more than the rest of a start.

    PyJWT looks every key over for PEM and DER at each call, five times the cost of the HMAC; ours is a digest.
    """
    from jwt.algorithms import HMACAlgorithm
    from jwt.api_jws import PyJWS

    class OurKey(HMACAlgorithm):
        def prepare_key(self, key: str | bytes) -> bytes:
            assert isinstance(key, bytes)
            return key

        def sign(self, msg: bytes, key: bytes) -> bytes:
            return hmac_sha256(key, msg)

    jws = PyJWS(algorithms=[])
    jws.register_algorithm("HS256", OurKey(HMACAlgorithm.SHA256))
    return jws


class Claims(Value, frozen=True, forbid_unknown_fields=True):
    """What a token says. `iat` and `exp` are seconds as RFC 7519 wants, `at` is the instant of issue in ms."""

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


def sign(said: Claims, key: bytes) -> str:
    """Claims as a token: a JWT, which clients treat as opaque.

    PyJWT writes the first part, once, for it is the same in every token, and its algorithm makes the last part.
    """
    signed = f"{_header()}.{_encoded(json.encode(said))}"
    return f"{signed}.{_encoded(_jws().get_algorithm_by_name('HS256').sign(signed.encode(), key))}"


def _encoded(part: bytes) -> str:
    """A part of a token: base64url without its padding (RFC 7515 s2)."""
    return urlsafe_b64encode(part).rstrip(b"=").decode()


LONGEST_TOKEN: Final = 4096
"""Characters; ours have some hundreds. A longer text is none of them and need not be remembered as such."""


def read(token: str, key: bytes) -> Claims | None:
    """The claims of a token that this key signed, None for any other text."""
    return _read(token, key) if len(token) <= LONGEST_TOKEN else None


def _decoded(part: str) -> bytes:
    """A part of a token, which is base64url without its padding (RFC 7515 s2)."""
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


_CLAIMS: Final = json.Decoder(Claims)


@lru_cache(maxsize=4096)
def _read(token: str, key: bytes) -> Claims | None:
    """The claims of a token that this key signed: our header, and the signature that the rest must have, as text.

    That costs a tenth of PyJWT's decode. A pure function, so remembering answers changes nothing.
    """
    signed, _, signature = token.rpartition(".")
    head, _, payload = signed.partition(".")
    if head != _header():
        return None
    try:
        right = _encoded(hmac_sha256(key, signed.encode()))
        if not compare_digest(right.encode(), signature.encode()):
            return None
        return _CLAIMS.decode(_decoded(payload))
    except (ValueError, RecursionError):
        return None


@cache
def _header() -> str:
    """The first part of every token: PyJWT's, which says HS256."""
    return _jws().encode(b"", b"-" * 32, algorithm="HS256").partition(".")[0]


class _Issuer(Value, frozen=True):
    iss: str


_ISSUER: Final = json.Decoder(_Issuer)


def issuer(token: str) -> str | None:
    """The workspace that a token says it is of, None for any other text. Nothing is checked: it only shows the way."""
    return _issuer(token) if len(token) <= LONGEST_TOKEN else None


@lru_cache(maxsize=4096)
def _issuer(token: str) -> str | None:
    try:
        payload = token.split(".")[1]
        return _ISSUER.decode(_decoded(payload)).iss
    except (IndexError, ValueError, RecursionError):
        return None

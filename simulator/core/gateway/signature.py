"""KC-API-*: who signs, and whether the signature holds. s8.2 lists the headers; KuCoin's signing pages say how.

The order of the checks is H32: headers, version, timestamp, key, passphrase, signature, partner, IP, permission.
"""

from __future__ import annotations

from binascii import b2a_base64
from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from simulator.core import spec
from simulator.core.gateway.ip_lists import check_ip
from simulator.core.gateway.permissions import OwnPermission, Permission
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Value
from simulator.core.world import ApiKey, Client, Now, World

if TYPE_CHECKING:
    from hashlib import _Hash

LONGEST_TIMESTAMP: Final = 15
"""Digits. Enough for 30,000 years of ms; more need not be turned into a number."""

ENCODED: Final = "a signature over the percent-encoded query"


class SignedRequest(Value, frozen=True):
    """A call to /api as it came. A header that is absent is None; `path` and `query` are raw, `body` the raw bytes.

    Nothing here carries a bearer: s6's token creates keys, and the keys call /api [H34/no-bearer].
    """

    method: str
    path: str
    query: str
    body: bytes
    key: str | None
    sign: str | None
    timestamp: str | None
    passphrase: str | None
    version: str | None
    ip: str
    partner: str | None = None
    partner_sign: str | None = None
    partner_verify: str | None = None
    prefix: str = ""
    """What stood before the path to name a workspace: a client may have signed it or not (H33)."""


SIGNED_HEADERS: Final = (
    b"kc-api-key",
    b"kc-api-sign",
    b"kc-api-timestamp",
    b"kc-api-passphrase",
    b"kc-api-key-version",
    b"kc-api-partner",
    b"kc-api-partner-sign",
    b"kc-api-partner-verify",
)
"""The names of the headers of a signed request, in lower case. The last three are a broker's."""
BLOCK: Final = 64
"""Bytes of a block of SHA-256."""


@lru_cache(maxsize=1024)
def _padded(key: bytes) -> tuple[_Hash, _Hash]:
    """The inner and the outer hash of a key before any text. They are copied and never fed."""
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in block)), sha256(bytes(byte ^ 0x5C for byte in block))


def hmac_sha256(key: bytes, text: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104). The `hmac` module hashes the key anew each time, which costs more than a short text."""
    inner, outer = _padded(key)
    inner, outer = inner.copy(), outer.copy()
    inner.update(text)
    outer.update(inner.digest())
    return outer.digest()


def sign(secret: str, text: bytes) -> str:
    """base64(HMAC-SHA256(secret, text)) [signing/hmac]."""
    return b2a_base64(hmac_sha256(secret.encode(), text), newline=False).decode()


@lru_cache(maxsize=4096)
def signed_passphrase(secret: str, passphrase: str) -> str:
    """What KC-API-PASSPHRASE must be: it is the same in every request of a key."""
    return sign(secret, passphrase.encode())


def prehash(timestamp: str, method: str, target: str, body: bytes) -> bytes:
    """What is signed: timestamp + METHOD + path[?query] + body, the body's bytes as sent [signing/prehash]."""
    return f"{timestamp}{method}{target}".encode() + body


def targets(path: str, query: str, prefix: str = "", *, as_sent: bool = False) -> tuple[str, ...]:
    """The texts that may stand for the URL: the query is signed decoded, `as_sent` = its encoded text passes, too.

    A workspace's prefix may stand before each or not. [H33/query] [H33/prefix]
    """
    known: tuple[str, ...] = (path,)
    if query:
        sent, decoded = f"{path}?{query}", f"{path}?{unquote_plus(query)}"
        known = (decoded, sent) if as_sent and decoded != sent else (decoded,)
    return (*known, *(prefix + target for target in known)) if prefix else known


def signed_as_sent(world: World) -> bool:
    """True if a signature over the percent-encoded query passes in this world [H33/as-sent]."""
    return world.choices.signed_query == "either"


def _equal(left: str, right: str) -> bool:
    return compare_digest(left.encode(), right.encode())


def authenticate(world: World, request: SignedRequest, now: Now, needs: Permission) -> tuple[ApiKey, tuple[str, ...]]:
    """The key that signed this request and may do what needs that permission, with notes for the journal.

    The consent that made the key is not looked at: a key outlives its tokens and a revoked consent.
    [s8.2/headers] [H32/order] [H30/passphrase] [H22/keys-outlive-tokens]
    """
    key, sent, timestamp, passphrase = request.key, request.sign, request.timestamp, request.passphrase
    if not (key and sent and timestamp and passphrase):
        missing = [
            name
            for name, value in zip(
                ("KEY", "SIGN", "TIMESTAMP", "PASSPHRASE"), (key, sent, timestamp, passphrase), strict=True
            )
            if not value
        ]
        raise Refusal(Reason.HEADER_MISSING, expected="all KC-API headers", received=f"no {', '.join(missing)}")
    _check_version(world, request.version)
    _check_timestamp(timestamp, now)
    api_key = world.api_keys.get(key)
    if api_key is None:
        raise Refusal(Reason.API_KEY_UNKNOWN, expected="a key of ours", received="another text")
    if not _equal(signed_passphrase(api_key.secret, api_key.passphrase), passphrase):
        received = "the plain passphrase" if _equal(api_key.passphrase, passphrase) else "another text"
        raise Refusal(Reason.PASSPHRASE_INVALID, expected="base64(HMAC-SHA256(secret, passphrase))", received=received)
    if not _signs(api_key, request, timestamp, sent, as_sent=signed_as_sent(world)):
        raise Refusal(
            Reason.SIGNATURE_INVALID,
            expected="base64(HMAC-SHA256(secret, timestamp + METHOD + path + body)), the query decoded",
            received=ENCODED if _signs(api_key, request, timestamp, sent, as_sent=True) else "another text",
        )
    notes = _check_partner(world, request, timestamp, key) if request.partner_verify else ()
    try:
        _check_rights(world, api_key, request.ip, needs)
    except Refusal as refusal:
        raise refusal.noting(notes) from None
    return api_key, notes


def _signs(key: ApiKey, request: SignedRequest, timestamp: str, sent: str, *, as_sent: bool) -> bool:
    """True if the signature is the key's over one of the request's texts."""
    method, body = request.method, request.body
    for target in targets(request.path, request.query, request.prefix, as_sent=as_sent):
        if _equal(sign(key.secret, prehash(timestamp, method, target, body)), sent):
            return True
    return False


def _check_rights(world: World, key: ApiKey, ip: str, needs: Permission) -> None:
    check_ip(world, key.ip_whitelist, ip)
    if not holds(key, needs):
        own = (OwnPermission.WITHDRAWAL.value,) if key.withdrawal else ()
        held = ",".join((*(group.value for group in key.groups), *own))
        raise Refusal(Reason.PERMISSION_MISSING, expected=needs.value, received=held)


def holds(key: ApiKey, permission: Permission) -> bool:
    """True if a key has a permission."""
    return key.withdrawal if isinstance(permission, OwnPermission) else permission in key.groups


def _check_version(world: World, version: str | None) -> None:
    """s8.2 makes KC-API-KEY-VERSION compulsory; 2 and 3 pass (H31)."""
    if not version and world.choices.key_version == "optional":
        return
    if version == "1":
        raise Refusal(Reason.KEY_VERSION_ABOLISHED, expected="3", received=version)
    if version not in spec.KEY_VERSIONS:
        raise Refusal(Reason.KEY_VERSION_INVALID, expected="2 or 3", received=version or "absent")


def _check_timestamp(timestamp: str, now: Now) -> None:
    """Within 5 s of the wall clock, either way. s8.2: "in milliseconds" [s8.2/timestamp]."""
    plain = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP
    if not plain or abs(now.wall - int(timestamp)) >= spec.TIMESTAMP_WINDOW:
        raise Refusal(Reason.TIMESTAMP_INVALID, expected=f"within 5 s of {now.wall}", received=timestamp)


def names_partner(request: SignedRequest) -> bool:
    """True if the broker headers of a request count."""
    return request.partner_verify is not None and request.partner_verify.lower() == "true"


def named_key(world: World, request: SignedRequest) -> ApiKey | None:
    """The key that a request names, whether or not it has signed it; None = it names none that is known."""
    return None if request.key is None else world.api_keys.get(request.key)


def partner_of(world: World, request: SignedRequest) -> Client | None:
    """The client that KC-API-PARTNER names; None = nobody."""
    partner = request.partner
    return next((client for client in world.clients.values() if partner and client.partner == partner), None)


def _check_partner(world: World, request: SignedRequest, timestamp: str, key: str) -> tuple[str, ...]:
    """Broker headers count only with KC-API-PARTNER-VERIFY: true [H35/partner]."""
    if not names_partner(request):
        return ()
    partner, client = request.partner or "", partner_of(world, request)
    if client is None:
        if world.choices.unknown_partner == "refuse":
            raise Refusal(Reason.UNKNOWN_PARTNER, expected="a registered partner", received=partner or "absent")
        return (f"KC-API-PARTNER {partner!r} is nobody here; it passes (H35)",)
    right = sign(client.broker_key, f"{timestamp}{partner}{key}".encode())
    if request.partner_sign is None or not _equal(right, request.partner_sign):
        raise Refusal(
            Reason.PARTNER_SIGNATURE_INVALID,
            expected="base64(HMAC-SHA256(broker key, timestamp + partner + API key))",
            received="another text" if request.partner_sign else "absent",
        )
    return ()

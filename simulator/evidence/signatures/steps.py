"""The texts of a signature, step by step, as a broker's program makes them (s8.2)."""

from __future__ import annotations

from simulator.core.gateway.signature import prehash, sign, signed_passphrase, targets
from simulator.core.value import Value
from simulator.core.world import ApiKey


class SigningSteps(Value, frozen=True):
    """What is signed, in its four pieces, and the texts that come of it. `target` has the query decoded (H33)."""

    timestamp: str
    method: str
    target: str
    body: bytes
    text: bytes
    """The four pieces in a row: what KC-API-SIGN is made of."""
    sign: str
    passphrase: str

    def headers(self, key: ApiKey) -> dict[bytes, bytes]:
        """The five headers of s8.2, with lower-case names."""
        return {
            b"kc-api-key": key.api_key.encode(),
            b"kc-api-sign": self.sign.encode(),
            b"kc-api-timestamp": self.timestamp.encode(),
            b"kc-api-passphrase": self.passphrase.encode(),
            b"kc-api-key-version": b"3",
        }


def signing_steps(key: ApiKey, wall: int, method: str, path: str, query: str, body: bytes) -> SigningSteps:
    """The steps by which a request is signed with a key. `wall` is ms of the wall clock; `path` and `query` are raw."""
    timestamp, target = str(wall), targets(path, query)[0]
    text = prehash(timestamp, method, target, body)
    passphrase = signed_passphrase(key.secret, key.passphrase)
    return SigningSteps(timestamp, method, target, body, text, sign(key.secret, text), passphrase)

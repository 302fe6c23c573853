"""New identifiers, secrets and one-time codes, derived from (seed, workspace, step, kind).

The same seed and the same calls give the same bytes. Codes, keys, transactions and withdrawals have the form of
KuCoin's: an ObjectId of 24 hex digits. Its middle five bytes name the workspace.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.core.world import World

OBJECT_KINDS: Final = ("code", "consent", "api_key", "transaction", "withdrawal", "deposit", "transfer")
"""The kinds of objects with an ObjectId. Each step can create one of each kind, and no two share a counter."""
_POSITIONS: Final = {kind: position for position, kind in enumerate(OBJECT_KINDS)}


def digest(*parts: object) -> bytes:
    """The SHA-256 hash of the parts: 32 bytes."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()


@lru_cache(maxsize=1024)
def token_key(seed: int, workspace: str) -> bytes:
    """The HMAC key of a workspace's tokens: 32 bytes, the least that HS256 requires."""
    return digest(seed, workspace, "token key")


@lru_cache(maxsize=1024)
def workspace_mark(workspace: str) -> str:
    """The five bytes that name a workspace inside an ObjectId, as ten hex digits."""
    return digest("workspace", workspace)[:5].hex()


@lru_cache(maxsize=1024)
def orders_mark(workspace: str) -> str:
    """The five bytes that stand in an order's id in place of the workspace's mark, as ten hex digits."""
    return digest("orders", workspace)[:5].hex()


@lru_cache(maxsize=1024)
def counter_orders_mark(seed: int) -> str:
    """The five bytes for the orders of the other side of all trades, which are in no workspace."""
    return digest(seed, "other side")[:5].hex()


def account_id(world: World, user: str, type: str, currency: str) -> str:
    """The id of an account: 24 hex digits that never change."""
    return _account_id(world.seed, world.workspace, user, type, currency)


@lru_cache(maxsize=4096)
def _account_id(seed: int, workspace: str, user: str, type: str, currency: str) -> str:
    return digest(seed, workspace, "account", user, type, currency)[:12].hex()


def party_secret(world: World, kind: str, client_id: str) -> str:
    """A client's secret of this kind, which differs in each workspace: a version 4 UUID, as KuCoin's are."""
    source = digest(world.seed, world.workspace, kind, client_id)
    return str(uuid.UUID(bytes=source[:16], version=4))


def party_key(world: World, api_key: str) -> str:
    """A broker's own key, which differs in each workspace: 24 hex digits that name the workspace, as in an ObjectId."""
    source = digest(world.seed, world.workspace, "own key", api_key).hex()
    return f"{source[:8]}{workspace_mark(world.workspace)}{source[8:14]}"


def party_word(world: World, kind: str, api_key: str) -> str:
    """A passphrase or another word of a broker's own key, which differs in each workspace: sixteen hex digits."""
    return digest(world.seed, world.workspace, kind, api_key).hex()[:16]


def totp_secret(seed: int, user: str) -> str:
    """The secret of a user's authenticator: 32 base32 digits, 160 bits as RFC 4226 s4 recommends."""
    return base64.b32encode(digest(seed, "totp", user)[:20]).decode()


def uid(user: str) -> int:
    """The nine-digit uid of a user without a given one: always the same for a name."""
    return 300_000_000 + int.from_bytes(digest("uid", user)[:4], "big") % 600_000_000


@lru_cache(maxsize=64)
def _object_id(seconds: int, workspace: str, step: int, kind: str) -> str:
    """An operation that changes much asks for the same one again and again."""
    counter = step * len(OBJECT_KINDS) + _POSITIONS[kind]
    return f"{seconds & 0xFFFFFFFF:08x}{workspace_mark(workspace)}{counter & 0xFFFFFF:06x}"


class Mint:
    """Creates the identifiers, secrets and codes of one operation."""

    __slots__ = ("_now", "_world")

    def __init__(self, world: World, business_now: int) -> None:
        self._world = world
        self._now = business_now

    def _digest(self, kind: str) -> bytes:
        return digest(self._world.seed, self._world.workspace, self._world.step, kind)

    def object_id(self, kind: str) -> str:
        """24 hex digits: the business time in seconds, the workspace, a counter."""
        return _object_id(self._now // 1000, self._world.workspace, self._world.step, kind)

    def order_id(self, number: int) -> str:
        """24 hex digits: the business time in seconds, the orders of the workspace, the order's number.

        A step can create many orders, so their counter is not the step's, and their mark is not that of other objects.
        """
        return f"{self._now // 1000 & 0xFFFFFFFF:08x}{orders_mark(self._world.workspace)}{number & 0xFFFFFF:06x}"

    def counter_order_id(self, number: int) -> str:
        """The id of the order with which the other side makes the trade of that number: 24 hex digits."""
        return f"{self._now // 1000 & 0xFFFFFFFF:08x}{counter_orders_mark(self._world.seed)}{number & 0xFFFFFF:06x}"

    def row_id(self, number: int) -> str:
        """The id of a row of a statement: it sorts behind the objects of its step, by its number in the world."""
        return f"{self.object_id(OBJECT_KINDS[-1])}{number:08}"

    def uuid(self, kind: str) -> str:
        """A version 4 UUID, as KuCoin's key secrets are."""
        return str(uuid.UUID(bytes=self._digest(kind)[:16], version=4))

    def word(self, kind: str, length: int) -> str:
        """`length` lower-case hex digits."""
        return self._digest(kind).hex()[:length]

    def digits(self, kind: str) -> str:
        """A six-digit one-time code."""
        return f"{int.from_bytes(self._digest(kind)[:8], 'big') % 1_000_000:06d}"

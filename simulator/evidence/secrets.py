"""The secrets of ours: those in the worlds of the journal, and texts with the form of what we mint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from simulator.core import mint
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.world import World
from simulator.core.world.clients import ApiKey, Client
from simulator.core.world.users import User

SHAPE: Final = lazy_pattern(
    r"(?P<token>eyJ[\w.-]{20,})"
    r"|(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<signature>(?<![a-z0-9+/])[a-z0-9+/]{43}=|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f]))"
    r"|(?P<id>(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f]))"
    r"|(?P<word>(?<![0-9a-f])(?=[0-9]*[a-f])[0-9a-f]{16}(?![0-9a-f]))"
    r"|(?P<base32>(?<![a-z0-9])(?-i:[A-Z2-7]{32})(?![a-z0-9]))",
    re.IGNORECASE,
)
"""The forms of what KuCoin mints: a JWT; the secret of a key; a signature in base64 or hex; a code, a key or another
ObjectId; a passphrase; the secret of an authenticator. Times, amounts and addresses have none of these forms."""
SHORTEST: Final = 6
"""In characters. A shorter secret is hidden in its place, but not searched for elsewhere: it would be everywhere."""
TABLES: Final = ("clients", "users", "api_keys")
"""The tables of a world whose rows have secrets."""
BATCH: Final = 100
"""Rows of a world that are read in one step."""
IDENTIFIER: Final = ""
"""The kind of an identifier of ours that is not secret: an API key, the id of a transaction or of a withdrawal."""


def fingerprint(kind: str, secret: str) -> str:
    """`kind:` and eight digits of the secret's SHA-256: the same in every run, and anybody can compute it."""
    return f"{kind}:{sha256(secret.encode(errors='replace')).hexdigest()[:8]}"


class KnownSecrets:
    """The secrets of all worlds that were given to `learn`. None is forgotten, because older entries may hold it."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._odd: dict[str, str] = {}
        """Secrets that have none of the forms, such as those in a scenario's file."""
        self._last: World | None = None

    @property
    def odd(self) -> dict[str, str]:
        """Secrets that must be searched for by their text, with their kinds."""
        return self._odd

    def learn(self, before: World, after: World) -> None:
        """Learn the secrets of an operation's worlds; only touched rows if `before` is the last known world."""
        if before is not self._last:
            for _ in self._reading(before):
                pass
        self._follow(before, after)

    def learning(self, before: World, after: World) -> Iterator[None]:
        """Learn the secrets of an operation's worlds in small steps.

        If `before` is not the last world known, its tables are read as a whole.
        """
        if before is not self._last:
            yield from self._reading(before)
        self._follow(before, after)
        yield

    def _follow(self, before: World, after: World) -> None:
        """Learn the rows that an operation has touched."""
        if after is not before:
            for table, key in after.touched or ():
                if table in TABLES:
                    self._add(getattr(after, table).get(key))
        self._last = after

    def _reading(self, world: World) -> Iterator[None]:
        """Learn a world that does not follow the last one; only tables that differ are read."""
        last = self._last
        for table in TABLES:
            rows = getattr(world, table)
            if last is None or rows is not getattr(last, table):
                for place, row in enumerate(rows.values()):
                    self._add(row)
                    if place % BATCH == BATCH - 1:
                        yield

    def __len__(self) -> int:
        """The number of secrets without a form. A text that was rendered when there were fewer may show a secret.

        Secrets with a form do not count, because they are hidden whether they are known or not.
        """
        return len(self._odd)

    def _add(self, row: Any) -> None:
        if isinstance(row, ApiKey):
            self._know(row.secret, "api_secret")
            self._know(row.passphrase, "passphrase")
        elif isinstance(row, Client):
            self._know(row.secret, "client_secret")
            self._know(row.broker_key, "broker_key")
        elif isinstance(row, User):
            self._know(row.totp_secret, "totp_secret")

    def _know(self, secret: str, kind: str) -> None:
        if secret and secret not in self._kinds:
            self._kinds[secret] = kind
            if len(secret) >= SHORTEST and not SHAPE.fullmatch(secret):
                self._odd[secret] = kind

    def kind(self, text: str, world: World) -> str | None:
        """The kind of a text that is ours, `IDENTIFIER` if it is not secret; None = not ours."""
        kind = self._kinds.get(text)
        if kind is None and text.startswith("eyJ"):
            from simulator.core.fast_api import claims  # a start needs no tokens

            token = claims.read(text, mint.token_key(world.seed, world.workspace))
            kind = f"{token.typ}_token" if token else None
        if kind is None:
            kind = _id_kind(text, world)
        return kind


def _id_kind(text: str, world: World) -> str | None:
    """The kind of an ObjectId of ours, from the world's tables or from its own bytes; None = not ours."""
    if text in world.api_keys or text in world.withdrawals or text in world.transactions or text in world.consents:
        return IDENTIFIER
    text = text.lower()
    if text in world.codes:
        return "code"
    if len(text) == 24 and text[8:18] == mint.orders_mark(world.workspace):
        return IDENTIFIER
    if len(text) == 24 and text[8:18] == mint.workspace_mark(world.workspace):
        try:
            counter = int(text[18:], 16)
        except ValueError:
            return None
        return "code" if mint.OBJECT_KINDS[counter % len(mint.OBJECT_KINDS)] == "code" else IDENTIFIER
    return None

"""What an id names: a user, a client, a consent, a code, a token, a key, a movement of money, an order, a call, a rule.

A search goes through tables by their keys. What no table is ordered by (a transfer, a fingerprint) is looked for among
the newest rows only, so the cost has a bound in a world of any size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice
from typing import Final, Literal

from simulator.core import mint
from simulator.core.control import issued
from simulator.core.fast_api import claims, tokens
from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.core.world import World
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.journal import Journal
from simulator.evidence.secrets import fingerprint

ThingKind = Literal[
    "entry",
    "user",
    "client",
    "consent",
    "code",
    "access_token",
    "refresh_token",
    "api_key",
    "transaction",
    "withdrawal",
    "deposit",
    "transfer",
    "order",
    "stop_order",
    "trade",
    "rule",
    "reason",
]
FINGERPRINT: Final = re.compile(r"(?:(?P<kind>[a-z_]+):)?(?P<digits>[0-9a-f]{8})", re.ASCII)
NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
OBJECT_ID: Final = re.compile(r"[0-9a-f]{24}", re.ASCII)
MOST_ROWS: Final = 2_000
"""The newest rows of each kind that are looked at, where no table is ordered by what was typed."""
LONGEST: Final = 4_096
"""Characters of a text that can name something."""


class Thing(Value, frozen=True):
    """What an id names. `id` is its key in the world; of a code or a token, whose text is secret, the text itself."""

    kind: ThingKind
    id: str
    consent: str = ""
    """Of a code or a token: the consent that it stands for."""

    @property
    def name(self) -> str:
        """What a page shows of it and a link contains: the id, or the fingerprint of a secret."""
        return fingerprint(self.kind, self.id) if self.secret else self.id

    @property
    def secret(self) -> bool:
        """True if the id itself is a credential."""
        return self.kind in ("code", "access_token", "refresh_token")


def search(world: World, journal: Journal, text: str) -> Iterator[Thing | None]:
    """The things that a text names, in steps: None is a step that found nothing. A thing can come twice."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return
    yield from _by_id(world, journal, text)
    yield from _by_token(world, text)
    yield from (
        Thing("transfer", row.id) if text in (row.id, row.client_oid) else None
        for row in islice(world.everybody.transfers, MOST_ROWS)
    )
    yield from _by_client_oid(world, text)
    if NUMBER.fullmatch(text):
        yield from (
            Thing("trade", text) if text in (str(fill.trade_id), str(fill.number)) else None
            for fill in islice(world.everybody.fills, MOST_ROWS)
        )
    if (match := FINGERPRINT.fullmatch(text)) is not None:
        yield from _by_fingerprint(world, journal, match["kind"] or "", match["digits"])
    if world.user_of(text) is None and text not in world.clients:
        yield from _gone(journal, text)


def _by_client_oid(world: World, text: str) -> Iterator[Thing | None]:
    """The orders and the stop orders that a client gave this id."""
    for trader in islice(world.traders.values(), MOST_ROWS):
        order_id = trader.client_oids.get(text)
        yield Thing("order", order_id) if order_id else None
    for stop in islice(world.stop_orders.values(), MOST_ROWS):
        yield Thing("stop_order", stop.id) if stop.client_oid == text else None


def _gone(journal: Journal, text: str) -> Iterator[Thing | None]:
    """A user or a client that was deleted, if the ring still has a call of theirs."""
    for entry in journal.newest(journal.last):
        subject = entry.outcome.subject
        if text in (subject.user, subject.client):
            yield Thing("user" if text == subject.user else "client", text)
            return
        yield None


def _by_id(world: World, journal: Journal, text: str) -> Iterator[Thing]:
    number = text.removeprefix(f"{world.workspace}/").removeprefix("#")  # `7`, `#7`, and `default/7` of X-Sim-Entry
    if NUMBER.fullmatch(number) and journal.entry(int(number)):
        yield Thing("entry", str(int(number)))
    if user := world.user_of(text):
        yield Thing("user", user.name)
    if text in world.clients:
        yield Thing("client", text)
    if text in Reason.__members__:
        yield Thing("reason", text)
    yield from (Thing("rule", rule) for rule in ([text] if text in rules() else sections().get(text, ())))
    lower = text.lower()
    if code := world.codes.get(lower):
        yield Thing("code", lower, code.consent)
    known: tuple[tuple[ThingKind, object], ...] = (
        ("consent", world.consents.get(lower)),
        ("api_key", world.api_keys.get(text)),
        ("transaction", world.transactions.get(lower)),
        ("withdrawal", world.withdrawals.get(lower)),
        ("deposit", world.deposits.get(lower)),
        ("order", world.orders.get(lower)),
        ("stop_order", world.stop_orders.get(text)),
    )
    rows = [Thing(kind, text if kind in ("api_key", "stop_order") else lower) for kind, row in known if row is not None]
    yield from rows
    if not rows and lower not in world.codes and (kind := minted(world, lower)):
        yield Thing(kind, lower)


@cache
def sections() -> dict[str, list[str]]:
    """The ids of the rules by their section, or their hole in the page."""
    by_section: dict[str, list[str]] = {}
    for rule in rules().values():
        by_section.setdefault(rule.section, []).append(rule.id)
    return by_section


def minted(world: World, text: str) -> ThingKind | None:
    """The kind of an id that this workspace has minted, also if its row is gone; None for another text.

    The id of a code that is gone is not recognized among other texts, because it must not be shown.
    """
    if not OBJECT_ID.fullmatch(text):
        return None
    if text[8:18] == mint.orders_mark(world.workspace):
        return "order"
    if text[8:18] != mint.workspace_mark(world.workspace):
        return None
    kinds: dict[str, ThingKind] = {
        "consent": "consent",
        "api_key": "api_key",
        "transaction": "transaction",
        "withdrawal": "withdrawal",
        "deposit": "deposit",
    }
    return kinds.get(mint.OBJECT_KINDS[int(text[18:], 16) % len(mint.OBJECT_KINDS)])


def _by_token(world: World, text: str) -> Iterator[Thing]:
    token = claims.read(text, mint.token_key(world.seed, world.workspace)) if text.startswith("eyJ") else None
    if token:
        yield Thing("access_token" if token.typ == "access" else "refresh_token", text, token.cns)


def _by_fingerprint(world: World, journal: Journal, kind: str, digits: str) -> Iterator[Thing | None]:
    """The things with a secret of that fingerprint. `kind` "" = of any kind."""
    for secret, thing in chain(_in_journal(journal, world), _in_world(world)):
        word, _, rest = fingerprint(secret[0], secret[1]).partition(":")
        yield thing if rest == digits and kind in ("", word) else None


Secret = tuple[str, str]
"""The kind of a secret, as a fingerprint names it, and its text."""


def _in_journal(journal: Journal, world: World) -> Iterator[tuple[Secret, Thing]]:
    """The tokens that the newest entries have issued: the world does not keep a token that was replaced."""
    key = mint.token_key(world.seed, world.workspace)
    issued_pairs = (
        entry.outcome.result
        for entry in journal.newest(journal.last)
        if isinstance(entry.outcome.result, tokens.TokensIssued)
    )
    for pair in islice(issued_pairs, MOST_ROWS):
        for text in (pair.access_token, pair.refresh_token):
            if token := claims.read(text, key):
                kind: ThingKind = "access_token" if token.typ == "access" else "refresh_token"
                yield (kind, text), Thing(kind, text, token.cns)


def _in_world(world: World) -> Iterator[tuple[Secret, Thing]]:
    """The secrets of the newest rows, each with the thing that it belongs to."""
    for consent in islice(issued.consents(world), MOST_ROWS):
        yield ("code", consent.code), Thing("code", consent.code, consent.id)
        if consent.generation:
            access, refresh = (tokens.encode(world, consent, kind) for kind in tokens.LIFETIMES)
            yield ("access_token", access), Thing("access_token", access, consent.id)
            yield ("refresh_token", refresh), Thing("refresh_token", refresh, consent.id)
    for key in islice(issued.keys(world), MOST_ROWS):
        yield ("api_secret", key.secret), Thing("api_key", key.api_key)
        yield ("passphrase", key.passphrase), Thing("api_key", key.api_key)
    for client in islice(world.clients.values(), MOST_ROWS):
        yield ("client_secret", client.secret), Thing("client", client.client_id)
        yield ("broker_key", client.broker_key), Thing("client", client.client_id)
    for user in islice(world.users.values(), MOST_ROWS):
        yield ("totp_secret", user.totp_secret), Thing("user", user.name)


def distinct(steps: Iterable[Thing | None]) -> list[Thing]:
    """The things of a search, each once."""
    return [*dict.fromkeys(thing for thing in steps if thing is not None)]

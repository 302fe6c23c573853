"""Consents and API keys in the order of issue, newest first: all of them, those of one user, those of one client.

A search reads the fields that never change from an order of its own, and then only the rows that match.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from rpds import HashTrieMap

from simulator.core.world import ApiKey, Consent, Issued, World
from simulator.core.world.stack import Stack, stacked

_ORDER: Final = attrgetter("at", "id")
SLACK: Final = 64
"""An order may have twice as many rows as its table, and this many more, before removed rows are dropped from it."""


def consents(world: World, user: str = "", client: str = "") -> Iterator[Consent]:
    """Consents, the newest first; "" = of any user, of any client."""
    for issued in _selected(world.consent_order, user, client):
        consent = world.consents.get(issued.id)
        if consent and consent.granted_at == issued.at and (consent.user, consent.client_id) == _parties(issued):
            yield consent


def keys(world: World, user: str = "", client: str = "", *, own: bool = False) -> Iterator[ApiKey]:
    """API keys, the newest first; "" = of any user, of any client; `own` = only keys that brokers made themselves."""
    seen: set[str] = set()
    for issued in _selected(world.key_order, user, client):
        if own and not issued.own:
            continue
        key = world.api_keys.get(issued.id)
        same = key and key.created_at == issued.at and (key.user, key.client_id) == _parties(issued)
        if key and same and issued.id not in seen:
            seen.add(issued.id)  # a key that was deleted and created again is in the order twice
            yield key


def _parties(issued: Issued) -> tuple[str, str]:
    return issued.user, issued.client_id


def _selected(order: Stack[Issued], user: str, client: str) -> Iterator[Issued]:
    rows = order.newest(_ORDER)
    if not user and not client:
        return iter(rows)
    if not client:
        return (issued for issued in rows if issued.user == user)
    return (issued for issued in rows if issued.client_id == client and user in ("", issued.user))


def tidied(order: Stack[Issued], table: HashTrieMap[str, ApiKey] | HashTrieMap[str, Consent]) -> Stack[Issued]:
    """The order without removed rows, once these are more than half: so the cost of each removal is constant."""
    if len(order) <= 2 * len(table) + SLACK:
        return order
    rows = {issued.id: issued for issued in order if issued.id in table}
    return stacked(reversed(rows.values()), _ORDER)

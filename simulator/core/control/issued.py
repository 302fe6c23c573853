"""Consents and API keys as they were issued, newest first: of everybody, of one user, through one client.

A walk looks at what never changes of each, and at the rows of those alone that are asked for.
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
"""An order may have twice as many rows as there are, and so many more, before those that are gone are left out."""


def consents(world: World, user: str = "", client: str = "") -> Iterator[Consent]:
    """Consents, the latest first; "" = of everybody, through any client."""
    for issued in _asked(world.consent_order, user, client):
        consent = world.consents.get(issued.id)
        if consent and consent.granted_at == issued.at and (consent.user, consent.client_id) == _parties(issued):
            yield consent


def keys(world: World, user: str = "", client: str = "", *, own: bool = False) -> Iterator[ApiKey]:
    """API keys, the latest first; `own` = only those that brokers made for themselves."""
    seen: set[str] = set()
    for issued in _asked(world.key_order, user, client):
        if own and not issued.own:
            continue
        key = world.api_keys.get(issued.id)
        there = key and key.created_at == issued.at and (key.user, key.client_id) == _parties(issued)
        if key and there and issued.id not in seen:
            seen.add(issued.id)  # a key that was deleted and given again stands there twice
            yield key


def _parties(issued: Issued) -> tuple[str, str]:
    return issued.user, issued.client_id


def _asked(order: Stack[Issued], user: str, client: str) -> Iterator[Issued]:
    rows = order.newest(_ORDER)
    if not user and not client:
        return iter(rows)
    if not client:
        return (issued for issued in rows if issued.user == user)
    return (issued for issued in rows if issued.client_id == client and user in ("", issued.user))


def tidied(order: Stack[Issued], table: HashTrieMap[str, ApiKey] | HashTrieMap[str, Consent]) -> Stack[Issued]:
    """The order, without what is gone once that is more than half: so removing many costs the same for each."""
    if len(order) <= 2 * len(table) + SLACK:
        return order
    rows = {issued.id: issued for issued in order if issued.id in table}
    return stacked(reversed(rows.values()), _ORDER)

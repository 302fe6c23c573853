"""Which calls had to do with a thing: they changed it, they were its user's, or they named it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from simulator.core import mint
from simulator.core.fast_api import claims
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import World
from simulator.evidence.diagnosis.advice import ADVICE
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.lives.things import Thing

TOKEN: Final = re.compile(rb"eyJ[\w.-]{20,4096}")
REDIRECTS: Final = (302, 303)
SWITCHED: Final = 101
"""The status of a handshake that made a websocket."""
TABLES: Final = {
    "user": ("users", "wallets"),
    "client": ("clients",),
    "consent": ("consents",),
    "code": ("codes",),
    "api_key": ("api_keys",),
    "transaction": ("transactions",),
    "withdrawal": ("withdrawals",),
    "deposit": ("deposits",),
    "order": ("orders",),
    "stop_order": ("stop_orders",),
}
"""The tables with the rows of a thing."""

Touches = Callable[[Entry], bool]


def touching(journal: Journal, world: World, thing: Thing, before: int | None = None) -> Iterator[Entry | None]:
    """The entries that had to do with a thing, newest first, in steps: None is an entry that had not.

    `before` = only entries with a smaller number.
    """
    touches = touches_of(world, thing)
    for entry in journal.newest(journal.last):
        if before is None or entry.number < before:
            yield entry if touches(entry) else None


def touches_of(world: World, thing: Thing) -> Touches:
    """The function that says whether an entry had to do with the thing."""
    if thing.kind == "entry":
        return lambda entry: str(entry.number) == thing.id
    if thing.kind == "rule":
        return lambda entry: (reason := _reason(entry)) is not None and thing.id in ADVICE[reason].rules
    if thing.kind == "reason":
        return lambda entry: (reason := _reason(entry)) is not None and reason.name == thing.id
    if thing.kind == "user":
        return lambda entry: entry.outcome.subject.user == thing.id or changed(entry, thing)
    if thing.kind == "client":
        return lambda entry: entry.outcome.subject.client == thing.id or changed(entry, thing)
    if thing.kind == "consent":
        return _of_consent(world, thing)
    names = naming(thing.id)
    if thing.kind == "order" and (order := world.orders.get(thing.id)) is not None and order.client_oid:
        by_client_oid, user = naming(order.client_oid), order.user
        return lambda entry: (
            names(entry) or changed(entry, thing) or (entry.outcome.subject.user == user and by_client_oid(entry))
        )
    if thing.kind == "api_key":
        key = thing.id.encode()
        return lambda entry: entry.request.headers.get(b"kc-api-key") == key or names(entry) or changed(entry, thing)
    return lambda entry: names(entry) or changed(entry, thing)


def _reason(entry: Entry) -> Reason | None:
    result = entry.outcome.result
    return result.reason if isinstance(result, Refusal) else None


def _of_consent(world: World, thing: Thing) -> Touches:
    """Calls with one of the consent's tokens or its code, and those that changed it."""
    consent, key = world.consents.get(thing.id), mint.token_key(world.seed, world.workspace)
    if consent is None:
        return lambda entry: changed(entry, thing)
    user, client, names = consent.user, consent.client_id, naming(consent.code)

    def touches(entry: Entry) -> bool:
        subject = entry.outcome.subject
        if subject.user != user or subject.client != client:
            return changed(entry, thing)
        if names(entry) or changed(entry, thing):
            return True
        texts = (entry.request.headers.get(b"authorization", b""), entry.request.body)
        candidates = (match[0].decode() for text in texts if b"eyJ" in text for match in TOKEN.finditer(text[:8192]))
        return any((token := claims.read(text, key)) and token.cns == consent.id for text in candidates)

    return touches


def changed(entry: Entry, thing: Thing) -> bool:
    """True if the call changed a row of the thing."""
    if entry.after is entry.before:
        return False
    if thing.kind == "transfer":
        return any(
            table == "transfers" and (row := entry.after.transfers.get(key)) is not None and row.id == thing.id
            for table, key in entry.after.touched or ()
        )
    tables = TABLES.get(thing.kind, ())
    return any(key == thing.id and table in tables for table, key in entry.after.touched or ())


def naming(text: str) -> Touches:
    """The function that says whether a call's request or answer contains the text, where an id or a token can stand."""
    raw = text.encode()

    def names(entry: Entry) -> bool:
        request, answer = entry.request, entry.answer
        return (
            raw in request.body
            or raw in answer.body
            or text in request.path
            or text in request.query
            or raw in request.headers.get(b"authorization", b"")
            or (answer.status in REDIRECTS and any(raw in value for _, value in answer.headers))
        )

    return names


def opens_websocket(entry: Entry) -> bool:
    """True if the call was a handshake, and its connection became a websocket."""
    return entry.answer.status == SWITCHED

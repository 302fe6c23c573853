"""The life of a thing: what happened to it and when, on both clocks, what is still to come, and the money it moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.control import events, issued
from simulator.core.control.events import Event
from simulator.core.funds import ledger
from simulator.core.funds.ledger import Movement
from simulator.core.funds.limits import LENGTHS
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Value
from simulator.core.world import Consent, Withdrawal, World
from simulator.evidence.diagnosis.advice import ADVICE
from simulator.evidence.journal import Entry
from simulator.evidence.lives import orders
from simulator.evidence.lives.things import Thing
from simulator.evidence.lives.touches import TABLES, changed, opens_websocket

MOST: Final = 50
"""Rows of each kind that a life shows: the newest ones."""
MOST_ROWS: Final = 2_000
"""Rows that are looked at to find them, where no table is ordered by what is looked for."""


class LifeMoment(Value, frozen=True):
    """Something that happened to a thing. `business` is ms of the business clock; `wall` ms, None = unknown.

    `entry` is the number of the call that did it, 0 = no call of the ring. `outcome` is that of the call.
    """

    business: int
    text: str
    wall: int | None = None
    entry: int = 0
    outcome: str = ""


class Life(Value, frozen=True):
    """The life of a thing. `row` is its row in the world, or the last one that an entry has; None = there is none.

    `moments` are in order, oldest first. `events` are those still to come, soonest first. `movements` are newest first.
    """

    thing: Thing
    row: Any
    gone: bool
    """True if the world does not have the row any more."""
    moments: tuple[LifeMoment, ...]
    events: tuple[Event, ...]
    movements: tuple[Movement, ...]
    related: tuple[Thing, ...]


def life_of(world: World, now: int, thing: Thing, entries: Iterable[Entry] = ()) -> Life:
    """The life of a thing at the business instant `now`, ms. `entries` are calls that touched it, newest first."""
    entries = list(entries)
    row = _row(world, thing)
    gone = row is None and thing.kind in TABLES
    if gone:
        row = next((last for entry in entries if (last := _row(entry.before, thing)) is not None), None)
    return Life(
        thing,
        row,
        gone,
        tuple(_with_calls(sorted(_moments(world, thing, row), key=lambda moment: moment.business), entries, thing)),
        () if gone else tuple(_events(world, now, thing, row)),
        tuple(_movements(world, thing, row)),
        tuple(related(world, thing, row)),
    )


def _row(world: World, thing: Thing) -> Any:
    """The row of a thing; of a code or a token that of its consent."""
    if thing.consent:
        return world.consents.get(thing.consent)
    if thing.kind == "transfer":
        rows = islice(world.everybody.transfers, MOST_ROWS)
        return next((row for row in rows if row.id == thing.id), None)
    if thing.kind == "trade":
        fills = islice(world.everybody.fills, MOST_ROWS)
        return next((fill for fill in fills if thing.id in (str(fill.trade_id), str(fill.number))), None)
    return getattr(world, TABLES[thing.kind][0]).get(thing.id) if thing.kind in TABLES else None


# --- what happened
def _moments(world: World, thing: Thing, row: Any) -> Iterator[LifeMoment]:
    """What the row itself says: this is known also if the ring has dropped the calls."""
    if row is None:
        return
    if thing.consent or thing.kind == "consent":
        yield LifeMoment(row.granted_at, f"{row.user} granted it to {row.client_id}")
        if row.generation:
            pair = "the code was exchanged" if row.generation == 1 else f"pair {row.generation} of tokens was issued"
            yield LifeMoment(row.issued_at, pair)
    elif thing.kind == "user":
        yield LifeMoment(row.registered_at, "registered")
    elif thing.kind == "api_key":
        yield LifeMoment(row.created_at, f"created by {row.made_by.value}")
    elif thing.kind == "transaction":
        yield LifeMoment(row.issued_at, f"waits for the second factors of {row.user}")
    elif thing.kind == "transfer":
        yield LifeMoment(row.created_at, f"{_amount(row)} moved from {row.source} to {row.target}")
    elif thing.kind == "deposit":
        yield LifeMoment(row.created_at, f"{_amount(row)} arrived with {row.confirmed} of {row.confirms} confirmations")
        if row.status.value == "SUCCESS":
            yield LifeMoment(row.updated_at, f"credited to the account {row.account}")
    elif thing.kind == "withdrawal":
        yield LifeMoment(row.created_at, f"accepted: {money.plain(row.debit)} {row.payment.currency} held")
        if row.updated_at != row.created_at or row.status.final:
            yield LifeMoment(row.updated_at, row.status.value)
    elif thing.kind in orders.KINDS:
        yield from (LifeMoment(at, text) for at, text in orders.moments(world, thing.kind, row, MOST))


def _amount(row: Any) -> str:
    return f"{money.plain(row.amount)} {row.currency}"


def _with_calls(moments: list[LifeMoment], entries: list[Entry], thing: Thing) -> list[LifeMoment]:
    """The moments of the row with the call that made each, and a moment for every other call, oldest first."""
    timeline: list[LifeMoment] = []
    makers: dict[int, list[Entry]] = {}
    for entry in reversed(entries):
        if changed(entry, _owner(thing)):
            makers.setdefault(entry.outcome.now.business, []).append(entry)
    for moment in moments:
        if at_once := makers.get(moment.business):  # while the clock stands still, the calls come in the same order
            maker = at_once.pop(0) if len(at_once) > 1 else at_once[0]
            now, word = maker.outcome.now, maker.outcome.word
            timeline.append(replace(moment, wall=now.wall, entry=maker.number, outcome=word))
        else:
            timeline.append(moment)
    known = {moment.entry for moment in timeline}
    calls = [_moment_of(entry, thing) for entry in entries if entry.number not in known]
    return sorted((*timeline, *calls), key=lambda moment: (moment.business, moment.entry))


def _owner(thing: Thing) -> Thing:
    """The thing whose row changes when a code or a token comes to be: its consent."""
    return Thing("consent", thing.consent) if thing.consent else thing


def _moment_of(entry: Entry, thing: Thing) -> LifeMoment:
    outcome = entry.outcome
    result = outcome.result
    unnamed = "a websocket was opened" if opens_websocket(entry) else "a call that was no command"
    operation = outcome.operation or unnamed
    did = " changed it" if changed(entry, _owner(thing)) else ""
    text = f"{operation} was refused: {result.reason.name}" if isinstance(result, Refusal) else f"{operation}{did}"
    return LifeMoment(outcome.now.business, text, outcome.now.wall, entry.number, outcome.word)


# --- what is still to come
def _events(world: World, now: int, thing: Thing, row: Any) -> list[Event]:
    ahead = [event for event in _all_events(world, thing, row) if event.at > now]
    return sorted(ahead, key=lambda event: (event.at, events.ORDER.index(event.kind), event.of))[:MOST]


def _all_events(world: World, thing: Thing, row: Any) -> Iterator[Event]:
    if thing.kind in ("user", "client"):
        for other in related(world, thing, row):
            if other.kind in ("consent", "transaction", "withdrawal", "deposit", "order"):
                yield from _all_events(world, other, _row(world, other))
    if thing.kind == "user":
        for name in LENGTHS:
            window = world.window(thing.id, name)
            yield from events.of_window(window) if window else ()
    elif row is None:
        return
    elif isinstance(row, Consent):
        kinds = {"access_token": "access_token_expiry", "refresh_token": "refresh_token_expiry"}
        only = kinds.get(thing.kind, "")
        yield from (event for event in events.of_consent(world, row) if only in ("", event.kind.value))
    elif thing.kind == "transaction":
        yield events.of_transaction(world, row)
    elif thing.kind == "withdrawal":
        yield from events.of_withdrawal(world, row)
    elif thing.kind == "deposit":
        yield from events.of_deposit(world, row)
    elif thing.kind == "order":
        yield from orders.events_of(world, row)


# --- the money that it moved
def _movements(world: World, thing: Thing, row: Any) -> list[Movement]:
    if thing.kind == "user":
        return ledger.movements(world, thing.id, MOST) if thing.id in world.users else []
    if row is None:
        return []
    if thing.kind == "withdrawal":
        return ledger.of_withdrawal(world, row)
    if thing.kind == "deposit":
        return ledger.of_deposit(world, row)
    if thing.kind == "transfer":
        return ledger.of_transfer(world, row)
    if thing.kind == "order":
        return ledger.of_order(world, row, MOST)
    if thing.kind == "trade":
        return ledger.of_fill(world, row)
    if thing.kind == "api_key":
        paid = islice((row for row in _withdrawals(world, row.user) if row.api_key == thing.id), MOST)
        return [movement for withdrawal in paid for movement in ledger.of_withdrawal(world, withdrawal)]
    return []


def _withdrawals(world: World, user: str) -> Iterator[Withdrawal]:
    """The newest withdrawals of a user, newest first."""
    for held in islice(world.statement(user).withdrawals, MOST_ROWS):
        if withdrawal := world.withdrawals.get(held.id):
            yield withdrawal


# --- what it has to do with
def related(world: World, thing: Thing, row: Any) -> list[Thing]:
    """The things that a thing belongs to or that belong to it: at most `MOST` of each kind."""
    if thing.kind == "user":
        return [] if row is None else [*_of_user(world, thing.id)]
    if thing.kind == "reason":
        return [Thing("rule", rule) for rule in ADVICE[Reason[thing.id]].rules]
    if thing.kind == "rule":
        return [Thing("reason", reason.name) for reason in Reason if thing.id in ADVICE[reason].rules][:MOST]
    if thing.kind == "client":
        consents = islice(issued.consents(world, client=thing.id), MOST)
        keys = islice(issued.keys(world, client=thing.id), MOST)
        return [*(Thing("consent", one.id) for one in consents), *(Thing("api_key", one.api_key) for one in keys)]
    if row is None:
        return []
    things = [Thing("user", row.user)]
    if isinstance(row, Consent):
        things += [Thing("client", row.client_id)]
        things += [Thing("consent", row.id)] if thing.consent else [Thing("code", row.code, row.id)]
        return things
    if thing.kind == "api_key":
        things += [Thing("client", row.client_id)] if row.client_id else []
        made = islice((one for one in _withdrawals(world, row.user) if one.api_key == thing.id), MOST)
        return [*things, *(Thing("withdrawal", one.id) for one in made)]
    if thing.kind == "trade":
        return [*things, Thing("order", row.order_id)]
    if thing.kind in ("transaction", "withdrawal", "order", "stop_order"):
        things += [Thing("api_key", row.api_key)]
    if thing.kind in ("order", "stop_order"):
        things += [Thing("client", row.client_id)] if row.client_id else []
    if thing.kind == "order":
        things += [Thing("trade", str(fill.trade_id)) for fill in islice(row.fills, MOST)]
    if thing.kind == "stop_order":
        things += [Thing("order", row.order_id)] if row.order_id else []
    if thing.kind == "withdrawal":
        things += [Thing("client", row.client_id)] if row.client_id else []
        things += [Thing("user", row.recipient)] if row.recipient else []
    return things


def _of_user(world: World, user: str) -> Iterator[Thing]:
    clients = (client for client in islice(world.clienteles.values(), MOST_ROWS) if user in client.users)
    yield from (Thing("client", client.client_id) for client in islice(clients, MOST))
    newest = islice(world.consent_order, MOST_ROWS)
    consents = (one for one in newest if one.user == user and one.id in world.consents)
    yield from (Thing("consent", one.id) for one in islice(consents, MOST))
    keys = islice(world.key_ring(user).names.values(), MOST)
    yield from (Thing("api_key", key) for key in keys)
    line = world.transaction_order
    waiting = filter(None, (line.at(len(line) - 1 - place) for place in range(min(len(line), MOST_ROWS))))
    transactions = (one for name in waiting if (one := world.transactions.get(name)) and one.user == user)
    yield from (Thing("transaction", one.id) for one in islice(transactions, MOST))
    statement = world.statement(user)
    yield from (Thing("withdrawal", held.id) for held in islice(statement.withdrawals, MOST))
    yield from (Thing("deposit", held.id) for held in islice(statement.deposits, MOST))
    yield from (Thing("transfer", row.id) for row in islice(statement.transfers, MOST))
    yield from (Thing("order", name) for name in islice(orders.newest(world, user), MOST))

"""Events that will happen by the passing of time alone: expiries, windows that end, withdrawals that settle.

Nothing is scheduled anywhere: a rule compares an instant with the clock when a call comes. The functions here compute
when that will change something, and change nothing themselves. Each call reads everything in the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, unique

from simulator.core.choices import After
from simulator.core.fast_api.tokens import LIFETIMES
from simulator.core.funds.arrivals import credited_at
from simulator.core.funds.limits import LENGTHS
from simulator.core.funds.settlement import settles_by_itself
from simulator.core.ordering import in_order
from simulator.core.value import Value
from simulator.core.world import World


@unique
class EventKind(Enum):
    """The kinds of events. Events at the same instant come in this order."""

    SETTLEMENT = "settlement"
    DEPOSIT = "deposit"
    AUTHORIZATION_CODE_EXPIRY = "authorization_code_expiry"
    ACCESS_TOKEN_EXPIRY = "access_token_expiry"
    REFRESH_TOKEN_EXPIRY = "refresh_token_expiry"
    TRANSACTION_EXPIRY = "transaction_expiry"
    WINDOW_END = "window_end"


ORDER = list(EventKind)


class Event(Value, frozen=True):
    """Something that happens at the instant `at`, ms of the business clock.

    `of` is the object of the event: the id of a consent, transaction, withdrawal or deposit, or a window's name.
    `user` and `client` are those of the object; "" = unknown or none.
    """

    kind: EventKind
    at: int
    of: str
    user: str = ""
    client: str = ""


def _order(event: Event) -> tuple[int, int, str]:
    return event.at, ORDER.index(event.kind), event.of


def pending(world: World, now: int, user: str = "", client: str = "") -> list[Event]:
    """The events after `now`, soonest first; only those of one user and one client unless these are ""."""
    return list(
        in_order(
            (
                event
                for event in _all_events(world)
                if event.at > now and user in ("", event.user) and client in ("", event.client)
            ),
            _order,
        )
    )


def passed(world: World, begin: int, end: int) -> Iterator[Event]:
    """The events after `begin` and up to `end`, in order. `world` is the world at `begin`."""
    return in_order((event for event in _all_events(world) if begin < event.at <= end), _order)


def _all_events(world: World) -> Iterator[Event]:
    yield from _of_consents(world)
    for transaction in world.transactions.values():
        end = transaction.issued_at + world.choices.transaction_lifetime
        client = _client(world, transaction.api_key)
        yield Event(EventKind.TRANSACTION_EXPIRY, end, transaction.id, transaction.user, client)
    for window in world.windows.values():
        for instant in dict.fromkeys(window.instants or (window.opened_at,)):  # each end makes room in the window
            yield Event(EventKind.WINDOW_END, instant + LENGTHS[window.name], window.name, window.user)
    yield from _settlements(world)
    for line in world.arriving.values():
        for deposit_id in line.places.values():
            deposit = world.deposits[deposit_id]
            yield Event(EventKind.DEPOSIT, credited_at(world, deposit), deposit_id, deposit.user)


def _of_consents(world: World) -> Iterator[Event]:
    """The expiry of each code that was not exchanged, and of the tokens of each one that was."""
    for consent in world.consents.values():
        of = (consent.id, consent.user, consent.client_id)
        if consent.revoked:
            continue
        if not consent.generation:
            end = consent.granted_at + world.choices.authorization_code_lifetime
            yield Event(EventKind.AUTHORIZATION_CODE_EXPIRY, end, *of)
            continue
        yield Event(EventKind.ACCESS_TOKEN_EXPIRY, consent.issued_at + LIFETIMES["access"], *of)
        yield Event(EventKind.REFRESH_TOKEN_EXPIRY, consent.issued_at + LIFETIMES["refresh"], *of)


def _settlements(world: World) -> Iterator[Event]:
    delay = world.choices.settlement
    if not isinstance(delay, After):
        return
    for withdrawal_id in world.unsettled.places.values():
        withdrawal = world.withdrawals[withdrawal_id]
        if settles_by_itself(withdrawal):
            due = withdrawal.created_at + delay.milliseconds
            client = _client(world, withdrawal.api_key)
            yield Event(EventKind.SETTLEMENT, due, withdrawal.id, withdrawal.user, client)


def _client(world: World, api_key: str) -> str:
    """The client of a key; "" if the key was deleted."""
    key = world.api_keys.get(api_key)
    return key.client_id if key else ""

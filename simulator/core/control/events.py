"""What time alone will bring about, read off a world: expiries, windows that close, withdrawals that settle.

Nothing is scheduled anywhere: a rule compares an instant with the clock when somebody calls. So these are answers to
"when would that change?", and asking changes nothing. Each question looks at everything in the world.
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
class Kind(Enum):
    """What can happen by itself. Events of one instant come in this order."""

    SETTLEMENT = "settlement"
    DEPOSIT = "deposit"
    AUTHORIZATION_CODE_EXPIRY = "authorization_code_expiry"
    ACCESS_TOKEN_EXPIRY = "access_token_expiry"
    REFRESH_TOKEN_EXPIRY = "refresh_token_expiry"
    TRANSACTION_EXPIRY = "transaction_expiry"
    WINDOW_END = "window_end"


ORDER = list(Kind)


class Event(Value, frozen=True):
    """Something that happens at `at`, ms of the business clock: from then on it is so.

    `of` is what it happens to: the id of a consent, transaction, withdrawal or deposit, a window's name; "" = unknown.
    """

    kind: Kind
    at: int
    of: str
    user: str = ""
    client: str = ""


def _order(event: Event) -> tuple[int, int, str]:
    return event.at, ORDER.index(event.kind), event.of


def pending(world: World, now: int, user: str = "", client: str = "") -> list[Event]:
    """What will happen after `now`, soonest first, to everybody or to one user, through one client."""
    return list(
        in_order(
            (
                event
                for event in _every(world)
                if event.at > now and user in ("", event.user) and client in ("", event.client)
            ),
            _order,
        )
    )


def passed(world: World, begin: int, end: int) -> Iterator[Event]:
    """What happens after `begin` and by `end`, in order. `world` is as it was at the beginning."""
    return in_order((event for event in _every(world) if begin < event.at <= end), _order)


def _every(world: World) -> Iterator[Event]:
    yield from _of_consents(world)
    for transaction in world.transactions.values():
        end = transaction.issued_at + world.choices.transaction_lifetime
        client = _client(world, transaction.api_key)
        yield Event(Kind.TRANSACTION_EXPIRY, end, transaction.id, transaction.user, client)
    for window in world.windows.values():
        for instant in dict.fromkeys(window.instants or (window.opened_at,)):  # at each there is room again
            yield Event(Kind.WINDOW_END, instant + LENGTHS[window.name], window.name, window.user)
    yield from _settlements(world)
    for line in world.arriving.values():
        for waiting in line.places.values():
            deposit = world.deposits[waiting]
            yield Event(Kind.DEPOSIT, credited_at(world, deposit), waiting, deposit.user)


def _of_consents(world: World) -> Iterator[Event]:
    """A code that has bought nothing expires; one that has, is over, and its live pair expires."""
    for consent in world.consents.values():
        of = (consent.id, consent.user, consent.client_id)
        if consent.revoked:
            continue
        if not consent.generation:
            end = consent.granted_at + world.choices.authorization_code_lifetime
            yield Event(Kind.AUTHORIZATION_CODE_EXPIRY, end, *of)
            continue
        yield Event(Kind.ACCESS_TOKEN_EXPIRY, consent.issued_at + LIFETIMES["access"], *of)
        yield Event(Kind.REFRESH_TOKEN_EXPIRY, consent.issued_at + LIFETIMES["refresh"], *of)


def _settlements(world: World) -> Iterator[Event]:
    delay = world.choices.settlement
    if not isinstance(delay, After):
        return
    for waiting in world.unsettled.places.values():
        each = world.withdrawals[waiting]
        if settles_by_itself(each):
            due = each.created_at + delay.milliseconds
            yield Event(Kind.SETTLEMENT, due, each.id, each.user, _client(world, each.api_key))


def _client(world: World, api_key: str) -> str:
    """Whose key it is, "" when the key is gone."""
    key = world.api_keys.get(api_key)
    return key.client_id if key else ""

"""Events that will happen by the passing of time alone: expiries, windows that end, withdrawals that settle.

Only what happens to orders is scheduled, in the world's agenda: for everything else, a rule compares an instant with
the clock when a call comes. The functions here compute when that will change something, and change nothing themselves.
Each call reads everything in the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, unique

from simulator.core.choices import After
from simulator.core.fast_api.tokens import LIFETIMES
from simulator.core.funds.arrivals import credited_at
from simulator.core.funds.limits import LENGTHS
from simulator.core.funds.settlement import settles_at, settles_by_itself
from simulator.core.ordering import in_order
from simulator.core.value import Value
from simulator.core.world import Consent, Deposit, DepositStatus, Due, DueKind, Transaction, Window, Withdrawal, World


@unique
class EventKind(Enum):
    """The kinds of events. Events at the same instant come in this order."""

    SETTLEMENT = "settlement"
    DEPOSIT = "deposit"
    PLAN_STEP = "plan_step"
    ORDER_EXPIRY = "order_expiry"
    DEAD_MAN_SWITCH = "dead_man_switch"
    ORDER_REPORT = "order_report"
    AUTHORIZATION_CODE_EXPIRY = "authorization_code_expiry"
    ACCESS_TOKEN_EXPIRY = "access_token_expiry"
    REFRESH_TOKEN_EXPIRY = "refresh_token_expiry"
    TRANSACTION_EXPIRY = "transaction_expiry"
    WINDOW_END = "window_end"


ORDER = list(EventKind)


class Event(Value, frozen=True):
    """Something that happens at the instant `at`, ms of the business clock.

    `of` is the object of the event: the id of a consent, transaction, withdrawal, deposit or order, a window's name, or
    the user whose orders a dead man's switch cancels.
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
    for consent in world.consents.values():
        yield from of_consent(world, consent)
    for transaction in world.transactions.values():
        yield of_transaction(world, transaction)
    for window in world.windows.values():
        yield from of_window(window)
    if isinstance(world.choices.settlement, After):
        for withdrawal_id in world.unsettled.places.values():
            yield from of_withdrawal(world, world.withdrawals[withdrawal_id])
    for line in world.arriving.values():
        for deposit_id in line.places.values():
            yield from of_deposit(world, world.deposits[deposit_id])
    for due in world.agenda.entries.values():
        yield of_due(world, due)


def of_consent(world: World, consent: Consent) -> Iterator[Event]:
    """The expiry of a code that was not exchanged, or of the tokens that it was exchanged for."""
    of = (consent.id, consent.user, consent.client_id)
    if consent.revoked:
        return
    if not consent.generation:
        end = consent.granted_at + world.choices.authorization_code_lifetime
        yield Event(EventKind.AUTHORIZATION_CODE_EXPIRY, end, *of)
        return
    yield Event(EventKind.ACCESS_TOKEN_EXPIRY, consent.issued_at + LIFETIMES["access"], *of)
    yield Event(EventKind.REFRESH_TOKEN_EXPIRY, consent.issued_at + LIFETIMES["refresh"], *of)


def of_transaction(world: World, transaction: Transaction) -> Event:
    """The expiry of a withdrawal that waits for its second factors."""
    end = transaction.issued_at + world.choices.transaction_lifetime
    client = _client(world, transaction.api_key)
    return Event(EventKind.TRANSACTION_EXPIRY, end, transaction.id, transaction.user, client)


def of_window(window: Window) -> Iterator[Event]:
    """The ends of a rolling limit: each makes room in the window."""
    for instant in dict.fromkeys(window.instants or (window.opened_at,)):
        yield Event(EventKind.WINDOW_END, instant + LENGTHS[window.name], window.name, window.user)


def of_withdrawal(world: World, withdrawal: Withdrawal) -> Iterator[Event]:
    """The settlement of a withdrawal, if it settles by the passing of time."""
    delay = world.choices.settlement
    if isinstance(delay, After) and settles_by_itself(withdrawal):
        due = settles_at(withdrawal, delay)
        client = _client(world, withdrawal.api_key)
        yield Event(EventKind.SETTLEMENT, due, withdrawal.id, withdrawal.user, client)


def of_deposit(world: World, deposit: Deposit) -> Iterator[Event]:
    """The credit of a deposit that waits for confirmations."""
    if deposit.status is DepositStatus.PROCESSING:
        yield Event(EventKind.DEPOSIT, credited_at(world, deposit), deposit.id, deposit.user)


def of_due(world: World, due: Due) -> Event:
    """A step of an order's plan, its expiry, a late report of it, or the cancellation of a user's orders."""
    kind = EventKind(due.kind.value)
    if due.kind is DueKind.DEAD_MAN_SWITCH:
        return Event(kind, due.at, due.of, due.of)
    order = world.orders[due.of]
    return Event(kind, due.at, due.of, order.user, order.client_id)


def _client(world: World, api_key: str) -> str:
    """The client of a key; "" if the key was deleted."""
    key = world.api_keys.get(api_key)
    return key.client_id if key else ""

"""Checks that the parts of an imported state fit together: every reference must lead to an existing row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, pairwise
from typing import Final

from simulator.core.endpoints import CALLS
from simulator.core.spec import ACCOUNT_WINDOWS
from simulator.core.staged import details_of
from simulator.core.world import DepositStatus, Line, World, identities_of
from simulator.exchange import State
from simulator.messages import BODILESS
from simulator.scenario.format.scalars import HOLD_ORDER
from simulator.scenario.staging.armed import Armed, Standing
from simulator.scenario.staging.faults import MOST_HELD, Hold
from simulator.scenario.staging.strikes import obstacles
from simulator.state import statements, totals, trading
from simulator.state.limits import scalar
from simulator.state.totals import Mismatch

Reference = tuple[str, str, object, Collection[object]]
"""(row, its field, the name that it refers to, the existing names)."""
TABLE_OF: Final = {
    "user": "users",
    "recipient": "users",
    "client_id": "clients",
    "consent": "consents",
    "api_key": "api_keys",
    "currency": "currencies",
    "place": "rows of the line's table",
}


def problems(state: State) -> Iterator[Mismatch]:
    """All mismatches, found lazily."""
    world = state.world
    for row, field, name, existing in _references(world):
        if name not in existing:
            yield f".world.{row}.{field}", f"{name} is none of the {TABLE_OF[field]}"
    yield from _identities(world)
    yield from _codes(world)
    yield from _currencies(world)
    yield from _trades(world)
    yield from _windows(world)
    yield from _line("transaction_order", world.transaction_order)
    yield from _line("unsettled", world.unsettled)
    yield from _arriving(world)
    yield from statements.problems(world)
    yield from totals.problems(world)
    yield from trading.problems(world)
    waiting = set(world.transaction_order.places.values())
    for name in world.transactions:
        if name not in waiting:
            yield f".world.transactions[{name}]", "is missing in transaction_order, so that it would never be dropped"
    yield from _staging(state.mark.staging)


def _references(world: World) -> Iterator[Reference]:
    for name, consent in world.consents.items():
        yield f"consents[{name}]", "user", consent.user, world.users
        yield f"consents[{name}]", "client_id", consent.client_id, world.clients
    for name, code in world.codes.items():
        yield f"codes[{name}]", "consent", code.consent, world.consents
    for name, key in world.api_keys.items():
        yield f"api_keys[{name}]", "user", key.user, world.users
        if key.made_by.of_a_broker:
            yield f"api_keys[{name}]", "client_id", key.client_id, world.clients
    for user, wallet in world.wallets.items():
        yield f"wallets[{user}]", "user", user, world.users
        for account in wallet.every:
            yield f"wallets[{user}]", "currency", account.currency, world.currencies
    for user in world.message_boxes:
        yield f"message_boxes[{user}]", "user", user, world.users
    for window in world.windows.values():
        yield f"windows[{window.user}]", "user", window.user, world.users
    for name, transaction in world.transactions.items():
        yield f"transactions[{name}]", "user", transaction.user, world.users
        yield f"transactions[{name}]", "api_key", transaction.api_key, world.api_keys
    for name, withdrawal in world.withdrawals.items():  # past ones stay when their user goes
        yield f"withdrawals[{name}]", "currency", withdrawal.payment.currency, world.currencies
        if not withdrawal.status.final:
            yield f"withdrawals[{name}]", "user", withdrawal.user, world.users
            if withdrawal.recipient is not None:
                yield f"withdrawals[{name}]", "recipient", withdrawal.recipient, world.users
    for name, deposit in world.deposits.items():
        yield f"deposits[{name}]", "user", deposit.user, world.users
        yield f"deposits[{name}]", "currency", deposit.currency, world.currencies
    for user, client_oid in world.transfers:
        yield f"transfers[{client_oid}]", "user", user, world.users
    for user in world.deposit_books:
        yield f"deposit_books[{user}]", "user", user, world.users
    for user, statement in world.statements.items():
        yield f"statements[{user}]", "user", user, world.users
        for row in (*statement.given, *statement.taken):
            yield f"statements[{user}]", "user", row.user, (user,)
            yield f"statements[{user}]", "currency", row.currency, world.currencies
    yield from _of_brokers(world)
    for place, name in world.unsettled.places.items():
        yield f"unsettled[{place}]", "place", name, world.withdrawals


def _of_brokers(world: World) -> Iterator[Reference]:
    for name, client in world.clients.items():
        for user in client.invited:
            yield f"clients[{name}].invited", "user", user, world.users
    for name, book in world.broker_books.items():
        yield f"broker_books[{name}]", "client_id", name, world.clients
        for place, trade in enumerate(book.trades):
            yield f"broker_books[{name}].trades[{place}]", "user", trade.user, world.users


def _trades(world: World) -> Iterator[Mismatch]:
    """Mismatches of a book's trades: their numbers and times must rise, because pages continue from a number."""
    for name, book in world.broker_books.items():
        for place, (one, other) in enumerate(pairwise(book.trades), 1):
            if not (one.number < other.number and one.at <= other.at):
                yield f".world.broker_books[{name}].trades[{place}]", "must be later than the one before it"


def _windows(world: World) -> Iterator[Mismatch]:
    """Mismatches of sliding windows: their instants are in order, and no more than the window lets pass."""
    most = {f"withdrawals {name}": times for name, _, times in ACCOUNT_WINDOWS}
    for (user, name), window in world.windows.items():
        instants, place = window.instants, f".world.windows[{user}].instants"
        if len(instants) > most.get(name, 0):
            yield place, f"must be at most {most.get(name, 0)} times"
        elif any(one > other for one, other in pairwise(instants)):
            yield place, "must be in the order of time"
        elif instants and (instants[0], len(instants)) != (window.opened_at, int(window.used)):
            yield place, "must begin with opened_at, and be as many as used"


def _identities(world: World) -> Iterator[Mismatch]:
    """Mismatches of identities: each must lead to exactly the one user who has it."""
    holders: dict[str, str] = {}
    for name, user in world.users.items():
        created = (address.identity for address in world.deposit_book(name).addresses)
        for identity in chain(identities_of(user), created):
            if holders.setdefault(identity, name) != name:
                yield f".world.users[{name}]", f"{identity} is {holders[identity]}'s already"
    others = (identity for identity in world.identities if identity not in holders)
    for identity in chain(holders, others):  # a set of both would be made in one step
        if holders.get(identity) != world.identities.get(identity):
            yield (
                f".world.identities[{identity}]",
                f"must lead to {holders[identity]}" if identity in holders else "is no user's identity",
            )


def _codes(world: World) -> Iterator[Mismatch]:
    for name, code in world.codes.items():
        consent = world.consents.get(code.consent)
        if consent and consent.code != name:
            yield f".world.codes[{name}].consent", f"{code.consent} has another code"


def _currencies(world: World) -> Iterator[Mismatch]:
    for name, currency in world.currencies.items():
        if (currency.chains or currency.default_chain) and currency.chain(currency.default_chain) is None:
            yield f".world.currencies[{name}].default_chain", f"{currency.default_chain!r} is none of its chains"


def _line(name: str, line: Line) -> Iterator[Mismatch]:
    if not all(line.first <= place < line.first + len(line) for place in line.places):
        yield f".world.{name}", "its places do not follow one another from `first` on"


def _arriving(world: World) -> Iterator[Mismatch]:
    """Mismatches of `arriving`: it must list the uncredited deposits by missing confirmations, the oldest first."""
    deposits, lines = world.deposits.items(), world.arriving.items()
    waiting = {name: deposit.missing for name, deposit in deposits if deposit.status is DepositStatus.PROCESSING}
    listed = ((name, missing) for missing, line in lines for name in line.places.values())
    if any(waiting.pop(name, None) != missing for name, missing in listed) or waiting:
        yield ".world.arriving", "has not exactly the deposits that are PROCESSING, each by the number that it misses"
        return
    for missing, line in lines:
        if gaps := list(_line(f"arriving[{missing}]", line)):
            yield from gaps
            continue
        if not line:
            yield f".world.arriving[{missing}]", "is an empty line; leave it out"
        since = (world.deposits[line.places[line.first + place]].created_at for place in range(len(line)))
        if any(later < earlier for earlier, later in pairwise(since)):
            yield f".world.arriving[{missing}]", "does not begin with the oldest"


def _staging(staging: Standing) -> Iterator[Mismatch]:
    if staging.login.mode == "auto" and len(staging.login.decisions) != 1:
        yield ".staging.login.decisions", "must be exactly one decision, because it is made at each login"
    for place, armed in enumerate(staging.faults):
        for problem in _fault(armed):
            yield f".staging.armed[{place}].fault", problem
        if not (0 < armed.key <= staging.last and armed.id == f"f{armed.key}"):
            yield f".staging.armed[{place}].id", f"must be one of f1 to f{staging.last}, each once"


def _fault(armed: Armed) -> Iterable[str]:
    """What is wrong with a fault, by the rules of the scenario reader."""
    fault = armed.fault
    if fault.refuse and fault.refuse not in CALLS[fault.operation].refusals:
        yield f"{fault.operation} is never refused with {fault.refuse.name}"
    elif fault.refuse and sorted(name for name, _ in fault.details) != sorted(details_of(fault.refuse)):
        yield f"the text of {fault.refuse.name} needs {' and '.join(details_of(fault.refuse)) or 'no details'}"
    if sum(map(bool, (fault.refuse, fault.respond, fault.network))) > 1:
        yield "has more than one of refuse, respond and network"
    if fault.respond and fault.respond.status in BODILESS and fault.respond.body:
        yield f"an answer with status {fault.respond.status} has no body"
    if fault.hold and (problem := _hold(fault.hold)):
        yield problem
    for key, problem in obstacles(fault.effects, fault.at, fault.delay or None, fault.advance or None):
        yield f"{key}: {problem}"


def _hold(hold: Hold) -> str:
    """What is wrong with how calls are parked; "" = nothing."""
    if not 2 <= hold.until <= MOST_HELD:
        return f"hold needs 2 to {MOST_HELD} calls"
    if isinstance(hold.order, tuple):
        return "" if sorted(hold.order) == [*range(1, hold.until + 1)] else "hold has an order that leaves a call out"
    return scalar(HOLD_ORDER)(hold.order)

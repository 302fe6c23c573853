"""The indexes of a world: they are left out of an export if they follow from the tables, and made again on import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

from msgspec.structs import replace
from rpds import HashTrieMap, List

from simulator.core.value import Value
from simulator.core.world import (
    Deposit,
    DepositBook,
    DepositStatus,
    Fill,
    Grant,
    Held,
    Issued,
    KeyRing,
    MadeBy,
    OrderHold,
    Statement,
    Withdrawal,
    WithdrawalStatus,
    World,
)
from simulator.core.world.stack import stacked
from simulator.state import trading_indexes
from simulator.state.trading_indexes import sorted_stack, table_of

DERIVED: Final = (
    *("everybody", "consent_order", "key_order", "key_rings"),
    *("order_histories", "resting_orders"),
)
"""Fields of a world that follow from other fields."""
_BY_ARRIVAL: Final = attrgetter("at", "id")
_BY_END: Final = attrgetter("updated_at", "id")
_BY_START: Final = attrgetter("created_at", "id")


class ExportedStatement(Value, frozen=True):
    """A statement as it is exported: the ids of its rows, the newest first."""

    user: str
    withdrawals: List[str] = List()
    received: List[str] = List()
    deposits: List[str] = List()
    transfers: List[str] = List()
    """By `clientOid`."""
    given: List[Grant] = List()
    """The rows themselves, for they are in no table."""
    taken: List[Grant] = List()
    order_holds: List[OrderHold] = List()
    """The orders themselves, for they are in no table. Fills follow from them."""

    @property
    def key(self) -> str:
        """Its key in `World.statements`."""
        return self.user


class MissingRow(Value, frozen=True):
    """Replaces a row that a statement names and that does not exist, until the check refuses the state."""

    id: str
    client_oid: str
    user: str = ""
    currency: str = ""
    at: int = 0
    created_at: int = 0
    updated_at: int = 0
    status: None = None


def exported_statement(statement: Statement) -> ExportedStatement:
    """A statement as it is exported. Which rows have ended, and how, follows from the rows."""
    return ExportedStatement(
        statement.user,
        List([held.id for held in statement.withdrawals]),
        List([row.id for row in statement.received]),
        List([held.id for held in statement.deposits]),
        List([row.client_oid for row in statement.transfers]),
        List([*statement.given]),
        List([*statement.taken]),
        List([*statement.order_holds]),
    )


def held(row: Withdrawal | Deposit | MissingRow) -> Any:
    """The part of a withdrawal or deposit that never changes."""
    if isinstance(row, MissingRow):
        return row
    currency = row.payment.currency if isinstance(row, Withdrawal) else row.currency
    return Held(row.id, row.user, row.created_at, currency)


def indexed(world: World) -> World:
    """An imported world with all its indexes."""
    world = trading_indexes.with_trading(world)
    fills: dict[str, list[Fill]] = {}
    for history in world.order_histories.values():
        fills.setdefault(history.user, []).extend(history.fills)
    statements = ((user, _statement(world, ids, fills.get(user, []))) for user, ids in world.statements.items())
    consents = [
        Issued(consent.id, consent.user, consent.client_id, consent.granted_at) for consent in world.consents.values()
    ]
    keys = [
        Issued(key.api_key, key.user, key.client_id, key.created_at, key.made_by is MadeBy.BROKER)
        for key in world.api_keys.values()
    ]
    rings: dict[str, KeyRing] = {}
    for key in world.api_keys.values():
        rings[key.user] = rings.get(key.user, KeyRing(key.user)).having(key)
    return replace(
        world,
        statements=table_of(statements),
        everybody=everybody(world),
        consent_order=sorted_stack(consents, _BY_ARRIVAL),
        key_order=sorted_stack(keys, _BY_ARRIVAL),
        key_rings=table_of(rings.items()),
        deposit_books=table_of((user, _book(book)) for user, book in world.deposit_books.items()),
    )


def everybody(world: World) -> Statement:
    """The statement of all users together, made from the tables."""
    withdrawals, deposits = [*world.withdrawals.values()], [*world.deposits.values()]
    paid = _in(withdrawals, WithdrawalStatus.SUCCESS)
    return Statement(
        "",
        withdrawals=sorted_stack(map(held, withdrawals), _BY_ARRIVAL),
        paid=sorted_stack(paid, _BY_END),
        failed=sorted_stack(_in(withdrawals, WithdrawalStatus.FAILURE), _BY_END),
        received=sorted_stack((row for row in paid if row.recipient is not None), _BY_END),
        deposits=sorted_stack(map(held, deposits), _BY_ARRIVAL),
        credited=sorted_stack(_in(deposits, DepositStatus.SUCCESS), _BY_END),
        transfers=sorted_stack(world.transfers.values(), _BY_START),
        given=sorted_stack((row for statement in world.statements.values() for row in statement.given), _BY_ARRIVAL),
        taken=sorted_stack((row for statement in world.statements.values() for row in statement.taken), _BY_ARRIVAL),
        order_holds=sorted_stack(
            (row for statement in world.statements.values() for row in statement.order_holds), _BY_ARRIVAL
        ),
        fills=sorted_stack((fill for history in world.order_histories.values() for fill in history.fills), _BY_ARRIVAL),
    )


def _statement(world: World, ids: Any, fills: list[Fill]) -> Statement:
    """A statement with its rows. The order of its lists stays."""
    withdrawals = [*_rows_of(ids, "withdrawals", world.withdrawals)]
    deposits = [*_rows_of(ids, "deposits", world.deposits)]
    transfers = {client_oid: world.transfers.get((ids.user, client_oid)) for client_oid in ids.transfers}
    return Statement(
        ids.user,
        withdrawals=stacked(map(held, reversed(withdrawals)), _BY_ARRIVAL),
        paid=sorted_stack(_in(withdrawals, WithdrawalStatus.SUCCESS), _BY_END),
        failed=sorted_stack(_in(withdrawals, WithdrawalStatus.FAILURE), _BY_END),
        received=stacked(reversed([*_rows_of(ids, "received", world.withdrawals)]), _BY_END),
        deposits=stacked(map(held, reversed(deposits)), _BY_ARRIVAL),
        credited=sorted_stack(_in(deposits, DepositStatus.SUCCESS), _BY_END),
        transfers=stacked(reversed([*_rows_of(ids, "transfers", transfers)]), _BY_START),
        given=stacked(reversed([*ids.given]), _BY_ARRIVAL),
        taken=stacked(reversed([*ids.taken]), _BY_ARRIVAL),
        order_holds=stacked(reversed([*ids.order_holds]), _BY_ARRIVAL),
        fills=sorted_stack(fills, _BY_ARRIVAL),
    )


def _rows_of(ids: ExportedStatement, kind: str, table: Mapping[str, Any] | HashTrieMap[str, Any]) -> Iterator[Any]:
    """The rows of one list of a statement, newest first."""
    for name in getattr(ids, kind):
        yield table.get(name) or MissingRow(name, name)


def _in(rows: Iterable[Any], status: WithdrawalStatus | DepositStatus) -> list[Any]:
    return [row for row in rows if row.status is status]


def _book(book: DepositBook) -> DepositBook:
    """The book with its derived fields."""
    whole = DepositBook(book.user)
    for address in reversed([*book.addresses]):
        whole = whole.having(address)
    return whole

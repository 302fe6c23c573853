"""Histories as they are without any index: every row is looked at, all that is asked for is sorted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate
from typing import Any

from msgspec.structs import replace

from simulator.core.account.deposits import DepositRow
from simulator.core.account.ledgers import LedgerRow, line_of
from simulator.core.account.withdrawal_rows import row_of
from simulator.core.funds import ledger
from simulator.core.funds.ledger import Movement
from simulator.core.world import DepositStatus, Withdrawal, WithdrawalStatus, World
from simulator.state.indexes import exported_statement


def in_span(at: int, asked: dict[str, str], more: int = 0) -> bool:
    """`more` = by how much an end at a whole second lies later."""
    end = int(asked.get("endAt", 10**18))
    return int(asked.get("startAt", -(10**18))) <= at <= (end if end % 1000 else end + more)


def withdrawals(world: World, user: str, asked: dict[str, str]) -> list[Any]:
    """All rows of the answer, of every page."""
    rows = [world.withdrawals[name] for name in exported_statement(world.statement(user)).withdrawals]
    return [
        row_of(world, row)
        for row in rows
        if in_span(row.created_at, asked, 999)
        and asked.get("currency", "") in ("", row.payment.currency)
        and asked.get("status", "") in ("", row.status.value)
    ]


def deposits(world: World, user: str, asked: dict[str, str]) -> list[tuple[str, str, int]]:
    """Id, status and time of all rows of the answer."""
    statement = exported_statement(world.statement(user))
    came = [world.deposits[name] for name in statement.deposits]
    rows = [(row.created_at, row.id, row.status, row.currency) for row in came]
    inside = [world.withdrawals[name] for name in statement.received]
    rows += [(row.updated_at, row.id, DepositStatus.SUCCESS, row.payment.currency) for row in inside]
    return [
        (name, status.value, at)
        for at, name, status, currency in sorted(rows, key=lambda row: row[:2], reverse=True)
        if in_span(at, asked, 999)
        and asked.get("currency", "") in ("", currency)
        and asked.get("status", "") in ("", status.value)
    ]


def movements(world: World, user: str = "") -> list[Movement]:
    """Every movement of everybody, or of one user, newest first."""
    found = sorted(_of_user(world, user) if user in world.users else _of_all(world), key=_order, reverse=True)
    return [each for each in found if user in ("", each.user)]


def _order(each: Movement) -> tuple[int, str, int]:
    return each.at, each.of, ledger.ORDER.index(each.kind)


def _of_all(world: World) -> Iterator[Movement]:
    for withdrawal in world.withdrawals.values():
        yield from _of_withdrawal(world, withdrawal)
    for deposit in world.deposits.values():
        if deposit.status is DepositStatus.SUCCESS:
            yield _made(world, "deposit", deposit.updated_at, deposit)
    for transfer in world.transfers.values():
        yield from (_made(world, kind, transfer.created_at, transfer) for kind in ("transfer_out", "transfer_in"))
    for statement in world.statements.values():
        yield from _of_hands(world, statement)


def _of_user(world: World, user: str) -> Iterator[Movement]:
    statement = exported_statement(world.statement(user))
    for name in {*statement.withdrawals, *statement.received}:
        yield from _of_withdrawal(world, world.withdrawals[name])
    for name in statement.deposits:
        if (deposit := world.deposits[name]).status is DepositStatus.SUCCESS:
            yield _made(world, "deposit", deposit.updated_at, deposit)
    for client_oid in statement.transfers:
        transfer = world.transfers[user, client_oid]
        yield from (_made(world, kind, transfer.created_at, transfer) for kind in ("transfer_out", "transfer_in"))
    yield from _of_hands(world, statement)


def _of_hands(world: World, statement: Any) -> Iterator[Movement]:
    for kind in ("given", "taken"):
        yield from (_made(world, kind, row.at, row) for row in getattr(statement, kind))


def _of_withdrawal(world: World, row: Withdrawal) -> Iterator[Movement]:
    yield _made(world, "hold", row.created_at, row)
    if row.status is WithdrawalStatus.FAILURE:
        yield _made(world, "refund", row.updated_at, row)
    if row.status is WithdrawalStatus.SUCCESS:
        yield _made(world, "debit", row.updated_at, row)
        if row.recipient is not None:
            yield _made(world, "credit", row.updated_at, row)


def _made(world: World, kind: Any, at: int, row: Any) -> Movement:
    if kind == "hold":
        row = _Held(row)
    return ledger.movement(world, (at, row.id, ledger.ORDER.index(kind)), row, parts=True)


class _Held:
    """A withdrawal as a statement has it."""

    def __init__(self, row: Withdrawal) -> None:
        self.id, self.currency = row.id, row.payment.currency


def takes(line: LedgerRow, asked: dict[str, str]) -> bool:
    return (
        (not asked.get("currency") or line.currency in asked["currency"].split(","))
        and asked.get("direction", "") in ("", line.direction)
        and asked.get("bizType", "") in ("", line.biz_type)
        and in_span(line.created_at, asked)
    )


def lines(world: World, user: str, asked: dict[str, str]) -> list[LedgerRow]:
    """All lines of the ledger, of every page."""
    return [line for each in movements(world, user) if each.balance and takes(line := line_of(each), asked)]


def hf_lines(world: World, user: str, asked: dict[str, str]) -> list[tuple[LedgerRow, Decimal]]:
    """The lines of the trading account, each with what there was afterwards."""
    found = [line_of(each) for each in movements(world, user) if each.balance and each.account == "trade"]
    found.sort(key=lambda line: (line.created_at, int(line.id)))
    numbers = list(accumulate((int(line.id) for line in found), lambda before, own: max(own, before + 1)))
    found = [replace(line, id=str(number)) for line, number in zip(found, numbers, strict=True)][::-1]
    rows: list[tuple[LedgerRow, Decimal]] = []
    left: dict[str, Decimal] = {}
    for line in found:
        after = left.get(line.currency, world.wallet(user).account(line.currency, "trade").balance)
        word = "TRANSFER" if line.order_id else "OTHER"
        rows.append((replace(line, account="TRADE_HF", biz_type=word), after))
        left[line.currency] = after - (line.amount if line.direction == "in" else -line.amount)
    if "lastId" in asked:
        rows = [(line, after) for line, after in rows if int(line.id) < int(asked["lastId"])]
    return [(line, after) for line, after in rows if takes(line, asked)][: int(asked.get("limit", 100))]


def account_lines(
    world: World, user: str, account: tuple[str, str], asked: dict[str, str]
) -> list[tuple[LedgerRow, Decimal]]:
    """The lines of one account, (currency, type), each with what there was afterwards."""
    rows: list[tuple[LedgerRow, Decimal]] = []
    left = world.wallet(user).account(*account).balance
    for movement in movements(world, user):
        if movement.balance and (movement.currency, movement.account) == account:
            rows.append((line_of(movement), left))
            left -= movement.balance
    return [(line, after) for line, after in rows if takes(line, asked)]


__all__ = ["DepositRow", "account_lines", "deposits", "hf_lines", "lines", "movements", "withdrawals"]

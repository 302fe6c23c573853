"""The trading account's ledger of the high-frequency kind, for clients that were told that the account is of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core import ledger, money
from simulator.core.fields import FieldProblem, Fields, judging
from simulator.core.history import LedgerRow, line_of, read_ledger
from simulator.core.paging import Query, read_whole
from simulator.core.replies import Reply
from simulator.core.signature import SignedRequest, authenticate
from simulator.core.value import Value
from simulator.core.world import Now, World

HF_BIZ_TYPES: Final = ("TRADE_EXCHANGE", "TRANSFER", "SUB_TRANSFER", "RETURNED_FEES", "DEDUCTION_FEES", "OTHER")
"""What can be asked for; only transfers are ever met here, for nobody trades."""
LARGEST, USUAL = 200, 100
"""Rows of an answer."""
ACCOUNT: Final = "TRADE_HF"


class ListHfLedgers(Value, frozen=True):
    """`GET /api/v1/hf/accounts/ledgers`. `asked`: `currency`s, `direction`, `bizType`, `lastId`, `limit`, span."""

    signed: SignedRequest
    asked: Query


class HfLedgerRow(Value, frozen=True):
    """One change of the trading account, and what there was of its currency afterwards."""

    line: LedgerRow
    balance: Decimal

    @property
    def order(self) -> tuple[int, int]:
        """Its place: by time, then by id."""
        return self.line.created_at, int(self.line.id)


class HfLedgersListed(Reply, frozen=True):
    """The newest first."""

    rows: tuple[HfLedgerRow, ...]


def list_hf_ledgers(world: World, command: ListHfLedgers, now: Now) -> tuple[World, HfLedgersListed]:
    """What has moved the trading account of the key's user; `lastId` goes on from that row [rest/hf-ledger]."""
    key, notes = authenticate(world, command.signed, now, "list_hf_ledgers")
    read = Fields(command.asked)
    with judging(notes):
        asked = read_ledger(read, HF_BIZ_TYPES, now)
        last, limit = read_whole(read, "lastId"), read_whole(read, "limit", 1) or USUAL
        if limit > LARGEST:
            raise FieldProblem("limit", f"must be at most {LARGEST}", limit)
    rows = [*_rows(world, key.user)]
    if last is not None:
        before = next((each.order for each in rows if each.line.id == str(last)), (0, 0))
        rows = [each for each in rows if each.order < before]
    found = [each for each in rows if each.line.created_at in asked.span and asked.takes(each.line)]
    return world, HfLedgersListed(rows=tuple(found[:limit]), notes=notes)


def _rows(world: World, user: str) -> Iterator[HfLedgerRow]:
    """All of them, the newest first: going back from what there is now, so that the newest agrees with the account."""
    lines = [line_of(each) for each in ledger.movements(world, user) if each.balance and each.account == "trade"]
    lines.sort(key=lambda line: (line.created_at, int(line.id)), reverse=True)
    left: dict[str, Decimal] = {}
    for line in lines:
        after = left.get(line.currency)
        if after is None:
            after = world.wallet(user).account(line.currency, "trade").balance
        yield HfLedgerRow(replace(line, account=ACCOUNT, biz_type="TRANSFER"), after)
        came = line.amount if line.direction == "in" else money.negative(line.amount)
        left[line.currency] = money.subtract(after, came)

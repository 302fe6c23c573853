"""The trading account's ledger of the high-frequency kind, which every account has by `hf/accounts/opened`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import replace

from simulator.core import money
from simulator.core.account.ledgers import (
    CURRENCIES,
    DIRECTION,
    DIRECTIONS,
    TRADES,
    LedgerRow,
    line_of,
    number_of,
    read_ledger,
)
from simulator.core.data import Amount, Data, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import ledger
from simulator.core.funds.selection import LedgerCriteria
from simulator.core.gateway.paging import Query, Span
from simulator.core.gateway.parameters import SPAN, Whole, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import ZERO, padded
from simulator.core.refusals import Reason
from simulator.core.spec import DAY
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World
from simulator.core.world.folds import Folds

HF_BIZ_TYPES: Final = ("TRADE_EXCHANGE", "TRANSFER", "SUB_TRANSFER", "RETURNED_FEES", "DEDUCTION_FEES", "OTHER")
"""What can be asked for; only fills, transfers and what a hand gave are ever met here."""
LARGEST, USUAL = 200, 100
"""Rows of an answer."""
HF_BIZ_TYPE: Final = Word("bizType", words=HF_BIZ_TYPES)
LAST_ID: Final = Whole("lastId", "Ids below that one, the newest first")
LIMIT: Final = Whole("limit", least=1, most=LARGEST)
HISTORY: Final = 3 * DAY
"""How far back it goes, and how long a span is at most."""
ACCOUNT: Final = "TRADE_HF"
BIZ_TYPE: Final = "TRANSFER"
OTHERS: Final = {"given": "OTHER", "taken": "OTHER", **{kind: ledger.BIZ_TYPES[kind] for kind in TRADES}}
"""What is no transfer."""
_KINDS: Final = tuple(kind for kind in ledger.BIZ_TYPES if ledger.SOURCES[kind].account is not ledger.main_account)
"""The kinds of movements that can be of the trading account."""
_COUNTER: Final = slice(18, None)
"""The part of an id that says in which step it was minted, see `mint.object_id`."""
_Move = tuple[int, ledger.Kind, Any, Decimal]
"""The number of a movement, its kind, its row, and the sum of its currency with it."""


class ListHfLedgers(Value, frozen=True):
    """`GET /api/v1/hf/accounts/ledgers`. `parameters`: `currency`s, `direction`, `bizType`, `lastId`, `limit`, span."""

    signed: SignedRequest
    parameters: Query


class HfLedgerRowData(Data, frozen=True, kw_only=True):
    """Unlike the other ledger it shows the balance and a tax, and the time is a text."""

    id: Name
    currency: Name
    amount: Amount
    fee: Amount
    tax: str = "0"
    balance: Amount
    account_type: str = ACCOUNT
    biz_type: Annotated[str, words(*HF_BIZ_TYPES)]
    direction: Annotated[str, words(*DIRECTIONS)]
    created_at: Annotated[str, Meta(pattern="^[0-9]+$", description="Milliseconds since 1970-01-01 UTC")]
    context: Annotated[str, Meta(description="JSON: the order behind it")]


class HfLedgerRow(Value, frozen=True):
    """One change of the trading account, and what there was of its currency afterwards."""

    line: LedgerRow
    balance: Decimal

    def data(self) -> HfLedgerRowData:
        """The row as it is shown."""
        line = self.line
        return HfLedgerRowData(
            id=line.id,
            currency=line.currency,
            amount=padded(line.amount),
            fee=padded(line.fee),
            balance=padded(self.balance),
            biz_type=line.biz_type,
            direction=line.direction,
            created_at=str(line.created_at),
            context=line.context,
        )


class HfLedgersListed(Reply, frozen=True):
    """The newest first."""

    rows: tuple[HfLedgerRow, ...]

    def data(self) -> tuple[HfLedgerRowData, ...]:
        """The rows as they are shown."""
        return tuple(row.data() for row in self.rows)


def list_hf_ledgers(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HfLedgersListed]:
    """What has moved the trading account of the key's user; `lastId` asks for ids below it [rest/hf-ledger]."""
    read = Fields(query)
    recent = world.choices.hf_ledger_window == "recent"
    criteria = read_ledger(read, HF_BIZ_TYPE, partial(_span, recent=recent, now=now))
    last, limit = LAST_ID.read(read), LIMIT.read(read) or USUAL
    rows = tuple(islice(_rows(world, key.user, criteria, last), limit))
    return world, HfLedgersListed(rows=rows)


class _Moves:
    """What has moved a trading account, by currency and kind, and what has come of each currency less what has gone.

    A deposit that is credited long after it came has an older id than its neighbours: its number is the next one.
    """

    def __init__(self) -> None:
        self.number = 0
        self.sums: dict[str, Decimal] = {}
        self.lists: dict[tuple[str, ledger.Kind], tuple[list[int], list[int], list[_Move]]] = {}
        """Numbers, instants and movements, the earliest first."""

    def add(self, kind: ledger.Kind, row: Any) -> None:
        """One more movement, if it is one of the trading account."""
        source = ledger.SOURCES[kind]
        amount = source.amount(row)
        if source.account(row) != "trade" or not amount:
            return
        currency = source.currency(row)
        self.number = max(number_of(kind, row), self.number + 1)
        came = money.negative(amount) if kind in ledger.OUT else amount
        self.sums[currency] = money.add(self.sums.get(currency, ZERO), came)
        numbers, instants, moves = self.lists.setdefault((currency, kind), ([], [], []))
        numbers.append(self.number)
        instants.append(source.at(row))
        moves.append((self.number, kind, row, self.sums[currency]))


def _order_of(kind: ledger.Kind) -> Callable[[Any], tuple[int, str, int]]:
    at = ledger.SOURCES[kind].at
    return lambda row: (at(row), row.id[_COUNTER], number_of(kind, row))


_MOVES: Final = Folds(_Moves, lambda moves, number, row: moves.add(_KINDS[number], row), *map(_order_of, _KINDS))


def _rows(world: World, user: str, criteria: LedgerCriteria, last: int | None) -> Iterator[HfLedgerRow]:
    """Those that are asked for, the newest first; ids are below `last`. The newest row agrees with the account.

    What is looked at is what has moved the account since the last call, and what is shown.
    """
    statement, wallet = world.statement(user), world.wallet(user)
    known = _MOVES.of(world, user, [getattr(statement, ledger.SOURCES[kind].stack) for kind in _KINDS])
    first, end = criteria.span.bounds
    chosen: list[Iterator[_Move]] = []
    for (currency, kind), (numbers, instants, moves) in known.lists.items():
        is_asked_for = not criteria.currencies or currency in criteria.currencies
        if is_asked_for and criteria.takes(kind, OTHERS.get(kind, BIZ_TYPE)):
            newest = bisect_right(instants, end)
            newest = newest if last is None else min(newest, bisect_left(numbers, last))
            chosen.append(map(moves.__getitem__, range(newest - 1, bisect_left(instants, first) - 1, -1)))
    for number, kind, row, sum_then in merge(*chosen, key=itemgetter(0), reverse=True):
        source = ledger.SOURCES[kind]
        currency = source.currency(row)
        line = line_of(ledger.movement(world, (source.at(row), row.id, ledger.ORDER.index(kind)), row))
        came_since = money.subtract(known.sums[currency], sum_then)
        yield HfLedgerRow(
            replace(line, id=str(number), account=ACCOUNT, biz_type=OTHERS.get(kind, BIZ_TYPE)),
            money.subtract(wallet.account(currency, "trade").balance, came_since),
        )


def _span(span: Span, *, recent: bool, now: Now) -> Span:
    """The span that is looked at: three days at most, what is beyond is left out and not refused.

    `recent` = they are the last three days, else any three. [H91/hf-window]
    """
    if recent:
        oldest = now.business - HISTORY
        return Span(max(oldest, oldest if span.start is None else span.start), span.end)
    end = span.end if span.end is not None else now.business if span.start is None else span.start + HISTORY
    return Span(max(end - HISTORY, end - HISTORY if span.start is None else span.start), end)


ENDPOINTS: Final = (
    Endpoint(
        list_hf_ledgers,
        ListHfLedgers,
        REST,
        call="GET /api/v1/hf/accounts/ledgers",
        parameters=(CURRENCIES, DIRECTION, HF_BIZ_TYPE, LAST_ID, LIMIT, *SPAN),
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=2,
        refusals={Reason.PARAMETER_INVALID},
    ),
)

"""The trading account's ledger of the high-frequency kind, for clients that were told that the account is of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import islice
from operator import attrgetter, itemgetter
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
from simulator.core.money import padded
from simulator.core.refusals import Reason
from simulator.core.spec import DAY
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, Stack, Statement, World

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
TOUCHING: Final[dict[ledger.Kind, Callable[[Any], str]]] = {
    "deposit": attrgetter("account"),
    "transfer_out": attrgetter("source"),
    "transfer_in": attrgetter("target"),
    "given": attrgetter("account"),
    "taken": attrgetter("account"),
    **dict.fromkeys(TRADES, lambda fill: "trade"),
}
"""The kinds of movements that can be of the trading account, and what tells which account it is."""
_COUNTER: Final = slice(18, None)
"""The part of an id that tells in which step it was minted, see `mint.object_id`."""
_Place = tuple[int, int, ledger.Kind]
"""When, the number of the row, and its kind."""


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


def _rows(world: World, user: str, criteria: LedgerCriteria, last: int | None) -> Iterator[HfLedgerRow]:
    """Those that are asked for, the newest first.

    It goes back from what there is now, so that the newest row agrees with the account; ids are below `last`.
    """
    first, end = criteria.span.bounds
    left: dict[str, Decimal] = {}
    for (at, number, kind), row in _moved(world.statement(user)):
        if at < first:
            return
        source = ledger.SOURCES[kind]
        currency, amount = source.currency(row), source.amount(row)
        after = left.get(currency)
        if after is None:
            after = world.wallet(user).account(currency, "trade").balance
        word = OTHERS.get(kind, BIZ_TYPE)
        is_included = criteria.takes(kind, word) and (not criteria.currencies or currency in criteria.currencies)
        if is_included and at <= end and (last is None or number < last):
            line = line_of(ledger.movement(world, (at, row.id, ledger.ORDER.index(kind)), row))
            yield HfLedgerRow(replace(line, id=str(number), account=ACCOUNT, biz_type=word), after)
        came = money.negative(amount) if kind in ledger.OUT else amount
        left[currency] = money.subtract(after, came)


def _moved(statement: Statement) -> list[tuple[_Place, Any]]:
    """Every row that has moved the trading account, with its place: the newest first, and the highest number.

    A deposit that is credited long after it came has an older id than its neighbours: its number is the next one.
    """
    movements: list[tuple[tuple[int, str, int], ledger.Kind, Any]] = []
    for kind, account in TOUCHING.items():
        source = ledger.SOURCES[kind]
        stack: Stack[Any] = getattr(statement, source.stack)
        rows = [row for row in stack if account(row) == "trade" and source.amount(row)]
        movements += [((source.at(row), row.id[_COUNTER], number_of(kind, row)), kind, row) for row in rows]
    movements.sort(key=itemgetter(0))
    numbered: list[tuple[_Place, Any]] = []
    number = 0
    for (time, _, own), kind, row in movements:
        number = max(own, number + 1)
        numbered.append(((time, number, kind), row))
    numbered.reverse()
    return numbered


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

"""The ledger of the high-frequency margin accounts, cross and isolated."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Annotated, Final

from simulator.core import money, spec
from simulator.core.account.ledgers import CURRENCIES, DIRECTION, DIRECTIONS, MOST_CURRENCIES, line_number
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import ledger
from simulator.core.gateway.paging import Query, Span, read_span
from simulator.core.gateway.parameters import SPAN, Whole, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Grade, Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, Transfer, World

BIZ_TYPES: Final = ("TRANSFER", "MARGIN_EXCHANGE", "ISOLATED_EXCHANGE", "LIQUIDATION", "ASSERT_RETURN")
"""What can be asked for; only transfers are ever met here, because nobody trades."""
BIZ_TYPE: Final = Word("bizType", words=BIZ_TYPES)
LARGEST, USUAL = 200, 100
"""Rows of an answer."""
LAST_ID: Final = Whole("lastId", "Go on below that id")
LIMIT: Final = Whole("limit", least=1, most=LARGEST)
PARAMETERS: Final = (CURRENCIES, DIRECTION, BIZ_TYPE, LAST_ID, LIMIT, *SPAN)
ACCOUNTS: Final = {"margin_v2": "MARGIN_V2", "isolated_v2": "ISOLATED_V2"}
"""The kinds of accounts that this ledger is of. The others are in `accounts/ledgers` alone."""
LONGEST: Final = 3 * spec.DAY
"""The span without a word; a longer one is cut."""


class ListMarginLedgers(Value, frozen=True):
    """`GET /api/v3/hf/margin/account/ledgers`. `parameters`: as of the trading account's ledger."""

    signed: SignedRequest
    parameters: Query


class ListMarginLedgersV1(Value, frozen=True):
    """`GET /api/v1/hf/margin/account/ledgers`, which clients ask that leave the version out."""

    signed: SignedRequest
    parameters: Query


class MarginLedgerRowData(Data, frozen=True, kw_only=True):
    """A row: unlike those of the trading account it has an id and a time in numbers."""

    id: int
    currency: Name
    amount: Amount
    fee: str = "0.00000000"
    balance: Amount
    account_type: Annotated[str, words(*ACCOUNTS.values())]
    biz_type: str = BIZ_TYPES[0]
    direction: Annotated[str, words(*DIRECTIONS)]
    created_at: Milliseconds
    context: str = "{}"
    tax: str = "0.00000000"


class MarginLedgerRow(Value, frozen=True):
    """A transfer as one of its accounts sees it, and what there was of its currency afterwards."""

    id: int
    transfer: Transfer
    account: str
    came: bool
    after: Decimal

    @property
    def direction(self) -> str:
        """`in` or `out`."""
        return "in" if self.came else "out"

    def data(self) -> MarginLedgerRowData:
        """The row as it is shown."""
        return MarginLedgerRowData(
            id=self.id,
            currency=self.transfer.currency,
            amount=_decimals(self.transfer.amount),
            balance=_decimals(self.after),
            account_type=ACCOUNTS[_kind(self.account)],
            direction=self.direction,
            created_at=self.transfer.created_at,
        )


class MarginLedgersListed(Reply, frozen=True):
    """The newest first."""

    rows: tuple[MarginLedgerRow, ...]

    def data(self) -> tuple[MarginLedgerRowData, ...]:
        """The rows as they are shown."""
        return tuple(row.data() for row in self.rows)


def list_margin_ledgers(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, MarginLedgersListed]:
    """What has moved the high-frequency margin accounts; the ids below `lastId` [rest/margin-ledger]."""
    read = Fields(query)
    currencies = [currency for currency in CURRENCIES.read(read).split(",") if currency]
    if len(currencies) > MOST_CURRENCIES:
        raise FieldProblem("currency", f"must name at most {MOST_CURRENCIES} currencies", len(currencies))
    direction, kind = DIRECTION.read(read), BIZ_TYPE.read(read)
    last, limit, span = LAST_ID.read(read), LIMIT.read(read) or USUAL, _span(read_span(read), now)
    rows = (
        row
        for row in _rows(world, key.user, span)
        if (not currencies or row.transfer.currency in currencies)
        and direction in ("", row.direction)
        and kind in ("", BIZ_TYPES[0])
        and (last is None or row.id < last)
    )
    return world, MarginLedgersListed(rows=tuple(islice(rows, limit)))


def list_margin_ledgers_v1(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, MarginLedgersListed]:
    """The margin ledger at an older version of the path [H82/margin-ledger-v1]."""
    return list_margin_ledgers(world, key, query, now)


def _span(span: Span, now: Now) -> Span:
    end = span.end if span.end is not None else now.business if span.start is None else span.start + LONGEST
    return Span(end - LONGEST if span.start is None else max(span.start, end - LONGEST), end)


def _kind(account: str) -> str:
    return account.partition(":")[0]


def _decimals(amount: Decimal) -> str:
    """The amount with at least eight decimal places."""
    whole, _, places = f"{amount:f}".partition(".")
    return f"{whole}.{places:0<8}"


def _rows(world: World, user: str, span: Span) -> Iterator[MarginLedgerRow]:
    """The rows in the span, the newest first, reckoned back from what there is now."""
    first, end = span.bounds
    wallet, left = world.wallet(user), dict[tuple[str, str], Decimal]()
    for transfer in ledger.latest(world.statement(user), "transfer_in"):
        if transfer.created_at < first:
            return
        for account, kind in ((transfer.target, "transfer_in"), (transfer.source, "transfer_out")):
            if _kind(account) not in ACCOUNTS:
                continue
            place, came = (account, transfer.currency), kind == "transfer_in"
            after = left[place] if place in left else wallet.account(transfer.currency, account).balance
            if transfer.created_at <= end:
                number = line_number(transfer.id, ledger.ORDER.index(kind))
                yield MarginLedgerRow(number, transfer, account, came, after)
            left[place] = money.subtract(after, transfer.amount if came else money.negative(transfer.amount))


ENDPOINTS: Final = (
    Endpoint(
        list_margin_ledgers,
        ListMarginLedgers,
        REST,
        call="GET /api/v3/hf/margin/account/ledgers",
        parameters=PARAMETERS,
        example={"currency": "USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=2,
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_margin_ledgers_v1,
        ListMarginLedgersV1,
        "seen in python-kucoin",
        call="GET /api/v1/hf/margin/account/ledgers",
        parameters=PARAMETERS,
        example={"currency": "USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=2,
        grade=Grade.ASSUMED,
        refusals={Reason.PARAMETER_INVALID},
    ),
)

"""What a user can look up of the past: withdrawals, deposits, and every change of an account."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from simulator.core import money, spec
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import ledger, selection
from simulator.core.funds.grants import LINES
from simulator.core.funds.ledger import Movement
from simulator.core.funds.selection import LedgerAsked
from simulator.core.gateway.paging import Paged, PageData, Query, Span, page_data, paged_together, read_page, read_span
from simulator.core.gateway.parameters import PAGE, SPAN, Text, Word
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.gateway.tolls import GENERAL, Pool
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

BIZ_TYPES: Final = (
    *("DEPOSIT", "WITHDRAW", "TRANSFER", "SUB_TRANSFER", "TRADE_EXCHANGE", "MARGIN_EXCHANGE"),
    *("KUCOIN_BONUS", "BROKER_TRANSFER"),
)
ACCOUNT_TYPES: Final = ("MAIN", "TRADE", "CONTRACT", "MARGIN", "ISOLATED", "MARGIN_V2", "ISOLATED_V2", "OPTION")
"""Every kind of account, as transfers and ledgers name it."""
CURRENCIES: Final = Text("currency", "Up to ten, with commas between them")
DIRECTIONS: Final = ("in", "out")
DIRECTION: Final = Word("direction", words=DIRECTIONS)
BIZ_TYPE: Final = Word("bizType", words=BIZ_TYPES)
MOST_CURRENCIES: Final = 10
GRANTS: Final = ("given", "taken")
"""The kinds of movements that have no order behind them."""
LEDGER_SPAN: Final = spec.DAY
"""How far apart `startAt` and `endAt` of the ledger may be, and what it shows without them."""


class ListLedgers(Value, frozen=True):
    """`GET /api/v1/accounts/ledgers`. `asked`: `currency` (up to ten), `direction`, `bizType`, span and page."""

    signed: SignedRequest
    asked: Query


class LedgerRowData(Data, frozen=True, kw_only=True):
    """A row of the ledger; `context` is JSON that names the order behind it."""

    id: Name
    currency: Name
    amount: Amount
    fee: Amount
    balance: str = "0"
    account_type: Annotated[str, words(*ACCOUNT_TYPES)]
    biz_type: Annotated[str, words(*BIZ_TYPES)]
    direction: Annotated[str, words(*DIRECTIONS)]
    created_at: Milliseconds
    context: Annotated[str, Meta(description="JSON: the order behind it")]


class LedgerRow(Value, frozen=True):
    """One change of the balance of an account; `amount` has the fees in it."""

    id: str
    currency: str
    amount: Decimal
    fee: Decimal
    account: str
    biz_type: str
    direction: str
    created_at: int
    order_id: str

    @property
    def context(self) -> str:
        """The order behind it, as JSON; "" = there is none."""
        return f'{{"orderId":"{self.order_id}"}}' if self.order_id else ""

    def data(self) -> LedgerRowData:
        """The row as it is shown."""
        return LedgerRowData(
            id=self.id,
            currency=self.currency,
            amount=plain(self.amount),
            fee=plain(self.fee),
            account_type=self.account,
            biz_type=self.biz_type,
            direction=self.direction,
            created_at=self.created_at,
            context=self.context,
        )


class LedgersListed(Reply, frozen=True):
    """A page of `LedgerRow`s, newest first."""

    page: Paged

    def data(self) -> PageData[LedgerRowData]:
        """The page as it is shown."""
        return page_data(self.page, LedgerRow.data)


def list_ledgers(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, LedgersListed]:
    """Every change of a balance of the key's user, derived from what moved it [rest/ledgers]."""
    read = Fields(query)
    asked, page = read_ledger(read, BIZ_TYPE, now), read_page(read)
    statement = world.statement(key.user)
    kinds = filter(asked.takes, ledger.BIZ_TYPES)
    part = paged_together(((selection.moved(statement, kind, asked), ledger.order_of(kind)) for kind in kinds), page)
    lines = tuple(line_of(ledger.movement(world, order, row, parts=False)) for order, row in part.items)
    return world, LedgersListed(page=Paged(page, part.total, lines))


def read_ledger(read: Fields, biz_type: Word, now: Now) -> LedgerAsked:
    """`currency`: up to ten with commas between them, none = all; `direction`, `bizType`, `startAt`, `endAt`."""
    currencies = [each for each in CURRENCIES.read(read).split(",") if each]
    if len(currencies) > MOST_CURRENCIES:
        raise FieldProblem("currency", f"must name at most {MOST_CURRENCIES} currencies", len(currencies))
    direction, kind = DIRECTION.read(read), biz_type.read(read)
    return LedgerAsked(tuple(currencies), direction, kind, _ledger_span(read, now))


def _ledger_span(read: Fields, now: Now) -> Span:
    """At most a day: the last one, or that from `startAt` on or up to `endAt` [rest/ledger-span]."""
    span = read_span(read)
    end = span.end if span.end is not None else now.business if span.start is None else span.start + LEDGER_SPAN
    start = span.start if span.start is not None else end - LEDGER_SPAN
    if end - start > LEDGER_SPAN:
        raise FieldProblem("endAt", "must be at most 24 hours after startAt", read.text("endAt"))
    return Span(start, end)


def line_number(of: str, place: int) -> int:
    """The id of a line, by the id of its cause and the place of its kind in the order of kinds.

    Of what was given or taken there is one kind for each cause, which has a place within its step in the id.
    """
    if place >= LINES:
        place = int(of[-7], 16)
    return int.from_bytes(of.encode()[-6:], "big") * LINES + place


def line_of(each: Movement) -> LedgerRow:
    """A movement as the ledger tells it. Ids are numbers there; of one instant they grow as its causes were minted."""
    return LedgerRow(
        id=str(line_number(each.of, ledger.ORDER.index(each.kind))),
        currency=each.currency,
        amount=abs(each.balance),
        fee=money.add(*(each.fees or (money.ZERO, money.ZERO))),
        account=each.account.partition(":")[0].upper(),
        biz_type=each.biz_type,
        direction="in" if each.balance > 0 else "out",
        created_at=each.at,
        order_id="" if each.kind in GRANTS else each.of,
    )


ENDPOINTS: Final = (
    Endpoint(
        list_ledgers,
        ListLedgers,
        REST,
        call="GET /api/v1/accounts/ledgers",
        parameters=(CURRENCIES, DIRECTION, BIZ_TYPE, *SPAN, *PAGE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=2,
        refusals={Reason.PARAMETER_INVALID},
    ),
)

"""What a user can look up of the past: withdrawals, deposits, and every change of an account."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import replace

from simulator.core import spec
from simulator.core.account.ledger_lines import lines
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import ledger
from simulator.core.funds.grants import LINES
from simulator.core.funds.ledger import Movement
from simulator.core.funds.selection import LedgerCriteria
from simulator.core.gateway.paging import Paged, PageData, Query, Span, page_data, paged_together, read_page, read_span
from simulator.core.gateway.parameters import PAGE, SPAN, Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import digest
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Fill, Now, World

BIZ_TYPES: Final = (
    *("DEPOSIT", "WITHDRAW", "TRANSFER", "SUB_TRANSFER", "TRADE_EXCHANGE", "MARGIN_EXCHANGE"),
    *("KUCOIN_BONUS", "BROKER_TRANSFER"),
)
PROSE: Final = {
    "DEPOSIT": "Deposit",
    "WITHDRAW": "Withdrawal",
    "TRANSFER": "Transfer",
    "SUB_TRANSFER": "Sub-account transfer",
    "TRADE_EXCHANGE": "Exchange",
    "MARGIN_EXCHANGE": "Cross Margin",
    "KUCOIN_BONUS": "KuCoin Bonus",
}
"""What live answers say in a row; of BROKER_TRANSFER there is no capture."""
ROW_WORDS: Final = (*PROSE.values(), *BIZ_TYPES)
ACCOUNT_TYPES: Final = ("MAIN", "TRADE", "CONTRACT", "MARGIN", "ISOLATED", "MARGIN_V2", "ISOLATED_V2", "OPTION")
"""Every kind of account, as transfers and ledgers name it."""
CURRENCIES: Final = Text("currency", "Up to ten, with commas between them")
DIRECTIONS: Final = ("in", "out")
DIRECTION: Final = Word("direction", words=DIRECTIONS)
BIZ_TYPE: Final = Word("bizType", words=BIZ_TYPES)
MOST_CURRENCIES: Final = 10
GRANTS: Final = ("given", "taken")
"""The kinds of movements that have no order behind them."""
TRADES: Final[tuple[ledger.Kind, ...]] = ("trade_out", "trade_in")
"""The kinds of movements that a fill is."""
LEDGER_SPAN: Final = spec.DAY
"""How far apart `startAt` and `endAt` of the ledger may be, and what it shows without them."""


class ListLedgers(Value, frozen=True):
    """`GET /api/v1/accounts/ledgers`. `parameters`: `currency` (up to ten), `direction`, `bizType`, span and page."""

    signed: SignedRequest
    parameters: Query


class LedgerRowData(Data, frozen=True, kw_only=True):
    """A row of the ledger; `context` is JSON that names the order behind it."""

    id: Name
    currency: Name
    amount: Amount
    fee: Amount
    balance: str = "0"
    account_type: Annotated[str, words(*ACCOUNT_TYPES)]
    biz_type: Annotated[str, words(*ROW_WORDS)]
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
    tx_id: str
    fill: Fill | None
    """The fill that it is a part of, if it is one."""

    @property
    def context(self) -> str:
        """The order behind it, and the chain's transaction or the trade if there is one, as JSON.

        [H92/ledger-context] [H120/trade-context]
        """
        if not self.order_id:
            return ""
        if (fill := self.fill) is not None:
            return f'{{"symbol":"{fill.symbol}","orderId":"{self.order_id}","tradeId":"{fill.trade_id}"}}'
        transaction = f',"txId":"{self.tx_id}"' if self.tx_id else ""
        return f'{{"orderId":"{self.order_id}"{transaction}}}'

    def captured(self) -> LedgerRow:
        """The row as live answers have it: prose, and an id that is a number on the trading account only.

        [H90/ledger-rows]
        """
        name = self.id
        if self.account != "TRADE":
            name = f"{self.created_at // 1000:08x}{digest('ledger row', self.order_id, name).hex()[:16]}"
        return replace(self, id=name, biz_type=PROSE.get(self.biz_type, self.biz_type))

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
    """A page of `LedgerRow`s, newest first; `captured` = in the words of live answers, not in those of the filter."""

    page: Paged
    captured: bool = True

    def data(self) -> PageData[LedgerRowData]:
        """The page as it is shown."""
        return page_data(self.page, lambda row: (row.captured() if self.captured else row).data())


def list_ledgers(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, LedgersListed]:
    """Every change of a balance of the key's user, derived from what moved it; a page costs what it shows.

    [rest/ledgers]
    """
    read = Fields(query)
    criteria, page = read_ledger(read, BIZ_TYPE, partial(_ledger_span, now=now)), read_page(read)
    part = paged_together(lines(world, key.user, criteria), page)
    rows = tuple(line_of(ledger.movement(world, order, row)) for order, row in part.items)
    return world, LedgersListed(Paged(page, part.total, rows), captured=world.choices.ledger_rows == "captured")


def read_ledger(read: Fields, biz_type: Word, within: Callable[[Span], Span]) -> LedgerCriteria:
    """`currency`: up to ten with commas between them, none = all; `direction`, `bizType`, `startAt`, `endAt`.

    `within` makes the span that is looked at of the one that is asked for.
    """
    currencies = [name for name in CURRENCIES.read(read).split(",") if name]
    if len(currencies) > MOST_CURRENCIES:
        raise FieldProblem("currency", f"must name at most {MOST_CURRENCIES} currencies", len(currencies))
    direction, kind = DIRECTION.read(read), biz_type.read(read)
    return LedgerCriteria(tuple(currencies), direction, kind, within(read_span(read)))


def _ledger_span(span: Span, now: Now) -> Span:
    """At most a day: the last one, or that from `startAt` on or up to `endAt` [rest/ledger-span]."""
    end = span.end if span.end is not None else now.business if span.start is None else span.start + LEDGER_SPAN
    start = span.start if span.start is not None else end - LEDGER_SPAN
    if end - start > LEDGER_SPAN:
        raise FieldProblem("endAt", "must be at most 24 hours after startAt", end)
    return Span(start, end)


def line_number(of: str, place: int) -> int:
    """The id of a line, by the id of its cause and the place of its kind in the order of kinds.

    Of what was given or taken there is one kind for each cause, which has a place within its step in the id.
    """
    if ledger.ORDER[place] in GRANTS:
        place = int(of[-7], 16)
    return int.from_bytes(of.encode()[-6:], "big") * LINES + place


def number_of(kind: ledger.Kind, row: Any) -> int:
    """The id of the line that a row of a statement is as a movement of that kind.

    The numbers of fills are lower than any that is made of an id, so that no two lines have the same.
    """
    if kind in TRADES:
        return int(row.number) * len(TRADES) + TRADES.index(kind)
    return line_number(row.id, ledger.ORDER.index(kind))


def line_of(movement: Movement) -> LedgerRow:
    """A movement as the ledger shows it. Ids are numbers there; of one instant they grow as its causes were minted."""
    fill = movement.fill
    number = number_of(movement.kind, fill) if fill else line_number(movement.of, ledger.ORDER.index(movement.kind))
    return LedgerRow(
        id=str(number),
        currency=movement.currency,
        amount=abs(movement.balance),
        fee=movement.fee,
        account=movement.account.partition(":")[0].upper(),
        biz_type=movement.biz_type,
        direction="in" if movement.balance > 0 else "out",
        created_at=movement.at,
        order_id="" if movement.kind in GRANTS else movement.of,
        tx_id=movement.tx_id,
        fill=fill,
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

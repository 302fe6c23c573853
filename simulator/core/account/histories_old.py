"""Deposits and withdrawals of the time before KuCoin's second platform, by the calls that are left of the first."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from simulator.core import spec
from simulator.core.account.withdrawal_rows import row_of
from simulator.core.data import Amount, Data, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import selection
from simulator.core.funds.selection import Criteria
from simulator.core.gateway.paging import Page, Paged, PageData, Query, Span, page_data, paged, read_page, read_span
from simulator.core.gateway.parameters import CURRENCY, PAGE, SPAN, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Deposit, Now, Withdrawal, World

CUT: Final = 1_550_448_000_000
"""2019-02-18T00:00:00Z, ms: what is younger is in the histories of today alone [H80/hist-cut]."""
EARLIEST_MS: Final = 100_000_000_000
"""A smaller number is one of seconds: as milliseconds it would be an instant before 1974."""
MONTH: Final = 30 * spec.DAY
STATUSES: Final = ("PROCESSING", "SUCCESS", "FAILURE")
STATUS: Final = Word("status", words=STATUSES)
PARAMETERS: Final = (CURRENCY, STATUS, *SPAN, *PAGE)
Seconds = Annotated[int, Meta(ge=0, description="Seconds since 1970-01-01 UTC")]
Status = Annotated[str, words(*STATUSES)]


class ListHistDeposits(Value, frozen=True):
    """`GET /api/v1/hist-deposits`. `parameters`: `currency`, `status`, span and page."""

    signed: SignedRequest
    parameters: Query


class HistDepositData(Data, frozen=True):
    """A deposit. Its time is `createAt`, in seconds."""

    currency: Name
    create_at: Seconds
    amount: Amount
    wallet_tx_id: str | None
    is_inner: bool
    status: Status


class ListHistWithdrawals(Value, frozen=True):
    """`GET /api/v1/hist-withdrawals`, asked as the deposits are."""

    signed: SignedRequest
    parameters: Query


class HistWithdrawalData(Data, frozen=True):
    """A withdrawal. It has the address, too."""

    currency: Name
    create_at: Seconds
    amount: Amount
    address: str
    wallet_tx_id: str | None
    is_inner: bool
    status: Status


class HistRow(Value, frozen=True):
    """A row of either history; `created_at` in ms."""

    currency: str
    created_at: int
    amount: Decimal
    address: str
    wallet_tx_id: str | None
    inner: bool
    status: str


class HistDepositsListed(Reply, frozen=True):
    """A page of `HistRow`s, newest first."""

    page: Paged

    def data(self) -> PageData[HistDepositData]:
        """The page as it is shown."""
        return page_data(
            self.page,
            lambda row: HistDepositData(
                row.currency, row.created_at // 1000, plain(row.amount), row.wallet_tx_id, row.inner, row.status
            ),
        )


class HistWithdrawalsListed(Reply, frozen=True):
    """A page of `HistRow`s, newest first."""

    page: Paged

    def data(self) -> PageData[HistWithdrawalData]:
        """The page as it is shown."""
        return page_data(
            self.page,
            lambda row: HistWithdrawalData(
                row.currency,
                row.created_at // 1000,
                plain(row.amount),
                row.address,
                row.wallet_tx_id,
                row.inner,
                row.status,
            ),
        )


def list_hist_deposits(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HistDepositsListed]:
    """What came in before the cut [rest/hist-deposits]."""
    criteria, page = _read(Fields(query), now)
    parts = selection.incoming(world.statement(key.user), criteria) if criteria else []
    ordered = sorted(((order(row), row) for rows, order in parts for row in rows), key=lambda pair: pair[0])
    rows = [
        _inside(world, row) if isinstance(row, Withdrawal) else _came(world.deposits[row.id])
        for _, row in reversed(ordered)
    ]
    return world, HistDepositsListed(page=_page(rows, query, page))


def list_hist_withdrawals(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HistWithdrawalsListed]:
    """What went out before the cut [rest/hist-withdrawals]."""
    criteria, page = _read(Fields(query), now)
    statement = world.statement(key.user)
    held = selection.withdrawals(world, statement, criteria) if criteria else ()
    rows = [_went(world, world.withdrawals[row.id]) for row in held]
    return world, HistWithdrawalsListed(page=_page(rows, query, page))


def _read(read: Fields, now: Now) -> tuple[Criteria | None, Page]:
    """Which rows are asked for, None = none can be there, because all of the span lies behind the cut.

    Without a span it is the last month. A client sends `startAt` in seconds. [rest/hist-span]
    """
    currency, span, page = CURRENCY.read(read), read_span(read), read_page(read)
    STATUS.read(read)
    start, end = _milliseconds(span.start), _milliseconds(span.end)
    if start is None and end is None:
        start = now.business - MONTH
    if start is not None and start >= CUT:
        return None, page
    return Criteria(currency, "", Span(start, CUT - 1 if end is None else min(end, CUT - 1))), page


def _milliseconds(at: int | None) -> int | None:
    return at * 1000 if at is not None and at < EARLIEST_MS else at


def _page(rows: list[HistRow], query: Query, page: Page) -> Paged:
    status = STATUS.read(Fields(query))
    return paged([row for row in rows if status in ("", row.status)], page)


def _status(word: str) -> str:
    """A state of today in the three words of then."""
    return word if word in STATUSES else STATUSES[0]


def _inside(world: World, row: Withdrawal) -> HistRow:
    payment = row.payment
    return HistRow(payment.currency, row.updated_at, row.payout, payment.address, None, inner=True, status="SUCCESS")


def _came(row: Deposit) -> HistRow:
    status = _status(row.status.value)
    return HistRow(row.currency, row.created_at, row.amount, row.address, row.wallet_tx_id, inner=False, status=status)


def _went(world: World, row: Withdrawal) -> HistRow:
    shown, payment = row_of(world, row), row.payment
    return HistRow(
        payment.currency,
        row.created_at,
        payment.amount,
        shown.address,
        shown.wallet_tx_id,
        payment.inner,
        _status(row.status.value),
    )


ENDPOINTS: Final = (
    Endpoint(
        list_hist_deposits,
        ListHistDeposits,
        REST,
        call="GET /api/v1/hist-deposits",
        parameters=PARAMETERS,
        example={"currency": "BTC"},
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_hist_withdrawals,
        ListHistWithdrawals,
        REST,
        call="GET /api/v1/hist-withdrawals",
        parameters=PARAMETERS,
        example={"currency": "BTC"},
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.PARAMETER_INVALID},
    ),
)

"""One account's ledger and what is on hold there, by the older calls that name an account in their path."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final

from msgspec import UNSET, UnsetType

from simulator.core.account.account_lines import AccountLines
from simulator.core.account.accounts import account_of
from simulator.core.account.ledgers import DIRECTION, DIRECTIONS, LedgerRow, line_of
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.endpoint import OLDER, Endpoint
from simulator.core.funds import ledger, selection
from simulator.core.funds.selection import LedgerCriteria, under_way
from simulator.core.gateway.paging import Paged, PageData, page_data, paged, paged_together, read_page, read_span
from simulator.core.gateway.parameters import PAGE, SPAN
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import plain
from simulator.core.refusals import Grade, Reason
from simulator.core.value import Reply, Value
from simulator.core.world import Account, ApiKey, Now, Order, Withdrawal, World


class ListAccountLedgers(Value, frozen=True):
    """`GET /api/v1/accounts/{accountId}/ledgers`; "" = all."""

    signed: SignedRequest
    account_id: str
    direction: str = ""
    start_at: str = ""
    end_at: str = ""
    current_page: str = ""
    page_size: str = ""


class ContextData(Data, frozen=True):
    """What a row is due to, if it is an order; of a fill also the trade and its symbol."""

    order_id: str | UnsetType = UNSET
    symbol: str | UnsetType = UNSET
    trade_id: str | UnsetType = UNSET


def _context(line: LedgerRow) -> ContextData:
    order_id, fill = line.order_id or UNSET, line.fill
    return ContextData(order_id, fill.symbol, str(fill.trade_id)) if fill else ContextData(order_id)


class AccountLedgerRowData(Data, frozen=True):
    """A row: unlike the ledger of today it shows the balance."""

    id: Name
    currency: Name
    amount: Amount
    fee: Amount
    balance: Amount
    biz_type: str
    direction: Annotated[str, words(*DIRECTIONS)]
    created_at: Milliseconds
    context: ContextData


class AccountLedgerRow(Value, frozen=True):
    """One change of the account, and what there was afterwards."""

    line: LedgerRow
    balance: Decimal

    def data(self) -> AccountLedgerRowData:
        """The row as it is shown."""
        shown = self.line.data()
        return AccountLedgerRowData(
            id=shown.id,
            currency=shown.currency,
            amount=shown.amount,
            fee=shown.fee,
            balance=plain(self.balance),
            biz_type=shown.biz_type,
            direction=shown.direction,
            created_at=shown.created_at,
            context=_context(self.line),
        )


class AccountLedgersListed(Reply, frozen=True):
    """A page of `AccountLedgerRow`s, newest first."""

    page: Paged

    def data(self) -> PageData[AccountLedgerRowData]:
        """The page as it is shown."""
        return page_data(self.page, AccountLedgerRow.data)


class ListHolds(Value, frozen=True):
    """`GET /api/v1/accounts/{accountId}/holds`."""

    signed: SignedRequest
    account_id: str
    current_page: str = ""
    page_size: str = ""


class HoldData(Data, frozen=True):
    """What a withdrawal under way or an active order holds."""

    currency: Name
    hold_amount: Amount
    biz_type: Annotated[str, words("Withdraw", "Exchange")]
    order_id: Name
    created_at: Milliseconds
    updated_at: Milliseconds


class HoldsListed(Reply, frozen=True):
    """A page of withdrawals, or of orders, of an account in `currency`, newest first."""

    page: Paged
    currency: str

    def data(self) -> PageData[HoldData]:
        """The page as it is shown."""
        return page_data(self.page, self._hold)

    def _hold(self, holder: Withdrawal | Order) -> HoldData:
        pays_out = isinstance(holder, Withdrawal)
        return HoldData(
            currency=self.currency,
            hold_amount=plain(holder.debit if isinstance(holder, Withdrawal) else holder.held),
            biz_type="Withdraw" if pays_out else "Exchange",
            order_id=holder.id,
            created_at=holder.created_at,
            updated_at=holder.updated_at,
        )


def list_account_ledgers(
    world: World, key: ApiKey, command: ListAccountLedgers, now: Now
) -> tuple[World, AccountLedgersListed]:
    """Every change of one account, without a bound of its span; a page costs what it shows [rest/account-ledgers]."""
    parameters = {"startAt": command.start_at, "endAt": command.end_at, "direction": command.direction}
    read = Fields(_page(command) | parameters)
    direction, span, page = DIRECTION.read(read), read_span(read), read_page(read)
    account = account_of(world, key.user, command.account_id)
    account_lines = AccountLines(world, key.user, account)
    criteria = LedgerCriteria((account.currency,), direction, "", span)
    part = paged_together(account_lines.lines(criteria), page)
    rows = tuple(
        AccountLedgerRow(line_of(ledger.movement(world, order, row)), account_lines.balance_after(order))
        for order, row in part.items
    )
    return world, AccountLedgersListed(page=Paged(page, part.total, rows))


def list_holds(world: World, key: ApiKey, command: ListHolds, now: Now) -> tuple[World, HoldsListed]:
    """The withdrawals that hold something of the main account, or the orders that do of the trading account.

    [rest/account-holds]
    """
    page = read_page(Fields(_page(command)))
    account = account_of(world, key.user, command.account_id)
    rows = _holders(world, key.user, account) if account.holds else []
    return world, HoldsListed(page=paged(rows, page), currency=account.currency)


def _holders(world: World, user: str, account: Account) -> Sequence[Withdrawal | Order]:
    """What holds something of the account, newest first."""
    if account.type == "trade":
        orders = selection.active_orders(world, user)
        return [order for order in orders if order.held and order.held_in == account.currency]
    waiting = under_way(world, world.statement(user))
    return [withdrawal for withdrawal in waiting if withdrawal.payment.currency == account.currency]


def _page(command: ListAccountLedgers | ListHolds) -> dict[str, str]:
    return {"currentPage": command.current_page, "pageSize": command.page_size}


ENDPOINTS: Final = (
    Endpoint(
        list_account_ledgers,
        ListAccountLedgers,
        OLDER,
        call="GET /api/v1/accounts/{accountId}/ledgers",
        parameters=(DIRECTION, *SPAN, *PAGE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=2,
        grade=Grade.ASSUMED,
        refusals={Reason.PARAMETER_INVALID, Reason.ACCOUNT_UNKNOWN},
    ),
    Endpoint(
        list_holds,
        ListHolds,
        OLDER,
        call="GET /api/v1/accounts/{accountId}/holds",
        parameters=PAGE,
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=2,
        grade=Grade.ASSUMED,
        refusals={Reason.PARAMETER_INVALID, Reason.ACCOUNT_UNKNOWN},
    ),
)

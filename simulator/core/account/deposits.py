"""The history of deposits."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.account.withdrawal_rows import shown_address, shown_chain
from simulator.core.data import Amount, Count, Data, Milliseconds, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import arrivals, selection
from simulator.core.funds.selection import read_criteria, whole_second
from simulator.core.gateway.paging import Paged, PageData, Query, page_data, paged_together, read_page
from simulator.core.gateway.parameters import CURRENCY, PAGE, SPAN, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import padded
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Deposit, DepositStatus, Now, Withdrawal, World

DEPOSIT_STATUSES: Final = (
    *("PROCESSING", "SUCCESS", "FAILURE"),
    *("PRE_SUCCESS", "WAIT_TRM_MGT", "TRM_MGT_REJECTED", "ROLLBACKING", "ROLLBACK"),
    *("WAIT_RISK_MGT", "RISK_MGT_REJECTED"),
)
"""What can be asked for, the words of KuCoin's newer pages included; only the first two are ever met here."""
STATUS: Final = Word("status", words=DEPOSIT_STATUSES)


class ListDeposits(Value, frozen=True):
    """`GET /api/v1/deposits`, asked as withdrawals are."""

    signed: SignedRequest
    parameters: Query


class DepositRowData(Data, frozen=True, kw_only=True):
    """A deposit in the history."""

    id: Name
    currency: Name
    chain: str
    status: DepositStatus
    sub_status: None = None
    address: str
    memo: str
    is_inner: bool
    amount: Amount
    fee: Amount
    wallet_tx_id: str | None
    url: None = None
    need_submit_wht: None = None
    pre_confirmation_count: Count
    confirmation: Count
    confirmation_count: Count
    created_at: Milliseconds
    updated_at: Milliseconds
    remark: str = "Deposit"
    arrears: bool = False


class DepositRow(Value, frozen=True):
    """Something that came in: by a chain, or from another user inside, without any confirmation."""

    id: str
    currency: str
    chain: str
    status: DepositStatus
    address: str
    memo: str
    inner: bool
    amount: Decimal
    wallet_tx_id: str | None
    created_at: int
    updated_at: int
    confirmations: int = 0
    confirms: int = 0
    pre_confirms: int = 0

    def data(self) -> DepositRowData:
        """The row as it is shown."""
        return DepositRowData(
            id=self.id,
            currency=self.currency,
            chain=self.chain,
            status=self.status,
            address=self.address,
            memo=self.memo,
            is_inner=self.inner,
            amount=padded(self.amount),
            fee=padded(arrivals.FEE),
            wallet_tx_id=self.wallet_tx_id,
            pre_confirmation_count=self.pre_confirms,
            confirmation=self.confirmations,
            confirmation_count=self.confirms,
            created_at=whole_second(self.created_at),
            updated_at=whole_second(self.updated_at),
        )


class DepositsListed(Reply, frozen=True):
    """A page of `DepositRow`s, newest first."""

    page: Paged

    def data(self) -> PageData[DepositRowData]:
        """The page as it is shown."""
        return page_data(self.page, DepositRow.data)


def list_deposits(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, DepositsListed]:
    """What came in from outside, and what other users paid to this one inside [rest/deposits]."""
    read = Fields(query)
    criteria, page = read_criteria(read, STATUS), read_page(read)
    part = paged_together(selection.incoming(world.statement(key.user), criteria), page)
    rows = tuple(
        _inside(world, row) if isinstance(row, Withdrawal) else _came(world, world.deposits[row.id], now)
        for _, row in part.items
    )
    return world, DepositsListed(page=Paged(page, part.total, rows))


def _inside(world: World, withdrawal: Withdrawal) -> DepositRow:
    """A payment of another user, as its recipient sees it."""
    return DepositRow(
        id=withdrawal.id,
        currency=withdrawal.payment.currency,
        chain=shown_chain(world, withdrawal),
        status=DepositStatus.SUCCESS,
        address=shown_address(withdrawal),
        memo=withdrawal.payment.memo,
        inner=True,
        amount=withdrawal.payout,
        wallet_tx_id=None,
        created_at=withdrawal.updated_at,
        updated_at=withdrawal.updated_at,
    )


def _came(world: World, deposit: Deposit, now: Now) -> DepositRow:
    return DepositRow(
        id=deposit.id,
        currency=deposit.currency,
        chain=deposit.chain,
        status=deposit.status,
        address=deposit.address,
        memo=deposit.memo,
        inner=False,
        amount=deposit.amount,
        wallet_tx_id=deposit.wallet_tx_id,
        created_at=deposit.created_at,
        updated_at=deposit.updated_at,
        confirmations=arrivals.confirmations(world, deposit, now),
        confirms=deposit.confirms,
        pre_confirms=deposit.pre_confirms,
    )


ENDPOINTS: Final = (
    Endpoint(
        list_deposits,
        ListDeposits,
        REST,
        call="GET /api/v1/deposits",
        parameters=(CURRENCY, STATUS, *SPAN, *PAGE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.PARAMETER_INVALID},
    ),
)

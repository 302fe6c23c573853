"""The history of withdrawals, one withdrawal, and its cancellation."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec.structs import replace

from simulator.core.account.withdrawal_rows import WithdrawalRow, WithdrawalRowData, row_of, total_fee
from simulator.core.choices import Polls
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import selection
from simulator.core.funds.selection import read_criteria, whole_second
from simulator.core.funds.settlement import S, move, settle, settles_by_itself
from simulator.core.gateway.paging import Paged, PageData, Query, page_data, paged, read_page
from simulator.core.gateway.parameters import CURRENCY, PAGE, SPAN, Word
from simulator.core.gateway.permissions import GENERAL, OAUTH_WITHDRAWAL, WITHDRAWAL, Permission
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest, holds, named_key
from simulator.core.money import padded
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
from simulator.core.value import Reply, Value
from simulator.core.world import (
    ApiKey,
    Chain,
    Now,
    Withdrawal,
    WithdrawalStatus,
    World,
)


class GetWithdrawal(Value, frozen=True):
    """`GET /api/v1/withdrawals/{withdrawalId}`."""

    signed: SignedRequest
    withdrawal_id: str


class WithdrawalData(Data, frozen=True, kw_only=True):
    """A withdrawal that was asked for by its id."""

    id: Name
    uid: int
    currency: Name
    chain_id: str
    chain_name: str
    currency_name: str
    status: WithdrawalStatus
    failure_reason: str
    failure_reason_msg: None = None
    address: str
    memo: str
    is_inner: bool
    amount: Amount
    fee: Amount
    wallet_tx_id: str | None
    address_remark: None = None
    remark: str
    created_at: Milliseconds
    cancel_type: Annotated[str, words("CANCELABLE", "NON_CANCELABLE")]
    taxes: None = None
    tax_description: None = None
    return_status: str = "NOT_RETURN"
    return_amount: None = None
    return_currency: str = "KCS"


class WithdrawalFound(Reply, frozen=True):
    """The withdrawal as it is now; `chain` None = it was paid to a person, by no chain."""

    row: WithdrawalRow
    uid: int
    currency_name: str
    chain: Chain | None

    def data(self) -> WithdrawalData:
        """The withdrawal as it is shown."""
        withdrawal, payment = self.row.withdrawal, self.row.withdrawal.payment
        cancelable = withdrawal.status is WithdrawalStatus.PROCESSING
        return WithdrawalData(
            id=withdrawal.id,
            uid=self.uid,
            currency=payment.currency,
            chain_id=self.row.chain,
            chain_name=self.chain.chain_name if self.chain else "",
            currency_name=self.currency_name,
            status=withdrawal.status,
            failure_reason="",
            address=self.row.address,
            memo=payment.memo,
            is_inner=payment.inner,
            amount=padded(payment.amount),
            fee=total_fee(withdrawal),
            wallet_tx_id=self.row.wallet_tx_id,
            remark=payment.remark,
            created_at=whole_second(withdrawal.created_at),
            cancel_type="CANCELABLE" if cancelable else "NON_CANCELABLE",
        )


class CancelWithdrawal(Value, frozen=True):
    """`DELETE /api/v1/withdrawals/{withdrawalId}`."""

    signed: SignedRequest
    withdrawal_id: str


class WithdrawalCanceled(Reply, frozen=True):
    """The withdrawal, which has failed; the answer has no data."""

    withdrawal: Withdrawal

    def data(self) -> None:
        """Nothing."""


def get_withdrawal(world: World, key: ApiKey, command: GetWithdrawal, now: Now) -> tuple[World, WithdrawalFound]:
    """One withdrawal of the key's user. Where lookups settle it, this is one [rest/withdrawal-by-id]."""
    withdrawal = _own(world, key, command.withdrawal_id)
    if isinstance(world.choices.settlement, Polls):
        world, withdrawal = _polled(world, withdrawal, world.choices.settlement.times, now)
    currency = world.currencies[withdrawal.payment.currency]
    row = row_of(world, withdrawal)
    return world, WithdrawalFound(
        row=row,
        uid=world.users[key.user].uid,
        currency_name=currency.currency,
        chain=currency.chain(row.chain),
    )


def _own(world: World, key: ApiKey, withdrawal_id: str) -> Withdrawal:
    withdrawal = world.withdrawals.get(withdrawal_id)
    if withdrawal is None or withdrawal.user != key.user:
        raise Refusal(Reason.WITHDRAWAL_UNKNOWN, expected="a withdrawal of this user", received=withdrawal_id)
    return withdrawal


def cancel_withdrawal(
    world: World, key: ApiKey, command: CancelWithdrawal, now: Now
) -> tuple[World, WithdrawalCanceled]:
    """What is still PROCESSING fails, and all of the money goes back (the list of states has none for it).

    [rest/cancel] [H71/cancel]
    """
    withdrawal = _own(world, key, command.withdrawal_id)
    if withdrawal.status is not S.PROCESSING:
        expected, received = S.PROCESSING.value, withdrawal.status.value
        raise Refusal(Reason.WITHDRAWAL_NOT_CANCELABLE, expected=expected, received=received)
    world, withdrawal = settle(world, withdrawal, success=False, at=now.business)
    return world, WithdrawalCanceled(withdrawal=withdrawal)


def _permission(world: World, command: CancelWithdrawal) -> Permission:
    """Whose permission counts: the ordinary one, which no consent grants; the OAuth one too where the switch says so.

    [H71/permission]
    """
    key = named_key(world, command.signed)
    oauth = key is not None and holds(key, AuthGroup.API_WITHDRAW_OAUTH)
    return OAUTH_WITHDRAWAL if oauth and world.choices.cancel_with_oauth_key == "allow" else WITHDRAWAL


def _polled(world: World, withdrawal: Withdrawal, times: int, now: Now) -> tuple[World, Withdrawal]:
    """The first lookup finds it as it was, later ones in the wallet's hands, the one after `times` paid."""
    if not settles_by_itself(withdrawal):
        return world, withdrawal
    withdrawal = replace(withdrawal, polls=withdrawal.polls + 1)
    if withdrawal.polls > times:
        return move(world, withdrawal, S.SUCCESS, now.business)
    if withdrawal.polls > 1 and withdrawal.status is S.PROCESSING:
        return move(world, withdrawal, S.WALLET_PROCESSING, now.business)
    return world.put(withdrawal), withdrawal


STATUS: Final = Word("status", words=tuple(status.value for status in WithdrawalStatus))


class ListWithdrawals(Value, frozen=True):
    """`GET /api/v1/withdrawals`. `parameters`: `currency`, `status`, `startAt`, `endAt`, `currentPage`, `pageSize`."""

    signed: SignedRequest
    parameters: Query


class WithdrawalsListed(Reply, frozen=True):
    """A page of `WithdrawalRow`s, newest first."""

    page: Paged

    def data(self) -> PageData[WithdrawalRowData]:
        """The page as it is shown."""
        return page_data(self.page, WithdrawalRow.data)


def list_withdrawals(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, WithdrawalsListed]:
    """The withdrawals of the key's user, whichever endpoint made them; `currency` may be left out (observed).

    [rest/withdrawals]
    """
    read = Fields(query)
    criteria, page = read_criteria(read, STATUS), read_page(read)
    part = paged(selection.withdrawals(world, world.statement(key.user), criteria), page)
    rows = tuple(row_of(world, world.withdrawals[held.id]) for held in part.items)
    return world, WithdrawalsListed(page=Paged(part.page, part.total, rows))


ENDPOINTS: Final = (
    Endpoint(
        list_withdrawals,
        ListWithdrawals,
        REST,
        call="GET /api/v1/withdrawals",
        parameters=(CURRENCY, STATUS, *SPAN, *PAGE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        get_withdrawal,
        GetWithdrawal,
        REST,
        call="GET /api/v1/withdrawals/{withdrawalId}",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.WITHDRAWAL_UNKNOWN},
    ),
    Endpoint(
        cancel_withdrawal,
        CancelWithdrawal,
        REST,
        call="DELETE /api/v1/withdrawals/{withdrawalId}",
        permission=WITHDRAWAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        permits=_permission,
        refusals={Reason.WITHDRAWAL_UNKNOWN, Reason.WITHDRAWAL_NOT_CANCELABLE},
    ),
)

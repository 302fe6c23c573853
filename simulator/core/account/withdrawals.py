"""The history of withdrawals, one withdrawal, and its cancellation."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core.choices import Polls
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import selection
from simulator.core.funds.addresses import mint_wallet_tx_id
from simulator.core.funds.selection import _read
from simulator.core.funds.settlement import S, _moved, settle, settles_by_itself
from simulator.core.gateway.paging import Paged, Query, paged, read_page
from simulator.core.gateway.parameters import CURRENCY, PAGE, SPAN, Word
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest, holds
from simulator.core.gateway.tolls import GENERAL, OAUTH_WITHDRAWAL, WITHDRAWAL, Permission, Pool
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup, WithdrawType
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


class WithdrawalFound(Reply, frozen=True):
    """The withdrawal as it is now; `chain` None = it was paid to a person, by no chain."""

    row: WithdrawalRow
    uid: int
    currency_name: str
    chain: Chain | None


class CancelWithdrawal(Value, frozen=True):
    """`DELETE /api/v1/withdrawals/{withdrawalId}`."""

    signed: SignedRequest
    withdrawal_id: str


class WithdrawalCanceled(Reply, frozen=True):
    """The withdrawal, which has failed; the answer has no data."""

    withdrawal: Withdrawal


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
    key = world.api_keys.get(command.signed.key or "")
    oauth = key is not None and holds(key, AuthGroup.API_WITHDRAW_OAUTH)
    return OAUTH_WITHDRAWAL if oauth and world.choices.cancel_with_oauth_key == "allow" else WITHDRAWAL


def _polled(world: World, withdrawal: Withdrawal, times: int, now: Now) -> tuple[World, Withdrawal]:
    """The first lookup finds it as it was, later ones in the wallet's hands, the one after `times` paid."""
    if not settles_by_itself(withdrawal):
        return world, withdrawal
    withdrawal = replace(withdrawal, polls=withdrawal.polls + 1)
    if withdrawal.polls > times:
        return _moved(world, withdrawal, S.SUCCESS, now.business)
    if withdrawal.polls > 1 and withdrawal.status is S.PROCESSING:
        return _moved(world, withdrawal, S.WALLET_PROCESSING, now.business)
    return world.put(withdrawal), withdrawal


STATUS: Final = Word("status", words=tuple(status.value for status in WithdrawalStatus))


class ListWithdrawals(Value, frozen=True):
    """`GET /api/v1/withdrawals`. `asked`: `currency`, `status`, `startAt`, `endAt`, `currentPage`, `pageSize`."""

    signed: SignedRequest
    asked: Query


class WithdrawalRow(Value, frozen=True):
    """A withdrawal as the user sees it: where it went, by which chain ("" = by none), and the chain's hash of it."""

    withdrawal: Withdrawal
    chain: str
    address: str
    wallet_tx_id: str | None


class WithdrawalsListed(Reply, frozen=True):
    """A page of `WithdrawalRow`s, newest first."""

    page: Paged


def shown_chain(world: World, withdrawal: Withdrawal) -> str:
    """The chainId by which a withdrawal is told: of an address also when it stays inside, of a person none.

    [rest/history-chain]
    """
    if withdrawal.payment.withdraw_type is not WithdrawType.ADDRESS:
        return ""
    currency = world.currencies[withdrawal.payment.currency]
    return withdrawal.chain or withdrawal.payment.chain or currency.default_chain


def shown_address(withdrawal: Withdrawal) -> str:
    """An e-mail address is masked as in the reference's sample, anything else is told [rest/history-masked]."""
    address = withdrawal.payment.address
    if withdrawal.payment.withdraw_type is not WithdrawType.MAIL:
        return address
    name, at, host = address.partition("@")
    return f"{name[:4]}*****{at}{host}"


def shown_tx_id(world: World, withdrawal: Withdrawal) -> str | None:
    """The chain's hash of a payment that left, none of one that stayed inside or is still under way (made up)."""
    left = withdrawal.chain and withdrawal.status is WithdrawalStatus.SUCCESS
    return mint_wallet_tx_id(world, withdrawal.id) if left else None


def row_of(world: World, withdrawal: Withdrawal) -> WithdrawalRow:
    """The withdrawal as the user sees it."""
    return WithdrawalRow(
        withdrawal, shown_chain(world, withdrawal), shown_address(withdrawal), shown_tx_id(world, withdrawal)
    )


def list_withdrawals(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, WithdrawalsListed]:
    """The withdrawals of the key's user, whichever endpoint made them; `currency` may be left out (observed).

    [rest/withdrawals]
    """
    read = Fields(query)
    asked, page = _read(read, STATUS), read_page(read)
    part = paged(selection.withdrawals(world, world.statement(key.user), asked), page)
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

"""What a user can look up of the past: withdrawals, deposits, and every change of an account."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from simulator.core import deposits, ledger, money, selection, spec
from simulator.core.addresses import mint_wallet_tx_id
from simulator.core.fields import FieldProblem, Fields, judging
from simulator.core.ledger import Movement
from simulator.core.paging import Paged, Query, Span, paged, paged_together, read_page, read_span, read_word
from simulator.core.replies import Reply
from simulator.core.selection import Asked, LedgerAsked
from simulator.core.signature import SignedRequest, authenticate
from simulator.core.spec import WithdrawType
from simulator.core.value import Value
from simulator.core.world import Deposit, DepositStatus, Now, Withdrawal, WithdrawalStatus, World

DEPOSIT_STATUSES: Final = (
    *("PROCESSING", "SUCCESS", "FAILURE"),
    *("PRE_SUCCESS", "WAIT_TRM_MGT", "TRM_MGT_REJECTED", "ROLLBACKING", "ROLLBACK"),
    *("WAIT_RISK_MGT", "RISK_MGT_REJECTED"),
)
"""What can be asked for, the words of KuCoin's newer pages included; only the first two are ever met here."""
BIZ_TYPES: Final = (
    *("DEPOSIT", "WITHDRAW", "TRANSFER", "SUB_TRANSFER", "TRADE_EXCHANGE", "MARGIN_EXCHANGE"),
    *("KUCOIN_BONUS", "BROKER_TRANSFER"),
)
DIRECTIONS: Final = ("in", "out")
MOST_CURRENCIES: Final = 10
LEDGER_SPAN: Final = spec.DAY
"""How far apart `startAt` and `endAt` of the ledger may be, and what it shows without them."""


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


class ListDeposits(Value, frozen=True):
    """`GET /api/v1/deposits`, asked as withdrawals are."""

    signed: SignedRequest
    asked: Query


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


class DepositsListed(Reply, frozen=True):
    """A page of `DepositRow`s, newest first."""

    page: Paged


class ListLedgers(Value, frozen=True):
    """`GET /api/v1/accounts/ledgers`. `asked`: `currency` (up to ten), `direction`, `bizType`, span and page."""

    signed: SignedRequest
    asked: Query


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


class LedgersListed(Reply, frozen=True):
    """A page of `LedgerRow`s, newest first."""

    page: Paged


def _read(read: Fields, statuses: tuple[str, ...]) -> Asked:
    return Asked(read.text("currency"), read_word(read, "status", statuses), read_span(read))


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


def list_withdrawals(world: World, command: ListWithdrawals, now: Now) -> tuple[World, WithdrawalsListed]:
    """The withdrawals of the key's user, whichever endpoint made them; `currency` may be left out (observed).

    [rest/withdrawals]
    """
    key, notes = authenticate(world, command.signed, now, "list_withdrawals")
    read = Fields(command.asked)
    with judging(notes):
        asked, page = _read(read, tuple(each.value for each in WithdrawalStatus)), read_page(read)
    part = paged(selection.withdrawals(world, world.statement(key.user), asked), page)
    rows = tuple(row_of(world, world.withdrawals[held.id]) for held in part.items)
    return world, WithdrawalsListed(page=Paged(part.page, part.total, rows), notes=notes)


def list_deposits(world: World, command: ListDeposits, now: Now) -> tuple[World, DepositsListed]:
    """What came in from outside, and what other users paid to this one inside [rest/deposits]."""
    key, notes = authenticate(world, command.signed, now, "list_deposits")
    read = Fields(command.asked)
    with judging(notes):
        asked, page = _read(read, DEPOSIT_STATUSES), read_page(read)
    part = paged_together(selection.incoming(world.statement(key.user), asked), page)
    rows = tuple(
        _inside(world, row) if isinstance(row, Withdrawal) else _came(world, world.deposits[row.id], now)
        for _, row in part.items
    )
    return world, DepositsListed(page=Paged(page, part.total, rows), notes=notes)


def _inside(world: World, each: Withdrawal) -> DepositRow:
    """A payment of another user, as its recipient sees it."""
    return DepositRow(
        id=each.id,
        currency=each.payment.currency,
        chain=shown_chain(world, each),
        status=DepositStatus.SUCCESS,
        address=shown_address(each),
        memo=each.payment.memo,
        inner=True,
        amount=each.payout,
        wallet_tx_id=None,
        created_at=each.updated_at,
        updated_at=each.updated_at,
    )


def _came(world: World, each: Deposit, now: Now) -> DepositRow:
    return DepositRow(
        id=each.id,
        currency=each.currency,
        chain=each.chain,
        status=each.status,
        address=each.address,
        memo=each.memo,
        inner=False,
        amount=each.amount,
        wallet_tx_id=each.wallet_tx_id,
        created_at=each.created_at,
        updated_at=each.updated_at,
        confirmations=deposits.confirmations(world, each, now),
        confirms=each.confirms,
        pre_confirms=each.pre_confirms,
    )


def list_ledgers(world: World, command: ListLedgers, now: Now) -> tuple[World, LedgersListed]:
    """Every change of a balance of the key's user, derived from what moved it [rest/ledgers]."""
    key, notes = authenticate(world, command.signed, now, "list_ledgers")
    read = Fields(command.asked)
    with judging(notes):
        asked, page = read_ledger(read, BIZ_TYPES, now), read_page(read)
    statement = world.statement(key.user)
    kinds = filter(asked.takes, ledger.BIZ_TYPES)
    part = paged_together(((selection.moved(statement, kind, asked), ledger.order_of(kind)) for kind in kinds), page)
    lines = tuple(line_of(ledger.movement(world, order, row, parts=False)) for order, row in part.items)
    return world, LedgersListed(page=Paged(page, part.total, lines), notes=notes)


def read_ledger(read: Fields, biz_types: Iterable[str], now: Now) -> LedgerAsked:
    """`currency`: up to ten with commas between them, none = all; `direction`, `bizType`, `startAt`, `endAt`."""
    currencies = [each for each in read.text("currency").split(",") if each]
    if len(currencies) > MOST_CURRENCIES:
        raise FieldProblem("currency", f"must name at most {MOST_CURRENCIES} currencies", len(currencies))
    direction, biz_type = read_word(read, "direction", DIRECTIONS), read_word(read, "bizType", biz_types)
    return LedgerAsked(tuple(currencies), direction, biz_type, _ledger_span(read, now))


def _ledger_span(read: Fields, now: Now) -> Span:
    """At most a day: the last one, or that from `startAt` on or up to `endAt` [rest/ledger-span]."""
    span = read_span(read)
    end = span.end if span.end is not None else now.business if span.start is None else span.start + LEDGER_SPAN
    start = span.start if span.start is not None else end - LEDGER_SPAN
    if end - start > LEDGER_SPAN:
        raise FieldProblem("endAt", "must be at most 24 hours after startAt", read.text("endAt"))
    return Span(start, end)


def line_number(of: str, place: int) -> int:
    """The id of a line, by the id of its cause and the place of its kind in the order of kinds."""
    return int.from_bytes(of.encode()[-6:], "big") * len(ledger.ORDER) + place


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
        order_id=each.of,
    )

"""The futures account: what transfers have moved there and back. Nobody trades, so that all of it is available."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from simulator.core import money
from simulator.core.account.ledgers import line_number
from simulator.core.data import Data, Milliseconds, Name, words
from simulator.core.endpoint import FUTURES, REST, Endpoint
from simulator.core.funds import ledger
from simulator.core.funds.chains import find_currency
from simulator.core.gateway.paging import Query, Span, read_span
from simulator.core.gateway.parameters import SPAN, Text, Whole, Word
from simulator.core.gateway.permissions import FUTURES_TRADING, GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import ZERO, plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, Transfer, World

CONTRACT: Final = "contract"
BITCOIN: Final = {"XBT": "BTC"}
"""What futures call a currency -> what all others call it."""
DEFAULT: Final = "XBT"
CURRENCY: Final = Text("currency", f"{DEFAULT}, which is bitcoin, without")
ANY_CURRENCY: Final = Text("currency", "XBT is bitcoin; all without")
TYPES: Final = ("RealisedPNL", "Deposit", "Withdrawal", "TransferIn", "TransferOut")
TYPE: Final = Word("type", "In any case", words=tuple(word.lower() for word in (*TYPES, "RealizedPNL")), any_case=True)
OFFSET: Final = Whole("offset", "Go on from that row")
FORWARD: Final = Word("forward", "true without: older rows", words=("true", "false"), any_case=True)
COUNT: Final = Whole("maxCount", least=1, most=200)
USUAL: Final = 50
"""Rows of an answer."""
NAMES: Final = {"main": "Funding Account", "trade": "High-Frequency Trading Account"}
"""What a remark calls the account on the other side; any other goes by its word in a transfer."""
JsonNumber = Annotated[Decimal, Meta(description="A JSON number, as futures have it")]


class GetFuturesAccount(Value, frozen=True):
    """`GET /api/v1/account-overview`. `parameters`: `currency`."""

    signed: SignedRequest
    parameters: Query


class FuturesAccountData(Data, frozen=True):
    """One currency of the futures account, in numbers."""

    account_equity: JsonNumber
    unrealised_p_n_l: JsonNumber
    margin_balance: JsonNumber
    position_margin: JsonNumber
    order_margin: JsonNumber
    frozen_funds: JsonNumber
    available_balance: JsonNumber
    currency: Name
    risk_ratio: JsonNumber
    max_withdraw_amount: JsonNumber


class FuturesAccountFound(Reply, frozen=True):
    """What there is of a currency, by the name under which it was asked for."""

    currency: str
    balance: Decimal

    def data(self) -> FuturesAccountData:
        """All of it is equity and available."""
        balance = _exact(self.balance)
        return FuturesAccountData(
            account_equity=balance,
            unrealised_p_n_l=ZERO,
            margin_balance=balance,
            position_margin=ZERO,
            order_margin=ZERO,
            frozen_funds=ZERO,
            available_balance=balance,
            currency=self.currency,
            risk_ratio=ZERO,
            max_withdraw_amount=balance,
        )


class ListFuturesHistory(Value, frozen=True):
    """`GET /api/v1/transaction-history`. `parameters`: `currency`, `type`, `offset`, `forward`, `maxCount`, span."""

    signed: SignedRequest
    parameters: Query


class FuturesHistoryRowData(Data, frozen=True, kw_only=True):
    """A row of the history; what went out has a minus."""

    time: Milliseconds
    type: Annotated[str, words(*TYPES)]
    amount: JsonNumber
    fee: JsonNumber
    account_equity: JsonNumber
    status: str = "Completed"
    remark: str
    offset: int
    currency: Name


class FuturesHistoryData(Data, frozen=True):
    """Rows, and whether there are more."""

    data_list: tuple[FuturesHistoryRowData, ...]
    has_more: bool


class FuturesHistoryRow(Value, frozen=True):
    """A transfer as the futures account sees it, and what there was of its currency afterwards."""

    transfer: Transfer
    offset: int
    after: Decimal

    @property
    def came(self) -> bool:
        """True if it came in."""
        return self.transfer.target == CONTRACT

    @property
    def type(self) -> str:
        """KuCoin's word for it."""
        return "TransferIn" if self.came else "TransferOut"

    def data(self) -> FuturesHistoryRowData:
        """The row as it is shown."""
        transfer = self.transfer
        other = transfer.source if self.came else transfer.target
        kind = other.partition(":")[0]
        return FuturesHistoryRowData(
            time=transfer.created_at,
            type=self.type,
            amount=_exact(transfer.amount if self.came else money.negative(transfer.amount)),
            fee=ZERO,
            account_equity=_exact(self.after),
            remark=f"Transferred {'from' if self.came else 'to'} {NAMES.get(kind, kind.upper())}",
            offset=self.offset,
            currency=_shown(transfer.currency),
        )


class FuturesHistoryListed(Reply, frozen=True):
    """The newest first."""

    rows: tuple[FuturesHistoryRow, ...]
    more: bool

    def data(self) -> FuturesHistoryData:
        """The rows as they are shown."""
        return FuturesHistoryData(tuple(row.data() for row in self.rows), self.more)


def _exact(amount: Decimal) -> Decimal:
    """The amount without exponent and trailing zeros."""
    return Decimal(plain(amount))


def _shown(currency: str) -> str:
    return next((name for name, code in BITCOIN.items() if code == currency), currency)


def get_futures_account(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, FuturesAccountFound]:
    """One currency of the futures account; 0 of what was never there, or without an account.

    [rest/futures-account]
    """
    name = CURRENCY.read(Fields(query)) or DEFAULT
    currency = find_currency(world, BITCOIN.get(name, name)).currency
    return world, FuturesAccountFound(currency=name, balance=world.wallet(key.user).account(currency, CONTRACT).balance)


def list_futures_history(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, FuturesHistoryListed]:
    """What has moved the futures account; `offset` goes on from that row [rest/futures-history]."""
    read = Fields(query)
    name, kind = ANY_CURRENCY.read(read), TYPE.read(read)
    offset, older = OFFSET.read(read), FORWARD.read(read) != "false"
    count, span = COUNT.read(read) or USUAL, read_span(read)
    currency = BITCOIN.get(name, name)
    rows = [
        row
        for row in _rows(world, key.user, span)
        if currency in ("", row.transfer.currency)
        and kind in ("", row.type.lower())
        and (offset is None or (row.offset < offset if older else row.offset > offset))
    ]
    page = rows[:count] if older or offset is None else rows[-count:]
    return world, FuturesHistoryListed(rows=tuple(page), more=len(rows) > count)


def _rows(world: World, user: str, span: Span) -> Iterator[FuturesHistoryRow]:
    """The rows in the span, the newest first, reckoned back from what there is now."""
    first, end = span.bounds
    left: dict[str, Decimal] = {}
    place = ledger.ORDER.index("transfer_in")
    for transfer in ledger.latest(world.statement(user), "transfer_in"):
        if CONTRACT not in (transfer.source, transfer.target):
            continue
        if transfer.created_at < first:
            return
        currency = transfer.currency
        after = left.get(currency)
        if after is None:
            after = world.wallet(user).account(currency, CONTRACT).balance
        row = FuturesHistoryRow(transfer, line_number(transfer.id, place), after)
        if transfer.created_at <= end:
            yield row
        left[currency] = money.subtract(after, transfer.amount if row.came else money.negative(transfer.amount))


ENDPOINTS: Final = (
    Endpoint(
        get_futures_account,
        GetFuturesAccount,
        REST,
        call="GET /api/v1/account-overview",
        parameters=(CURRENCY,),
        example={"currency": "USDT"},
        permission=FUTURES_TRADING,
        pool=Pool.FUTURES,
        weight=5,
        refusals={Reason.CURRENCY_UNKNOWN},
        host=FUTURES,
    ),
    Endpoint(
        list_futures_history,
        ListFuturesHistory,
        REST,
        call="GET /api/v1/transaction-history",
        parameters=(ANY_CURRENCY, TYPE, OFFSET, FORWARD, COUNT, *SPAN),
        example={"currency": "USDT"},
        permission=GENERAL,
        pool=Pool.FUTURES,
        weight=2,
        refusals={Reason.PARAMETER_INVALID},
        host=FUTURES,
    ),
)

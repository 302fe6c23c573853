"""Broker Pro: a broker's commission, its users and their trades. The calls are signed with the broker's own key.

KuCoin's reference of its REST API has these calls, the page does not. None of them changes the world.
"""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.broker_pro import reports
from simulator.core.broker_pro.report_data import (
    BrokerUserData,
    PeriodData,
    TransactionData,
    broker_user_data,
    period_data,
    transaction_data,
)
from simulator.core.broker_pro.reports import EVERY, BrokerTransaction, BrokerUser
from simulator.core.endpoint import PRO, Endpoint
from simulator.core.gateway.paging import (
    LARGEST_PAGE,
    Paged,
    PageData,
    Query,
    page_data,
    paged,
    read_page,
    read_size,
    read_span,
    read_whole,
)
from simulator.core.gateway.parameters import SPAN, Text, Whole, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Grade, Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Client, MadeBy, Now, World
from simulator.core.world.brokers import TradeType

SMALLEST, USUAL = 1, 10
"""Rows of a page: the smallest page, as in the sample of KuCoin's reference, and the default, which a client notes."""
TYPES: Final = {"SPOT": TradeType.SPOT, "FUTURE": TradeType.FUTURE, "FUTURES": TradeType.FUTURE}
"""`FUTURE` is documented, `FUTURES` is what a client sends [H65/futures]."""
REBATE_TYPES: Final = {"0": EVERY, "1": frozenset({TradeType.SPOT}), "2": frozenset({TradeType.FUTURE})}
"""The values are documented, their meaning is not [H65/rebate-type]."""
ALL: Final = "all"
SITE_TYPE, UID, RCODE, TAG = Text("siteType"), Text("uid"), Text("rcode"), Text("tag")
TRADE_TYPE: Final = Word("tradeType", words=(ALL, *TYPES))
REBATE_TYPE: Final = Word("rebateType", words=(*REBATE_TYPES,))
LAST_ID: Final = Text("lastId", "That of the last row that is known")
DIRECTION: Final = Word("direction", words=("PRE", "NEXT"))
SIZE: Final = Whole("pageSize", f"{USUAL} without", least=SMALLEST, most=LARGEST_PAGE)
PAGE: Final = (Whole("page", least=1), SIZE)


class GetCommission(Value, frozen=True):
    """`GET /api/v2/broker/queryMyCommission`."""

    signed: SignedRequest
    parameters: Query


class CommissionFound(Reply, frozen=True):
    """Periods of trades, the newest first; `rebate_type` is that of the request, 0 by default."""

    periods: Paged
    site_type: str
    rebate_type: int

    def data(self) -> PageData[PeriodData]:
        """The page of rows under KuCoin's names."""
        return page_data(self.periods, lambda row: period_data(row, self.site_type, self.rebate_type))


class ListBrokerUsers(Value, frozen=True):
    """`GET /api/v2/broker/queryUser`."""

    signed: SignedRequest
    parameters: Query


class BrokerUsersListed(Reply, frozen=True):
    """A page of `BrokerUser`, by uid."""

    users: Paged

    def data(self) -> PageData[BrokerUserData]:
        """The page of rows under KuCoin's names."""
        return page_data(self.users, broker_user_data)


class ListBrokerTransactions(Value, frozen=True):
    """`GET /api/v2/broker/queryDetailByUid`."""

    signed: SignedRequest
    parameters: Query


class BrokerTransactionsListed(Reply, frozen=True):
    """Trades, the newest first."""

    transactions: tuple[BrokerTransaction, ...]

    def data(self) -> tuple[TransactionData, ...]:
        """The rows under KuCoin's names."""
        return tuple(map(transaction_data, self.transactions))


def broker_of(world: World, key: ApiKey, signed: SignedRequest) -> Client:
    """The broker whose own key signed the call. Any other key is refused [rest/broker-key]."""
    if key.made_by is not MadeBy.BROKER:
        received = f"a key made by the {key.made_by.value}"
        raise Refusal(Reason.BROKER_UNKNOWN, expected="a key made by the broker", received=received)
    return world.clients[key.client_id]


def trade_types(read: Fields) -> frozenset[TradeType]:
    """The types of trades that `tradeType` selects; both by default."""
    word = TRADE_TYPE.read(read)
    return frozenset({TYPES[word]}) if word in TYPES else EVERY


def get_commission(world: World, client: Client, query: Query, now: Now) -> tuple[World, CommissionFound]:
    """A row for each day that lies completely between `startAt` and `endAt`.

    The simulator pays no commission out, so no period has a payout time. [rest/broker-commission] [H65/unpaid]
    """
    read = Fields(query)
    site, types, span = SITE_TYPE.read(read), trade_types(read), read_span(read)
    rebate_type = REBATE_TYPE.read(read) or "0"
    page = read_page(read, "page", SMALLEST, USUAL)
    own = spec.SITES[client.local_site]
    trades = reports.trades_of(world, client, now.business, types & REBATE_TYPES[rebate_type])
    rows = [period for period in reports.periods(world, trades.rows) if period.start in span and period.end in span]
    periods = paged(rows if site in ("", ALL, own) else [], page)
    return world, CommissionFound(periods=periods, site_type=own, rebate_type=int(rebate_type), notes=trades.notes)


def list_broker_users(world: World, client: Client, query: Query, now: Now) -> tuple[World, BrokerUsersListed]:
    """The broker's users with the sums of all their trades. `startAt` and `endAt` limit the time of registration.

    [rest/broker-users]
    """
    read = Fields(query)
    types, span, page = trade_types(read), read_span(read), read_page(read, "page", SMALLEST, USUAL)
    uid, rcode, tag = UID.read(read), RCODE.read(read), TAG.read(read)

    def matches(row: BrokerUser) -> bool:
        named = uid in ("", str(row.user.uid)) and rcode in ("", row.rcode) and tag in ("", row.tag)
        return named and row.user.registered_at in span

    trades = reports.trades_of(world, client, now.business, types)
    rows = [*filter(matches, reports.users(world, client, trades.rows))]
    return world, BrokerUsersListed(users=paged(rows, page), notes=trades.notes)


def list_broker_transactions(
    world: World, client: Client, query: Query, now: Now
) -> tuple[World, BrokerTransactionsListed]:
    """The trades, the newest first: the first page, or the page next to `lastId`.

    `NEXT` gives older trades, `PRE` newer ones; the order of the rows is the same.
    [rest/broker-transactions] [H65/last-id]
    """
    read = Fields(query)
    types, span, uid = trade_types(read), read_span(read), UID.read(read)
    last, direction = read_whole(read, LAST_ID.name), DIRECTION.read(read) or "NEXT"
    size = read_size(read, SMALLEST, USUAL)
    trades = reports.trades_of(world, client, now.business, types, span)
    rows = [trade for trade in reversed(trades.rows) if uid in ("", str(world.users[trade.user].uid))]
    if last is not None:
        place = (next((trade.at for trade in rows if trade.number == last), now.business), last)
        newer = [trade for trade in rows if reports.place_of(trade) > place]
        rows = newer[-size:] if direction == "PRE" else [row for row in rows if reports.place_of(row) < place]
    page = reports.transactions(world, client, rows[:size])
    return world, BrokerTransactionsListed(transactions=tuple(page), notes=trades.notes)


ENDPOINTS: Final = (
    Endpoint(
        get_commission,
        GetCommission,
        PRO,
        call="GET /api/v2/broker/queryMyCommission",
        parameters=(SITE_TYPE, TRADE_TYPE, REBATE_TYPE, *SPAN, *PAGE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=3,
        caller=broker_of,
        notes_unread=True,
        grade=Grade.ASSUMED,
        refusals={Reason.BROKER_UNKNOWN, Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_broker_users,
        ListBrokerUsers,
        PRO,
        call="GET /api/v2/broker/queryUser",
        parameters=(TRADE_TYPE, UID, RCODE, TAG, *SPAN, *PAGE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=3,
        caller=broker_of,
        notes_unread=True,
        grade=Grade.ASSUMED,
        refusals={Reason.BROKER_UNKNOWN, Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_broker_transactions,
        ListBrokerTransactions,
        PRO,
        call="GET /api/v2/broker/queryDetailByUid",
        parameters=(TRADE_TYPE, UID, *SPAN, LAST_ID, DIRECTION, SIZE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=3,
        caller=broker_of,
        notes_unread=True,
        grade=Grade.ASSUMED,
        refusals={Reason.BROKER_UNKNOWN, Reason.PARAMETER_INVALID},
    ),
)

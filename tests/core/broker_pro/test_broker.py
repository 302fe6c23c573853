"""Broker Pro: who may ask, what trades come to, and the link to a file of them (H65, H66)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.broker_pro import (
    FUTURE,
    RCODE,
    SPOT,
    TRADES,
    asks,
    desk_of,
    earning,
    follow,
    linked,
    numbers,
    periods,
    trade,
    transactions,
    users,
)
from support.demo_world import demo_world
from support.desk import START

from simulator.core.broker_pro.commission import CommissionFound, GetCommission, ListBrokerTransactions, ListBrokerUsers
from simulator.core.broker_pro.rebates import GetRebate, GetRebateV2
from simulator.core.broker_pro.reports import day_of
from simulator.core.control import administration as control
from simulator.core.refusals import Reason
from simulator.core.spec import DAY, HOUR
from simulator.core.world.brokers import BrokerBook, Trade


# --- who
@pytest.mark.parametrize("command", [GetRebate, GetRebateV2, GetCommission, ListBrokerUsers, ListBrokerTransactions])
def test_only_the_brokers_own_key(command: Any) -> None:
    """A key that a consent made is no broker's, whatever its parameters are: 600100."""
    desk = desk_of()
    key = desk.key()
    refusal = desk.refusal(asks(desk, command, key, tradeType="nonsense"))
    assert refusal.reason is Reason.BROKER_UNKNOWN
    assert (refusal.reason.denial.code, refusal.received) == ("600100", "a key made by the consent")


def test_unread_parameters_are_noted() -> None:
    """A parameter that nothing reads is in the notes, of a refusal too."""
    desk = desk_of()
    note = "fields that nothing read: currentPage"
    assert desk.do(asks(desk, GetCommission, currentPage=2), CommissionFound).notes == (note,)
    assert desk.refusal(asks(desk, GetCommission, currentPage=2, page="x")).notes == (note,)


# --- trades
def test_a_trade_without_tag_is_the_inviters() -> None:
    """Without the tag a trade counts if its user was invited; no trade counts before it has happened."""
    desk = desk_of()
    assert numbers(desk) == [4, 3, 2, 1]
    desk.advance(DAY - 1)
    assert numbers(desk)[0] == 4
    desk.advance(1)
    assert numbers(desk)[0] == 6
    assert numbers(desk_of(earning(demo_world(), invited=("bob", "carol"))))[0] == 5


def test_commission_rate() -> None:
    """Forty per cent of the fee, to the last digit, or what the scenario says."""
    desk = desk_of()
    assert [str(each.commission) for each in transactions(desk)] == ["0.0028", "0.08", "1.2", "0.4"]
    desk = desk_of(broker_commission_rate=Decimal("0.333"))
    assert str(transactions(desk)[0].commission) == "0.002331"


def test_trade_types() -> None:
    """`SPOT`, `FUTURE`, `all` and nothing; a client's `FUTURES` is `FUTURE`."""
    desk = desk_of()
    assert numbers(desk, tradeType="SPOT") == [4, 3, 1]
    assert numbers(desk, tradeType="FUTURE") == numbers(desk, tradeType="FUTURES") == [2]
    assert numbers(desk, tradeType="all") == numbers(desk, tradeType="") == [4, 3, 2, 1]
    assert follow(desk, linked(desk, tradeType="FUTURES")) == [2]
    assert desk.reason(asks(desk, ListBrokerTransactions, tradeType="futures")) is Reason.PARAMETER_INVALID


# --- commission
def test_days_begin_at_16_utc() -> None:
    """A day is one of UTC+8: one tick before 16:00 UTC is the day before; the sample's period is such a day."""
    noon = START + 12 * HOUR
    assert day_of(noon + 4 * HOUR) == noon + 4 * HOUR
    assert day_of(noon + 4 * HOUR - 1) == noon + 4 * HOUR - DAY
    assert day_of(1_758_700_000_000) == 1_758_643_200_000
    assert 1_758_643_200_000 + DAY - 1 == 1_758_729_599_999


def test_commission() -> None:
    """A row for each day and currency, the newest first, with tag and without apart; only whole days of the span."""
    desk = desk_of()
    rows = periods(desk)
    assert [(each.currency, each.start, each.end - each.start) for each in rows] == [
        ("USDC", START - DAY - 8 * HOUR, DAY - 1),
        ("USDT", START - 2 * DAY - 8 * HOUR, DAY - 1),
        ("USDT", START - 3 * DAY - 8 * HOUR, DAY - 1),
    ]
    earned = rows[1].earned
    assert (earned.users, set(earned.tag_users), set(earned.invited_users)) == (1, {"bob"}, {"bob"})
    assert (str(earned.tagged.volume), str(earned.untagged.volume), str(earned.volume)) == ("5000", "200.5", "5200.5")
    assert (str(earned.tagged.commission), str(earned.untagged.commission)) == ("1.2", "0.08")
    first = rows[2].start
    assert periods(desk, startAt=first, endAt=first + DAY - 1) == [rows[2]]
    assert periods(desk, startAt=first + 1, endAt=first + 2 * DAY - 2) == []


def test_rebate_types() -> None:
    """0 is everything in one row, 1 spot alone, 2 futures alone; the answer tells which was asked."""
    desk = desk_of()
    volumes = {kind: [str(each.earned.volume) for each in periods(desk, rebateType=kind)] for kind in (0, 1, 2)}
    assert volumes == {0: ["7", "5200.5", "1000"], 1: ["7", "200.5", "1000"], 2: ["5000"]}
    assert desk.do(asks(desk, GetCommission, rebateType=2), CommissionFound).rebate_type == 2
    assert desk.do(asks(desk, GetCommission), CommissionFound).rebate_type == 0
    assert periods(desk, rebateType=1, tradeType="FUTURE") == []


def test_site_types() -> None:
    """The client's own site, `all` and nothing find its commission; another site has none."""
    desk = desk_of()
    assert len(periods(desk, siteType="global")) == len(periods(desk, siteType="all")) == len(periods(desk)) == 3
    assert periods(desk, siteType="europe") == []
    desk.world = desk.world.put(replace(desk.world.clients["demo-broker"], local_site=True))
    assert (len(periods(desk, siteType="europe")), periods(desk, siteType="global")) == (3, [])
    assert desk.do(asks(desk, GetCommission), CommissionFound).site_type == "europe"


def test_pages() -> None:
    """Ten rows without a size, one at least; `page` leads on."""
    many = tuple(trade(n, "alice", START - n * DAY, SPOT, "1", "1") for n in range(12, 0, -1))
    desk = desk_of(earning(demo_world(), many))
    assert (len(periods(desk)), len(periods(desk, page=2)), periods(desk, page=3)) == (10, 2, [])
    found = desk.do(asks(desk, GetCommission, pageSize=1, page=12), CommissionFound).periods
    assert (found.total, [each.start for each in found.items]) == (12, [day_of(START - 12 * DAY)])
    assert len(transactions(desk)) == 10


# --- users
def test_who_is_a_user_of_the_broker() -> None:
    """Who has authorized it, even if they took that back, who was invited, and who has traded: by uid, each once."""
    desk = desk_of()
    assert [each.user.name for each in users(desk)] == ["alice", "alice", "bob"]
    desk.authorize("dave")
    [consent] = desk.world.consents.values()
    desk.perform(control.RevokeConsent(consent.id))
    rows = users(desk)
    assert [(each.user.name, each.currency) for each in rows] == [
        ("alice", "USDC"),
        ("alice", "USDT"),
        ("bob", "USDT"),
        ("dave", "USDT"),
    ]
    assert rows[3].earned.users == 0
    assert users(desk_of(earning(demo_world(), (), ()))) == []


def test_users() -> None:
    """Volumes, fees and commission apart by market and tag; filters by uid, code, tag and time of registration."""
    desk = desk_of()
    [bob] = users(desk, uid=200_000_002)
    assert (bob.invited, bob.rcode, bob.tag) == (True, RCODE, "DEMOPARTNER")
    tagged, untagged = bob.earned.tagged, bob.earned.untagged
    assert [str(each) for each in (tagged.spot, tagged.futures, tagged.fee, tagged.commission)] == [
        "0",
        "5000",
        "3",
        "1.2",
    ]
    assert [str(each) for each in (untagged.spot, untagged.futures, untagged.fee)] == ["200.5", "0", "0.2"]
    assert users(desk, rcode=RCODE) == [bob]
    assert [each.user.name for each in users(desk, tag="DEMOPARTNER")] == ["alice", "alice", "bob"]
    [spot] = users(desk, uid=200_000_002, tradeType="SPOT")
    assert (spot.tag, spot.earned.tagged.trades) == ("", 0)
    assert (users(desk, rcode="x"), users(desk, uid="x"), users(desk, tag="x")) == ([], [], [])
    registered = bob.user.registered_at
    assert len(users(desk, startAt=registered, endAt=registered)) == 3
    assert users(desk, startAt=registered + 1) == users(desk, endAt=registered - 1) == []


# --- transactions
def test_transactions() -> None:
    """A row a trade, the newest first, of one user or of a span, with what it earned."""
    desk = desk_of()
    rows = transactions(desk, uid=200_000_002)
    assert [(each.trade.number, each.invited, each.tag) for each in rows] == [(3, True, ""), (2, True, "DEMOPARTNER")]
    assert (transactions(desk)[0].rcode, rows[0].rcode) == (None, RCODE)
    at = TRADES[1].at
    assert numbers(desk, startAt=at, endAt=at) == [2]
    assert (numbers(desk, startAt=at + 1), numbers(desk, endAt=at - 1)) == ([4, 3], [1])
    assert numbers(desk, uid="1") == []


def test_transactions_page_by_page() -> None:
    """With the last row's id the pages lead through all trades once; `PRE` leads back by the same pages."""
    many = tuple(trade(n, "alice", START - (30 - n) * HOUR, SPOT, "1", "1") for n in range(1, 9))
    desk = desk_of(earning(demo_world(), many))
    pages = [numbers(desk, pageSize=3)]
    while pages[-1]:
        pages.append(numbers(desk, pageSize=3, lastId=pages[-1][-1], direction="NEXT"))
    assert pages == [[8, 7, 6], [5, 4, 3], [2, 1], []]
    assert numbers(desk, pageSize=3, lastId=2, direction="PRE") == [5, 4, 3]
    assert numbers(desk, pageSize=3, lastId=8, direction="PRE") == []
    assert numbers(desk, pageSize=2, direction="PRE") == [8, 7]
    assert (len(numbers(desk, pageSize=500)), desk.reason(asks(desk, ListBrokerTransactions, pageSize=501))) == (
        8,
        Reason.PARAMETER_INVALID,
    )


# --- people come and go
def test_a_user_takes_their_trades_along() -> None:
    """Who is deleted has no trades and was invited by nobody; what others traded keeps its ids."""
    desk = desk_of()
    gone = desk.do(control.DeleteUser("bob"), control.Administered)
    assert dict(gone.removed) == {"trades": 2}
    assert desk.world.clients["demo-broker"].invited == ()
    assert numbers(desk) == [4, 1]
    before = desk.world
    desk.do(control.DeleteUser("dave"), control.Administered)
    assert desk.world.broker_books is before.broker_books


def test_a_client_takes_its_trades_along() -> None:
    """A client that is deleted or put anew has no book."""
    for command in (
        control.DeleteClient("demo-broker"),
        control.PutClient(demo_world().clients["demo-broker"]),
    ):
        desk = desk_of()
        assert dict(desk.do(command, control.Administered).removed)["trades"] == len(TRADES)
        assert desk.world.broker_books.get("demo-broker") is None


# --- sums
NAMES = ("alice", "bob", "carol")
SOME = st.lists(
    st.builds(
        Trade,
        number=st.just(0),
        user=st.sampled_from(NAMES),
        at=st.integers(START - 5 * DAY, START + DAY),
        type=st.sampled_from([SPOT, FUTURE]),
        volume=st.decimals(0, 10**6, places=6),
        fee=st.decimals(0, 10**4, places=8),
        tagged=st.booleans(),
        currency=st.sampled_from(["USDT", "USDC"]),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(
    trades=SOME,
    invited=st.sets(st.sampled_from(NAMES)),
    kind=st.sampled_from(["all", "SPOT", "FUTURE"]),
    currency=st.sampled_from(["USDT", "USDC"]),
)
def test_three_ways_to_add_up(trades: list[Trade], invited: set[str], kind: str, currency: str) -> None:
    """Over the same trades the sums of days, of users and of transactions agree: volume, fee and commission."""
    numbered = tuple(replace(each, number=n) for n, each in enumerate(sorted(trades, key=lambda each: each.at), 1))
    desk = desk_of(earning(demo_world(), numbered, tuple(sorted(invited))))
    size = {"tradeType": kind, "pageSize": 500}
    by_day = [each.earned for each in periods(desk, **size) if each.currency == currency]
    by_user = [each.earned for each in users(desk, **size) if each.currency == currency]
    rows = [each for each in transactions(desk, **size) if each.trade.currency == currency]
    sums = [
        tuple(sum((getattr(each, name) for each in found), Decimal(0)) for name in ("volume", "fee", "commission"))
        for found in (by_day, by_user)
    ]
    one_by_one = (
        sum((each.trade.volume for each in rows), Decimal(0)),
        sum((each.trade.fee for each in rows), Decimal(0)),
        sum((each.commission for each in rows), Decimal(0)),
    )
    assert sums == [one_by_one, one_by_one]
    assert sum(each.tagged.trades + each.untagged.trades for each in by_day) == len(rows)


def test_other_brokers_trades_are_not_looked_at() -> None:
    """A book of another broker changes nothing: it is not even read."""
    desk = desk_of()
    before = (periods(desk), users(desk), transactions(desk))
    unreadable: Any = None
    desk.world = desk.world.put(BrokerBook("other-broker", unreadable))
    assert (periods(desk), users(desk), transactions(desk)) == before

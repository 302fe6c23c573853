"""Rebate files: the six months, the link, and the time that a file takes (H65)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from support.broker_pro import SPOT, TRADES, asks, dead, desk_of, earning, follow, linked, trade
from support.demo_world import demo_world
from support.desk import START

from simulator.core.broker_pro.rebates import GetRebate, GetRebateV2, months_later
from simulator.core.control import administration as control
from simulator.core.refusals import Reason
from simulator.core.spec import DAY, HOUR, SECOND
from simulator.core.world.brokers import BrokerBook, RebateFile


@pytest.mark.parametrize(
    ("begin", "last"),
    [("20260101", "20260701"), ("20250831", "20260228"), ("20230831", "20240229"), ("20251231", "20260630")],
)
def test_six_months(begin: str, last: str) -> None:
    """From the first day to the last are six months of the calendar at most, and a day more is too much."""
    desk = desk_of()
    assert linked(desk, begin=begin, end=last)
    assert linked(desk, begin=begin, end=begin)
    day = datetime.strptime(last, "%Y%m%d").replace(tzinfo=UTC).timestamp() + DAY / SECOND
    later = datetime.fromtimestamp(day, UTC).strftime("%Y%m%d")
    refusal = desk.refusal(asks(desk, GetRebate, begin=begin, end=later, tradeType=1))
    assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_INVALID, "end")
    assert desk.reason(asks(desk, GetRebate, begin=last, end=begin, tradeType=1)) is Reason.PARAMETER_INVALID


def test_the_last_months_of_all() -> None:
    """Six months after the end of the year 9999 there is no day, and nothing falls over."""
    assert months_later(date(9999, 9, 1), 6) == date(9999, 12, 31)
    assert desk_of().reason(asks(desk_of(), GetRebate, begin="99991231", end="00000101", tradeType=1)) is (
        Reason.PARAMETER_INVALID
    )


def test_the_link() -> None:
    """It leads to the trades of those days and that market for a day, to the tick; changed, it leads nowhere."""
    desk = desk_of()
    url = linked(desk, begin="20260530", end="20260531")
    path = urlsplit(url).path
    assert url.startswith("http://127.0.0.1:8080/broker/")
    assert path.endswith("_file.csv")
    assert len(path) == len("/broker/_file.csv") + 24
    assert follow(desk, url) == [3, 4]
    desk.advance(DAY - 1)
    assert follow(desk, url) == [3, 4]
    assert dead(desk, url.replace("20260530", "20260501")) == "forged"
    assert dead(desk, url.replace("/broker/6", "/broker/7")) == "forged"
    assert dead(desk, url.partition("?")[0]) == "forged"
    desk.advance(1)
    assert dead(desk, url) == "expired"
    url = linked(desk)
    desk.perform(control.DeleteClient("demo-broker"))
    assert dead(desk, url) == "gone"


def test_a_call_that_reads_and_notes_a_file_touches_nothing_else() -> None:
    """A read that changes one row names that row, and no row that an earlier call has changed."""
    desk = desk_of(rebate_delay=10 * SECOND)
    desk.key("frank")
    before = desk.world
    assert before.touched
    desk.refusal(asks(desk, GetRebateV2, begin="20260530", end="20260531", tradeType="SPOT"))
    assert list(desk.world.touched or ()) == [("broker_books", "demo-broker")]
    assert desk.world.step == before.step


def test_the_first_and_the_last_tick_of_a_file() -> None:
    """A file's days begin at 16:00 UTC of the day before and end a tick before 16:00 UTC."""
    begin = START - DAY - 8 * HOUR
    edges = tuple(
        trade(n, "alice", at, SPOT, "1", "1")
        for n, at in enumerate((begin - 1, begin, begin + DAY - 1, begin + DAY), 1)
    )
    desk = desk_of(earning(demo_world(), edges))
    assert follow(desk, linked(desk, begin="20260531", end="20260531")) == [2, 3]


def test_old_and_new_words_lead_to_the_same_file() -> None:
    """1 and SPOT, 2 and FUTURE."""
    desk = desk_of()
    assert linked(desk, GetRebate, tradeType=1) == linked(desk, tradeType="SPOT")
    assert linked(desk, GetRebate, tradeType=2) == linked(desk, tradeType="FUTURE")
    assert desk.reason(asks(desk, GetRebate, begin="20260501", end="20260601", tradeType="SPOT")) is (
        Reason.PARAMETER_INVALID
    )


def test_a_file_takes_its_time() -> None:
    """With `rebate_delay` the first request sets a file off; it is 100001 until the delay has passed, to the tick."""
    desk = desk_of(rebate_delay=10 * SECOND)
    wanted = {"begin": "20260501", "end": "20260601", "tradeType": "SPOT"}
    for _ in range(2):
        refusal = desk.refusal(asks(desk, GetRebateV2, **wanted))
        assert (refusal.reason, refusal.reason.denial.code) == (Reason.REBATE_FILE_NOT_READY, "100001")
        desk.advance(5 * SECOND - 1)
    desk.advance(1)
    assert desk.reason(asks(desk, GetRebateV2, **wanted)) is Reason.REBATE_FILE_NOT_READY
    desk.advance(1)
    assert follow(desk, linked(desk)) == [1, 3, 4]
    assert desk.reason(asks(desk, GetRebateV2, **{**wanted, "tradeType": "FUTURE"})) is Reason.REBATE_FILE_NOT_READY
    assert desk_of().world.choices.rebate_delay == 0


def test_a_book_does_not_grow_with_the_calls() -> None:
    """Only the newest files are remembered; the trades stay."""
    book = BrokerBook("demo-broker", TRADES)
    for number in range(BrokerBook.CAPACITY + 5):
        book = book.having(RebateFile(f"{20260101 + number}", "20260601", SPOT, number))
    assert (len(book.files), book.files[0].begun_at) == (BrokerBook.CAPACITY, BrokerBook.CAPACITY + 4)
    assert book.trades == TRADES

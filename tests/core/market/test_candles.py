"""Candles: where they begin, what they are made of, and how many are looked at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import START
from support.shown import shown
from support.spot_world import SpotDesk
from support.watched import Watched

from simulator.core.gateway.paging import Span
from simulator.core.market.day import day_of
from simulator.core.market.trades import LENGTHS, MOST_CANDLES, ListCandles, begin_of, candles
from simulator.core.refusals import Reason
from simulator.core.spec import DAY, HOUR, MINUTE, SECOND
from simulator.core.trading.prices import set_price
from simulator.core.world import Draft
from simulator.scenario.format.scalars import instant_ms

BEGIN = START // MINUTE * MINUTE


def listed(desk: SpotDesk, kind: str = "1min", **asked: Any) -> list[list[str]]:
    """The candles of BTC-USDT."""
    texts = {name: str(value) for name, value in asked.items()}
    reply: Any = desk.perform(ListCandles({"symbol": "BTC-USDT", "type": kind, **texts})).result
    rows: list[list[str]] = shown(reply.data())
    return rows


def at(desk: SpotDesk, moment: int, price: str, symbol: str = "BTC-USDT") -> None:
    """A price was set at that instant."""
    draft = Draft(desk.world)
    set_price(draft, symbol, moment, Decimal(price), None, None)
    desk.world = draft.done()


def seconds(milliseconds: int) -> str:
    return str(milliseconds // SECOND)


def test_a_market_in_which_nothing_happened_has_no_candle() -> None:
    """The price at the start was made by nobody: there is no interval in which it was."""
    assert all(listed(SpotDesk(), kind) == [] for kind in (*LENGTHS, "1month"))


def test_candles_are_made_of_prices_and_trades() -> None:
    """Open and close are the first and the last price; volume and turnover are those of trades alone; newest first."""
    desk = SpotDesk()
    desk.placed(type="market", price=None, size="0.5")  # at 60000.1
    at(desk, START, "61000")
    at(desk, START, "59000")
    at(desk, START, "59500")
    at(desk, BEGIN + 3 * MINUTE, "59600")
    assert listed(desk) == [
        [seconds(BEGIN + 3 * MINUTE), "59600", "59600", "59600", "59600", "0", "0"],
        [seconds(BEGIN), "60000.1", "59500", "61000", "59000", "0.5", "30000.05"],
    ]
    assert listed(desk, "1day") == [
        [seconds(START // DAY * DAY), "60000.1", "59600", "61000", "59000", "0.5", "30000.05"]
    ]


def test_a_candle_closes_at_the_price_that_was_set() -> None:
    """What trades because a price is set, also a stop order, trades before it: the candle closes at that price."""
    desk = SpotDesk()
    desk.placed(price="59500")
    at(desk, START, "59000")
    assert [row[1:5] for row in listed(desk)] == [["59500", "59000", "59500", "59000"]]
    desk.placed(type="market", price=None, size="0.1")
    assert [row[2] for row in listed(desk)] == ["59000.1"]
    at(desk, START, "59000")
    assert [row[2] for row in listed(desk)] == ["59000"]


@pytest.mark.parametrize("offset", [0, MINUTE - 1])
def test_a_minute_has_sixty_seconds(offset: int) -> None:
    """Its first and its last millisecond are in it, the next one begins another."""
    desk = SpotDesk()
    at(desk, BEGIN + offset, "61000")
    at(desk, BEGIN + MINUTE, "62000")
    assert [row[0] for row in listed(desk)] == [seconds(BEGIN + MINUTE), seconds(BEGIN)]


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        ({}, [2, 1, 0]),
        ({"startAt": 0, "endAt": 0}, [2, 1, 0]),
        ({"startAt": seconds(BEGIN + MINUTE)}, [2, 1]),
        ({"startAt": int(seconds(BEGIN + MINUTE)) + 1}, [2]),
        ({"endAt": seconds(BEGIN + MINUTE)}, [0]),
        ({"endAt": int(seconds(BEGIN + MINUTE)) + 1}, [1, 0]),
        ({"startAt": seconds(BEGIN + MINUTE), "endAt": seconds(BEGIN + 2 * MINUTE)}, [1]),
        ({"startAt": seconds(BEGIN + MINUTE), "endAt": seconds(BEGIN + MINUTE)}, []),
    ],
)
def test_a_span_begins_and_ends(asked: dict[str, Any], minutes: list[int]) -> None:
    """A candle that begins at `startAt` is in it, one that begins at `endAt` is not; 0 is no bound."""
    desk = SpotDesk()
    for minute in range(3):
        at(desk, BEGIN + minute * MINUTE, str(61_000 + minute))
    assert [row[0] for row in listed(desk, **asked)] == [seconds(BEGIN + minute * MINUTE) for minute in minutes]


def test_1500_candles_are_the_most() -> None:
    """The newest 1500 of 1501."""
    desk = SpotDesk()
    for minute in range(MOST_CANDLES + 1):
        at(desk, BEGIN + minute * MINUTE, str(50_000 + minute))
    rows = listed(desk)
    assert (len(rows), rows[0][0], rows[-1][0]) == (
        MOST_CANDLES,
        seconds(BEGIN + MOST_CANDLES * MINUTE),
        seconds(BEGIN + MINUTE),
    )


@pytest.mark.parametrize(
    ("type", "begin"),
    [
        ("1min", "2026-08-05T13:59:00Z"),
        ("3min", "2026-08-05T13:57:00Z"),
        ("5min", "2026-08-05T13:55:00Z"),
        ("15min", "2026-08-05T13:45:00Z"),
        ("30min", "2026-08-05T13:30:00Z"),
        ("1hour", "2026-08-05T13:00:00Z"),
        ("2hour", "2026-08-05T12:00:00Z"),
        ("4hour", "2026-08-05T12:00:00Z"),
        ("6hour", "2026-08-05T12:00:00Z"),
        ("8hour", "2026-08-05T08:00:00Z"),
        ("12hour", "2026-08-05T12:00:00Z"),
        ("1day", "2026-08-05T00:00:00Z"),
        ("1week", "2026-08-03T00:00:00Z"),
        ("1month", "2026-08-01T00:00:00Z"),
    ],
)
def test_where_candles_begin(type: str, begin: str) -> None:
    """At round times of UTC, weeks on Mondays, months on the first; the millisecond before is another candle's."""
    first = instant_ms(begin)
    assert first is not None
    moment = instant_ms("2026-08-05T13:59:59.999Z")
    assert moment is not None
    assert begin_of(moment, type) == begin_of(first, type) == first
    assert begin_of(first - 1, type) < first


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"symbol": "BTC-USDT"}, Reason.PARAMETER_INVALID),
        ({"symbol": "BTC-USDT", "type": "2min"}, Reason.PARAMETER_INVALID),
        ({"type": "1min"}, Reason.PARAMETER_INVALID),
        ({"symbol": "DOGE-USDT", "type": "1min"}, Reason.SYMBOL_UNKNOWN),
        ({"symbol": "BTC-USDT", "type": "1min", "startAt": "x"}, Reason.PARAMETER_INVALID),
        ({"symbol": "BTC-USDT", "type": "1min", "startAt": "2", "endAt": "1"}, Reason.PARAMETER_INVALID),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, str], reason: Reason) -> None:
    """Symbol and type are compulsory and known, and a span does not end before it begins."""
    assert SpotDesk().reason(ListCandles(asked)) is reason


def test_only_what_has_happened_since_is_looked_at() -> None:
    """However long the history is, a second request for candles or for the last day looks only at what came since."""
    desk = SpotDesk()
    for hour in range(200):
        at(desk, START + hour * HOUR, str(50_000 + hour))
    looked: list[Any] = []

    def watched() -> Any:
        market = desk.world.markets["BTC-USDT"]
        stacks = {name: Watched(getattr(market, name), looked) for name in ("prices", "matches")}
        return replace(market, **stacks)

    def asked(hour: int) -> tuple[Decimal, Decimal]:
        last = START + hour * HOUR
        [candle] = candles(desk.world, watched(), "1min", Span(last // MINUTE * MINUTE, None))
        return candle.close, day_of(desk.world, watched(), last).change

    assert asked(199) == (Decimal(50_199), Decimal(24))
    looked.clear()
    at(desk, START + 200 * HOUR, "50200")
    assert asked(200) == (Decimal(50_200), Decimal(24))
    assert len(looked) <= 10


def test_a_candle_is_as_long_as_its_name_says() -> None:
    """Each type but the month is a number and a unit, and the last ms of a candle begins where its first one does."""
    units = {"min": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
    assert " ".join(LENGTHS) == "1min 3min 5min 15min 30min 1hour 2hour 4hour 6hour 8hour 12hour 1day 1week"
    for kind, length in LENGTHS.items():
        unit = kind.lstrip("0123456789")
        assert length == int(kind.removesuffix(unit)) * units[unit], kind
        first = begin_of(START, kind)
        assert (begin_of(first, kind), begin_of(first + length - 1, kind)) == (first, first), kind
        assert begin_of(first + length, kind) == first + length, kind

"""Broker Pro at its edges: a day's first and last millisecond, and what a rebate file's query needs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.demo_world import demo_world

from simulator.core.broker_pro.rebates import (
    BEGIN,
    END,
    LINK_LIFETIME,
    LONGEST_MONTHS,
    OLD_TYPE,
    TYPE,
    LinkError,
    leads_to_file,
)
from simulator.core.broker_pro.reports import periods
from simulator.core.gateway.parameters import Text, Word
from simulator.core.spec import DAY, HOUR
from simulator.core.world.brokers import Trade, TradeType

MIDNIGHT = 1_780_272_000_000 - 8 * HOUR
"""2026-06-01 in the time zone of the reports, eight hours before it is that day in UTC."""


def trade(number: int, at: int) -> Trade:
    return Trade(number, "alice", at, TradeType.SPOT, Decimal(100), Decimal(1))


def test_a_day_of_trades() -> None:
    """A day has its first and its last millisecond, and the newest day comes first."""
    trades = [trade(1, MIDNIGHT - 1), trade(2, MIDNIGHT), trade(3, MIDNIGHT + DAY - 1)]
    days = [(period.start, period.end, period.currency) for period in periods(demo_world(), trades)]
    assert days == [
        (MIDNIGHT, MIDNIGHT + DAY - 1, "USDT"),
        (MIDNIGHT - DAY, MIDNIGHT - 1, "USDT"),
    ]


def test_a_trade_by_default() -> None:
    """It carries the broker's tag and is of USDT."""
    assert (trade(1, MIDNIGHT).tagged, trade(1, MIDNIGHT).currency) == (True, "USDT")


@pytest.mark.parametrize("parameter", [BEGIN, END, OLD_TYPE, TYPE])
def test_what_a_file_needs(parameter: Text | Word) -> None:
    """Both days and the type must be said."""
    assert parameter.required


def test_how_a_day_is_written() -> None:
    """Eight digits; the last day is six months after the first at most, and a link is good for a day."""
    assert (BEGIN.pattern, END.pattern) == ("^[0-9]{8}$", "^[0-9]{8}$")
    assert (BEGIN.description, END.description) == ("YYYYMMDD", "6 months later at most")
    assert (LONGEST_MONTHS, LINK_LIFETIME) == (6, DAY)
    assert (OLD_TYPE.words, OLD_TYPE.name) == (("1", "2"), "tradeType")


def test_a_link_that_never_was() -> None:
    """It did not expire at any time."""
    assert (LinkError("forged").why, LinkError("forged").at, str(LinkError("forged"))) == ("forged", 0, "forged")


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/broker/a_file.csv", True),
        ("/broker/a/b_file.csv", False),
        ("/broker/a.csv", False),
        ("/other/a_file.csv", False),
    ],
)
def test_paths_of_files(path: str, leads: bool) -> None:
    """A file stands in the one folder, has no folder of its own, and ends as all do."""
    assert leads_to_file(path) is leads

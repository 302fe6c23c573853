"""The parameters of an order: what each type of order reads, needs and ignores."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.spot_world import order_fields

from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.refusals import Reason, Refusal
from simulator.core.trading.order_parameters import read_client_oid, read_deadline, read_terms
from simulator.core.world import OrderTerms, Stp, TimeInForce

MARKET = {"type": "market", "price": None}


def terms(**changes: object) -> OrderTerms:
    """The terms of a limit buy of 0.001 BTC at 50000 with these changes."""
    return read_terms(Fields(order_fields(**changes)))


def problem(**changes: object) -> str:
    """The field that is wrong, and what is wrong with it."""
    with pytest.raises(FieldProblem) as caught:
        terms(**changes)
    return f"{caught.value.field} {caught.value.problem}"


def test_a_limit_order_by_default() -> None:
    """It is GTC, takes or rests, shows its whole size, and has no note."""
    read = terms()
    assert (read.price, read.size, read.funds, read.visible_size) == (Decimal(50_000), Decimal("0.001"), None, None)
    assert (read.time_in_force, read.cancel_after, read.stp, read.remark, read.tags) == (
        TimeInForce.GTC,
        0,
        None,
        None,
        None,
    )
    assert (read.post_only, read.hidden, read.iceberg) == (False, False, False)
    assert terms(timeInForce="", stp="", remark="", tags="", funds="5", visibleSize="7") == read


@pytest.mark.parametrize("other", [None, ""])
def test_a_market_order_is_by_size_or_by_funds(other: str | None) -> None:
    """One of them and not both; an empty text is none. Price, time in force and visible size are ignored."""
    by_funds = terms(type="market", price="x", size=other, funds="60", timeInForce="x", cancelAfter="x", postOnly=True)
    assert (by_funds.price, by_funds.size, by_funds.funds) == (None, None, Decimal(60))
    assert (by_funds.time_in_force, by_funds.cancel_after, by_funds.post_only) == (TimeInForce.GTC, 0, False)
    by_size = terms(**MARKET, size="2", funds=other, iceberg=True, visibleSize="x")
    assert (by_size.size, by_size.funds, by_size.iceberg, by_size.visible_size) == (Decimal(2), None, True, None)
    wrong = "funds or size is compulsory of a market order, one of them"
    assert problem(**MARKET, size=other, funds=other) == problem(**MARKET, size="1", funds="1") == wrong


@pytest.mark.parametrize("name", ["price", "size"])
def test_what_a_limit_order_needs(name: str) -> None:
    """Price and size, which are positive numbers; another text is refused in KuCoin's words, with the field's name."""
    for empty in (None, ""):
        assert problem(**{name: empty}) == f"{name} is compulsory here"
    with pytest.raises(Refusal) as caught:
        terms(**{name: "-1"})
    assert caught.value.reason is Reason.ORDER_NUMBER_INVALID
    assert caught.value.details["field"] == name
    assert (caught.value.expected, caught.value.received) == (f"{name}: must be a positive decimal number", "'-1'")


@pytest.mark.parametrize(
    ("fields", "time_in_force", "cancel_after", "post_only"),
    [
        ({"timeInForce": "GTC", "cancelAfter": 5}, TimeInForce.GTC, 0, True),
        ({"timeInForce": "GTT", "cancelAfter": 5}, TimeInForce.GTT, 5, True),
        ({"timeInForce": "GTT", "cancelAfter": -1}, TimeInForce.GTT, -1, True),
        ({"timeInForce": "IOC", "cancelAfter": 5}, TimeInForce.IOC, 0, False),
        ({"timeInForce": "FOK"}, TimeInForce.FOK, 0, False),
    ],
)
def test_times_in_force(fields: dict[str, Any], time_in_force: TimeInForce, cancel_after: int, post_only: bool) -> None:
    """Only a GTT order has seconds, and only one that can rest is postOnly."""
    read = terms(**fields, postOnly=True)
    assert (read.time_in_force, read.cancel_after, read.post_only) == (time_in_force, cancel_after, post_only)


@pytest.mark.parametrize("seconds", [None, 0])
def test_a_gtt_order_needs_its_seconds(seconds: int | None) -> None:
    """Without them it is refused, and nothing waits for no time."""
    said = "cancelAfter is compulsory of a GTT order: -1, or seconds from 1"
    assert problem(timeInForce="GTT", cancelAfter=seconds) == said


@pytest.mark.parametrize(
    ("visible", "good"), [("0.00004", False), ("0.00005", True), ("0.001", True), ("0.0011", False)]
)
def test_what_an_iceberg_shows(visible: str, good: bool) -> None:
    """At least a twentieth of its size and at most all of it; it must be said."""
    if good:
        assert terms(iceberg=True, visibleSize=visible).visible_size == Decimal(visible)
    else:
        said = "visibleSize must be at least a 20th of size and at most size"
        assert problem(iceberg=True, visibleSize=visible) == said
    assert problem(iceberg=True) == "visibleSize is compulsory here"
    assert terms(hidden=True, visibleSize=visible).visible_size is None


@pytest.mark.parametrize("name", ["remark", "tags"])
def test_notes(name: str) -> None:
    """A note is a text of ASCII, kept as it is."""
    assert getattr(terms(**{name: "a b"}), name) == "a b"
    assert problem(**{name: "\N{LATIN SMALL LETTER E WITH ACUTE}"}) == f"{name} must be ASCII"


def test_flags_and_words() -> None:
    """Each has its own name."""
    read = terms(stp="DC", hidden=True)
    assert (read.stp, read.hidden, read.iceberg) == (Stp.DC, True, False)
    assert problem(side=None) == "side is compulsory"
    assert problem(type=None) == "type is compulsory"


def test_client_oids() -> None:
    """Letters, digits, _ and -, or none."""
    assert [read_client_oid(Fields({"clientOid": text})) for text in (None, "", "aZ0_-")] == ["", "", "aZ0_-"]
    for text in ("a b", "a.b", "a\n"):
        with pytest.raises(FieldProblem, match="must consist of letters, digits, _ and -"):
            read_client_oid(Fields({"clientOid": text}))


def test_deadlines() -> None:
    """The window begins when the client says that it has sent, and without a window there is time."""
    assert read_deadline(Fields({"clientTimestamp": 5})) is None
    assert read_deadline(Fields({"clientTimestamp": 5, "allowMaxTimeWindow": 10})) == 15
    with pytest.raises(FieldProblem, match="is compulsory with allowMaxTimeWindow") as caught:
        read_deadline(Fields({"allowMaxTimeWindow": 10}))
    assert caught.value.field == "clientTimestamp"

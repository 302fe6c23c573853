"""The ledger's query at its edges: ten currencies, and a day to the millisecond."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from simulator.core.account.ledgers import (
    BIZ_TYPE,
    BIZ_TYPES,
    DIRECTIONS,
    LEDGER_SPAN,
    _ledger_span,
    line_number,
    line_of,
    number_of,
    read_ledger,
)
from simulator.core.account.transfers import CLIENT_OID, read_transfer
from simulator.core.funds.grants import granted
from simulator.core.funds.ledger import Kind, Movement
from simulator.core.gateway.paging import Span
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.world import Account, Now, World

NOW = Now(1_780_272_000_000, 0)
DAY = 24 * 3600 * 1000
WITHIN = partial(_ledger_span, now=NOW)

LONGEST_OID = 128


@pytest.mark.parametrize(
    ("text", "currencies"),
    [
        ("", ()),
        ("A", ("A",)),
        (",A,,B,", ("A", "B")),
        ("A,B,C,D,E,F,G,H,I,J", tuple("ABCDEFGHIJ")),
    ],
)
def test_currencies(text: str, currencies: tuple[str, ...]) -> None:
    """Up to ten with commas between them; an empty place is none."""
    assert read_ledger(Fields({"currency": text}), BIZ_TYPE, WITHIN).currencies == currencies


def test_eleven_currencies() -> None:
    """The eleventh is one too many."""
    with pytest.raises(FieldProblem) as caught:
        read_ledger(Fields({"currency": "A,B,C,D,E,F,G,H,I,J,K"}), BIZ_TYPE, WITHIN)
    assert (caught.value.field, caught.value.problem) == ("currency", "must name at most 10 currencies")
    assert caught.value.received == "11"


@pytest.mark.parametrize(
    ("query", "span"),
    [
        ({}, Span(NOW.business - DAY, NOW.business)),
        ({"startAt": "5"}, Span(5, 5 + DAY)),
        ({"endAt": str(2 * DAY)}, Span(DAY, 2 * DAY)),
        ({"startAt": "5", "endAt": "7"}, Span(5, 7)),
        ({"startAt": "5", "endAt": str(5 + DAY)}, Span(5, 5 + DAY)),
    ],
)
def test_the_span(query: dict[str, object], span: Span) -> None:
    """The last day, or the one from the start on or up to the end; both may be a day apart."""
    assert read_ledger(Fields(query), BIZ_TYPE, WITHIN).span == span
    assert LEDGER_SPAN == DAY


def test_more_than_a_day() -> None:
    """A millisecond more than a day is refused."""
    end = str(6 + DAY)
    with pytest.raises(FieldProblem) as caught:
        read_ledger(Fields({"startAt": "5", "endAt": end}), BIZ_TYPE, WITHIN)
    assert (caught.value.field, caught.value.problem) == ("endAt", "must be at most 24 hours after startAt")
    assert caught.value.received == end


def test_words() -> None:
    """The words that KuCoin's reference lists."""
    assert DIRECTIONS == ("in", "out")
    assert (
        *("DEPOSIT", "WITHDRAW", "TRANSFER", "SUB_TRANSFER", "TRADE_EXCHANGE", "MARGIN_EXCHANGE"),
        *("KUCOIN_BONUS", "BROKER_TRANSFER"),
    ) == BIZ_TYPES


def test_numbers_of_lines() -> None:
    """Lines of one cause stand side by side, and those of the next one behind them."""
    first, second = f"{1:024x}", f"{2:024x}"
    assert line_number(first, 1) - line_number(first, 0) == 1
    assert line_number(second, 0) - line_number(first, 0) == 7
    assert line_number(first, 0) == int.from_bytes(b"000001", "big") * 7


@pytest.mark.parametrize("sign", [1, -1])
def test_numbers_of_what_is_given_at_once(sign: int) -> None:
    """However many accounts one step gives or takes, their lines have numbers that grow by one."""
    accounts = [Account(f"C{number:02}", "main", Decimal(sign)) for number in range(20)]
    statement = granted(World(step=3), "alice", accounts, 1_000).statement("alice")
    kind: Kind = "given" if sign > 0 else "taken"
    rows = [*(statement.given if sign > 0 else statement.taken)][::-1]
    numbers = [number_of(kind, row) for row in rows]
    assert numbers == [*range(numbers[0], numbers[0] + 20)]
    assert [int(row.id[8:17], 16) for row in rows] == [*range(1, 21)]


def transfer(**changes: object) -> Fields:
    """The fields of a transfer from main to trade."""
    sides = {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
    return Fields({"clientOid": "o", "currency": "USDT", "amount": "1", "type": "INTERNAL", **sides, **changes})


def test_how_long_a_client_oid_can_be() -> None:
    """As long as the reference says, not a character longer."""
    assert read_transfer(transfer(clientOid="x" * LONGEST_OID)).client_oid == "x" * LONGEST_OID
    with pytest.raises(FieldProblem) as caught:
        read_transfer(transfer(clientOid="x" * (LONGEST_OID + 1)))
    assert (caught.value.field, caught.value.problem) == (
        "clientOid",
        f"must have at most {LONGEST_OID} characters",
    )
    assert CLIENT_OID.longest == LONGEST_OID


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"toAccountType": "MAIN"}, "toAccountType", "must be another account than the one that pays"),
        ({"type": "PARENT_TO_SUB"}, "toUserId", "is compulsory"),
        ({"type": "SUB_TO_PARENT"}, "fromUserId", "is compulsory"),
        ({"toAccountType": "ISOLATED"}, "toAccountTag", "is compulsory"),
        ({"fromAccountType": "ISOLATED"}, "fromAccountTag", "is compulsory"),
    ],
)
def test_what_a_transfer_needs(changes: dict[str, object], field: str, problem: str) -> None:
    """Another account, the sub-account's user, a tag of the pair."""
    with pytest.raises(FieldProblem) as caught:
        read_transfer(transfer(**changes))
    assert (caught.value.field, caught.value.problem) == (field, problem)


@pytest.mark.parametrize(("balance", "direction"), [("0.00000001", "in"), ("1", "in"), ("-0.00000001", "out")])
def test_the_direction_of_the_smallest_amount(balance: str, direction: str) -> None:
    """Whatever is more than nothing comes in, and the amount has no sign."""
    line = line_of(Movement("deposit", NOW.business, "ann", f"{1:024x}", "BTC", balance=Decimal(balance)))
    assert (line.direction, line.amount) == (direction, abs(Decimal(balance)))
    assert (line.account, line.fee, line.biz_type) == ("MAIN", Decimal(0), "DEPOSIT")

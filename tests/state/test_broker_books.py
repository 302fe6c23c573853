"""Trades and rebate files are carried with the rest of the state, and must fit into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from support.broker_pro import earning
from support.wire import DEMO, JSON, OPERATOR, V1, Answer, Broker, problem_of

Make = Callable[..., Broker]
TRANSACTIONS = "/api/v2/broker/queryDetailByUid"
REBATE = "/api/v2/broker/api/rebate/download?begin=20260501&end=20260601&tradeType=SPOT"


def export(broker: Broker) -> Any:
    return broker.send("GET", f"{V1}/state").json()


def put(broker: Broker, data: object) -> Answer:
    return broker.send("PUT", f"{V1}/state", json.dumps(data).encode(), JSON)


@pytest.fixture
def here(wired: Make) -> Broker:
    """A broker with trades, and with a file that is being prepared."""
    world = earning(DEMO)
    broker = wired(replace(world, choices=replace(world.choices, rebate_delay=60_000)))
    assert broker.signed(OPERATOR, "GET", REBATE).json()["code"] == "100001"
    return broker


def test_books_are_carried(here: Broker, wired: Make) -> None:
    """Trades, files under way and who was invited: the other server answers the same."""
    there = wired()
    assert put(there, export(here)).status == 200
    assert export(there) == export(here)
    [book] = export(there)["state"]["world"]["broker_books"]
    assert (len(book["trades"]), [file["begin"] for file in book["files"]]) == (6, ["20260501"])
    answers = [broker.signed(OPERATOR, "GET", TRANSACTIONS).text for broker in (here, there)]
    assert answers[0] == answers[1] != '{"code":"200000","data":[]}'


def _book(change: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda world: change(world["broker_books"][0])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_book(lambda book: book["trades"][1].update(user="nobody")), "broker_books[demo-broker].trades[1].user"),
        (_book(lambda book: book.update(client_id="nobody")), "broker_books[nobody].client_id"),
        (_book(lambda book: book["trades"][1].update(number=1)), "broker_books[demo-broker].trades[1]"),
        (_book(lambda book: book["trades"].reverse()), "broker_books[demo-broker].trades[1]"),
        (_book(lambda book: book["trades"][0].update(volume="-1")), "broker_books[0].trades[0].volume"),
        (_book(lambda book: book["trades"][0].update(currency="BTC")), "broker_books[0].trades[0].currency"),
        (_book(lambda book: book["files"][0].update(begin="2026-05")), "broker_books[0].files[0].begin"),
        (lambda world: world["clients"][0].update(invited=["nobody"]), "clients[demo-broker].invited.user"),
        (lambda world: world["choices"].update(broker_commission_rate="1.5"), "choices.broker_commission_rate"),
    ],
)
def test_what_does_not_fit_is_refused(here: Broker, change: Callable[[Any], None], field: str) -> None:
    """A trade of nobody, a book of nobody, trades out of order, amounts and days that cannot be."""
    data = export(here)
    change(data["state"]["world"])
    errors = problem_of(put(here, data), 422)["errors"]
    assert [each for each in errors if each["field"].startswith(f"state.world.{field}")], errors

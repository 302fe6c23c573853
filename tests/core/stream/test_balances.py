"""What the feed of balances tells: each movement that has come, and nothing if the world goes back."""

from __future__ import annotations

import pytest
from support.deposits_and_transfers import arrive, move
from support.desk import Desk

from simulator.core.stream.balances import EVENTS, event_of, movements
from simulator.core.stream.message import Transition


def test_each_movement_is_told_once() -> None:
    """Only the rows that have come are told, in their order, and none if the world goes back or stays."""
    desk = Desk()
    key = desk.own_key("alice")
    worlds = [desk.world]
    for command in (arrive("25"), move(key), move(key, clientOid="2"), arrive("7")):
        desk.perform(command)
        worlds.append(desk.world)
    now = desk.exchange.clock.now()
    kinds = (("deposit",), ("transfer_out", "transfer_in"), ("transfer_out", "transfer_in"), ("deposit",))
    for place, kind in enumerate(kinds):
        before, after = worlds[place : place + 2]
        assert tuple(moved.kind for moved in movements(Transition(before, after, now), "alice")) == kind
        assert movements(Transition(after, before, now), "alice") == []
        assert movements(Transition(after, after, now), "alice") == []
    everything = movements(Transition(worlds[0], worlds[-1], now), "alice")
    assert [moved.kind for moved in everything] == [one for kind in kinds for one in kind]


@pytest.mark.parametrize(
    ("kind", "account", "event"),
    [
        ("hold", "main", "main.withdraw_hold"),
        ("hold", "trade", "trade.other"),
        ("debit", "main", "main.withdraw_done"),
        ("credit", "trade", "trade.other"),
        ("deposit", "main", "main.deposit"),
        ("transfer_in", "trade", "trade.transfer"),
        ("transfer_out", "isolated:BTC-USDT", "isolated_BTC-USDT.transfer"),
        ("order_hold", "trade", "trade.hold"),
        ("order_hold", "main", "main.other"),
        ("trade_in", "trade", "trade.setted"),
        ("trade_out", "main", "main.other"),
        ("given", "main", "main.other"),
    ],
)
def test_the_word_for_a_movement(kind: str, account: str, event: str) -> None:
    """The account and what happened to it; what KuCoin has no word for on that account is something else."""
    assert event_of(kind, account) == event  # type: ignore[arg-type] # a word of the table
    assert kind in EVENTS or kind == "given"

"""How a scenario is played with a careful broker: by its script, or in the usual way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from simulator.scenario.staging.expectations import Expectation
from support.careful_brokers.connecting import DeclinedError
from support.careful_brokers.people import People
from support.careful_brokers.trading import TradingBroker
from support.played_scenario import Play
from support.wire import PAYING

FRIEND = "TFrankFriendFrankFriendFrankFriend"
BOB = {"UID": "200000002", "MAIL": "bob@example.test"}
PATIENCE = 0.2
"""Seconds."""
MAY_MOVE = (*PAYING, "API_TRANSFER")
FOR_TRADING = ("API_COMMON", "API_SPOT")


@dataclass
class Played:
    """One scenario with one broker."""

    people: People
    broker: TradingBroker

    @property
    def stage(self) -> Play:
        return self.people.stage

    def declined(self, user: str, **order: Any) -> str:
        """Why the broker declines a payment, or an order if it has a price."""
        ask = self.broker.order if "price" in order else self.broker.pay
        with pytest.raises(DeclinedError) as declined:
            ask(user, **order)
        return str(declined.value)


Script = Callable[[Played], None]
SCRIPTS: dict[str, Script] = {}


def script(function: Script) -> Script:
    """The script of the scenario after which a function is named."""
    SCRIPTS[function.__name__.replace("_", "-")] = function
    return function


def counted(expectations: tuple[Expectation, ...]) -> Iterator[Expectation]:
    """All expectations that count, also those of alternatives."""
    for expectation in expectations:
        if expectation.any_of:
            yield from counted(tuple(part for alternative in expectation.any_of for part in alternative))
        else:
            yield expectation


def usual(played: Played) -> None:
    """Connect the user of whom something is expected, and let them pay 100 USDT by trx if a payment is."""
    parts = [*counted(played.people.scenario.expect)]
    user = next((part.user for part in parts if part.user), "alice")
    payments = [part for part in parts if part.exactly != 0 and "withdraw" in part.operation + part.fact]
    if payments or not parts:
        played.broker.pay(user, amount="100", chain="trx")
        return
    played.broker.groups = FOR_TRADING
    played.broker.have_key(played.broker.connect(user))

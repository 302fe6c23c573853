"""The keys of a scenario, each declared once with its shape and its description.

The reader, the JSON Schema and the messages are made of these declarations.
"""

from __future__ import annotations

from typing import Final

from simulator.clock import ClockSettings
from simulator.core.spec import Decision
from simulator.scenario.format.scalars import (
    AMOUNTS,
    BOOLEAN,
    INSTANTS,
    INTEGER,
    IP,
    OFFSETS,
    SCALES,
    SCENARIO_NAME,
    TEXT,
)
from simulator.scenario.format.shapes import (
    Key,
    Later,
    List,
    Names,
    Record,
    Tagged,
    members,
    words,
)
from simulator.scenario.keys.currencies import CURRENCIES
from simulator.scenario.keys.people import CLIENT, GRANT, USER
from simulator.scenario.keys.trading import PRICES, SYMBOLS
from simulator.scenario.staging.logins import Decided, Trick

VERSION: Final = "1"


def _trades() -> List:
    from simulator.scenario.keys.trades import TRADE

    return List(TRADE)


GIVEN: Final = Record(
    {
        "clients": Key(Names(CLIENT), "Brokers by client_id"),
        "users": Key(Names(USER), "KuCoin users by a name to call them by"),
        "currencies": Key(CURRENCIES, "Currencies by code, over those that are built in (H63); null takes one out"),
        "prices_usdt": Key(Names(AMOUNTS), "What one unit of a currency is worth in USDT (s9 needs it)"),
        "symbols": Key(SYMBOLS, "What is traded, over those that are built in; null takes one out"),
        "prices": Key(PRICES, "Prices of symbols at the start; what the currencies' prices make of it if absent"),
        "trades": Key(Later(_trades), "Trades that earn brokers a commission (Broker Pro); none if absent"),
        "observed_ip": Key(IP, "What the exchange sees as every caller's address (H26)"),
    }
)
CLOCK: Final = Record(
    {
        "mode": Key(
            words("real", "offset", "frozen", "scaled"),
            "How the business clock runs: as the wall clock, so from a start, not at all, or at a scale",
            into="frozen",
            make="frozen".__eq__,
        ),
        "start": Key(INSTANTS, "The first instant of the business clock; now if absent"),
        "scale": Key(SCALES, "How much business time passes in a second of the wall clock, with mode: scaled"),
        "wall_offset": Key(OFFSETS, "How far the exchange's wall clock is ahead of this machine's (clock skew)"),
    },
    makes=ClockSettings,
)
DECIDED: Final = Record(
    {
        "user": Key(TEXT, "Who logs in, by the name under given.users", required=True),
        "decision": Key(members(Decision), "What they say to the broker; approve if absent"),
        "grant": Key(GRANT, "The permissions that they grant; what the page has ticked if absent", make=frozenset),
        "addressbook_only": Key(BOOLEAN, "Whether they tick the box that keys pay only to the address book"),
        "redirect": Key(
            members(Trick),
            "How the redirect of an approval is spoilt, as by a button of the adversary drawer; not at all if absent",
        ),
    },
    makes=Decided,
)
LOGIN: Final = Tagged(
    "mode",
    "page: a person clicks; auto: the same user each time; queue: one after the other, then the page",
    {
        "page": Record({}),
        "auto": DECIDED,
        "queue": Record({"logins": Key(List(DECIDED), "Who logs in, in this order", required=True)}),
    },
)


def _choices() -> Record:
    from simulator.scenario.keys.choices import CHOICES

    return CHOICES


def _orders() -> List:
    from simulator.scenario.keys.order_plans import ORDER_PLAN

    return List(ORDER_PLAN)


def _faults() -> List:
    from simulator.scenario.keys.faults import FAULT

    return List(FAULT)


def _stream_faults() -> List:
    from simulator.scenario.keys.streams import STREAM_FAULT

    return List(STREAM_FAULT)


def _expectations() -> List:
    from simulator.scenario.keys.expectations import EXPECTATION

    return List(EXPECTATION)


ORDERS: Final = Record(
    {"orders": Key(Later(_orders), "What happens to spot orders; the first that matches an order counts")}
)
FAULTS: Final = Record({"faults": Key(Later(_faults), "What goes wrong, in order of precedence")})
STREAM_FAULTS: Final = Record({"stream_faults": Key(Later(_stream_faults), "What goes wrong on the websocket feeds")})
EXPECT: Final = Record({"expect": Key(Later(_expectations), "What must have happened by the end")})
HEAD: Final = Record(
    {
        "version": Key(words(VERSION), "The version of this format", required=True),
        "name": Key(TEXT, "What the scenario is called", required=True),
        "description": Key(TEXT, "What it is for, in a line"),
        "extends": Key(SCENARIO_NAME, "Another scenario, of the same folder or built in: this one says what differs"),
    }
)
"""The keys that each file has for itself alone: none of them is inherited."""
SCENARIO: Final = Record(
    {
        **HEAD.keys,
        "seed": Key(INTEGER, "The same seed and calls give the same ids, secrets and codes"),
        "clock": Key(CLOCK, "The two clocks"),
        "given": Key(GIVEN, "What is true at the start"),
        "choices": Key(Later(_choices), "Answers to what the page does not say"),
        "login": Key(LOGIN, "Whether a person logs in or the scenario does"),
        **ORDERS.keys,
        **FAULTS.keys,
        **STREAM_FAULTS.keys,
        **EXPECT.keys,
    }
)

"""The keys of a scenario, each declared once with its shape and its description.

The reader, the JSON Schema and the messages are made of these declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from simulator.clock import ClockSettings
from simulator.core.control.happenings import EXPIRING, KINDS, WorldEvent
from simulator.core.endpoints import CALLS
from simulator.core.fast_api.authorization import Decision
from simulator.core.refusals import OF_THE_SERVER, Reason
from simulator.core.spec import AuthGroup
from simulator.core.staged import details_of
from simulator.scenario.format.scalars import (
    AMOUNTS,
    BOOLEAN,
    DURATIONS,
    HEADER,
    HEADER_VALUE,
    HOLD_ORDER,
    INSTANTS,
    INTEGER,
    IP,
    OFFSETS,
    POSITIVE,
    SCALES,
    SCENARIO_NAME,
    STATUS,
    TEXT,
    whole,
)
from simulator.scenario.format.shapes import BY_HAND, Either, Key, List, Names, OneOf, Record, Tagged, members, words
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.currencies import CURRENCIES
from simulator.scenario.keys.order_plans import ORDER_PLAN
from simulator.scenario.keys.people import CLIENT, GRANT, USER
from simulator.scenario.keys.streams import STREAM_FAULTS
from simulator.scenario.keys.trades import TRADE
from simulator.scenario.keys.trading import PRICES, SYMBOLS
from simulator.scenario.staging.expectations import FACTS, Expectation
from simulator.scenario.staging.faults import ARRIVAL, MOST_HELD, REVERSED, Condition, Fault, Hold, Response
from simulator.scenario.staging.logins import Decided, Trick
from simulator.scenario.staging.strikes import Moment, Network

VERSION: Final = "1"
OK, NOT_PERFORMED = "OK", "NOT_PERFORMED"

GIVEN: Final = Record(
    {
        "clients": Key(Names(CLIENT), "Brokers by client_id"),
        "users": Key(Names(USER), "KuCoin users by a name to call them by"),
        "currencies": Key(CURRENCIES, "Currencies by code, over those that are built in (H63); null takes one out"),
        "prices_usdt": Key(Names(AMOUNTS), "What one unit of a currency is worth in USDT (s9 needs it)"),
        "symbols": Key(SYMBOLS, "What is traded, over those that are built in; null takes one out"),
        "prices": Key(PRICES, "Prices of symbols at the start; what the currencies' prices make of it if absent"),
        "trades": Key(List(TRADE), "Trades that earn brokers a commission (Broker Pro); none if absent"),
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


def _operations() -> OneOf:
    return words(*CALLS)


def _details(reasons: Iterable[Reason]) -> dict[str, Key]:
    """A key for each `{name}` in a reason's text that no call supplies."""
    names = dict.fromkeys(name for reason in reasons for name in details_of(reason))
    return {name: Key(TEXT, f"{{{name}}} in the reason's text") for name in names}


STAGEABLE: Final = [reason for reason in Reason if reason not in OF_THE_SERVER]
REASON: Final = OneOf({reason.name: reason for reason in Reason}, "the name of a reason", "reason")
REFUSE: Final = Either(
    "a reason, or {reason: ..., field: ...}",
    scalar=REASON,
    entries=Record({"reason": Key(REASON, "The reason", required=True), **_details(STAGEABLE)}),
)
BOUNDS: Final = Record(
    {"at_least": Key(AMOUNTS, "The least amount that matches"), "at_most": Key(AMOUNTS, "The most that matches")},
    some=(("at_least", "at_most"),),
    makes=Condition,
)


def _pairs_of(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(headers.items())


RESPOND: Final = Record(
    {
        "status": Key(STATUS, "HTTP status", required=True),
        "headers": Key(
            Names(HEADER_VALUE, name=HEADER), "HTTP headers; content-type: application/json", make=_pairs_of
        ),
        "body": Key(TEXT, "The body, as it goes out"),
    },
    makes=Response,
)
HOLD: Final = Record(
    {
        "until": Key(whole(2, MOST_HELD), "How many calls are parked until all of them go on", required=True),
        "order": Key(
            Either(
                f"{ARRIVAL}, {REVERSED}, seed:TEXT, or a list such as [2, 1]",
                scalar=HOLD_ORDER,
                items=List(whole(1, MOST_HELD), least=2),
            ),
            "In which order they are performed: [2, 1] = the one that came second first; arrival if absent",
        ),
        "within": Key(DURATIONS, "How long they are parked at most, in real time; then those that came go on; 5s"),
    },
    makes=Hold,
)
EVENT_KEYS: Final = Record(
    {
        "event": Key(words(*KINDS), "; ".join(f"{word}: {kind.about}" for word, kind in KINDS.items()), required=True),
        "user": Key(TEXT, "Whose; that of the call if absent"),
        "client": Key(TEXT, "The client that it is about; that of the call if absent"),
        "currency": Key(TEXT, "Of credit: only a deposit of this currency"),
        "amount": Key(AMOUNTS, "Of credit: a deposit of so much arrives, at the user's address of the default chain"),
        "groups": Key(List(members(AuthGroup)), "Of narrow: the permissions that are left"),
        "what": Key(words(*EXPIRING), "Of expire: access_token if absent"),
    },
    makes=WorldEvent,
)
EVENT: Final = Either(
    f"an event ({', '.join(KINDS)}), or {{event: ..., user: ...}}",
    scalar=words(*KINDS),
    entries=EVENT_KEYS,
)
FAULT: Final = Record(
    {
        "operation": Key(_operations(), "The call that goes wrong", required=True),
        "user": Key(TEXT, "Only calls of this user"),
        "client": Key(TEXT, "Only calls of this client"),
        "match": Key(
            Names(Either("a value, or {at_least: ..., at_most: ...}", scalar=TEXT, entries=BOUNDS)),
            "Only calls whose request fields are so",
            into=BY_HAND,
        ),
        "times": Key(POSITIVE, "How many calls it affects; all if absent"),
        "skip": Key(INTEGER, "How many calls it lets pass first"),
        "at": Key(
            words(*get_args(Moment)),
            "before: nothing is performed; after_commit: it succeeded; mid_body: half of the answer's body is out",
        ),
        "refuse": Key(REFUSE, "Refuse with this reason, as the exchange itself would", into=BY_HAND),
        "respond": Key(
            RESPOND,
            "Answer this instead: nothing that the document knows",
            into=BY_HAND,
        ),
        "network": Key(words(*get_args(Network)), "What happens on the socket"),
        "delay": Key(DURATIONS, "How long it waits at that moment; of drip, how long the body takes"),
        "advance": Key(DURATIONS, "How much time passes on the business clock at that moment"),
        "hold": Key(HOLD, "Park overlapping calls, and perform them in this order", into=BY_HAND),
        "first": Key(EVENT, "What happens in the world just before the call", into=BY_HAND),
        "then": Key(EVENT, "What happens in the world just after the call", into=BY_HAND),
    },
    some=(("refuse", "respond", "network", "delay", "advance", "hold", "first", "then"),),
    apart=(("refuse", "respond"), ("refuse", "network"), ("respond", "network")),
    makes=Fault,
)
ORDERS: Final = Record(
    {"orders": Key(List(ORDER_PLAN), "What happens to spot orders; the first that matches an order counts")}
)
FAULTS: Final = Record({"faults": Key(List(FAULT), "What goes wrong, in order of precedence")})
OUTCOME: Final = OneOf(
    {name: name for name in (OK, NOT_PERFORMED, *Reason.__members__)}, "OK, NOT_PERFORMED or a reason", "outcome"
)
COUNTED: Final = Record(
    {
        "operation": Key(_operations(), "Calls of this operation"),
        "user": Key(TEXT, "Only those of this user"),
        "client": Key(TEXT, "Only those of this client"),
        "outcome": Key(OUTCOME, "Only those with this outcome: OK, NOT_PERFORMED or a reason"),
        "fact": Key(words(*FACTS), "; ".join(f"{name}: {meaning}" for name, meaning in FACTS.items())),
        "exactly": Key(INTEGER, "So many"),
        "at_least": Key(INTEGER, "So many or more"),
        "at_most": Key(INTEGER, "So many or fewer"),
    },
    some=(("operation", "outcome", "fact"), ("exactly", "at_least", "at_most")),
    apart=(("fact", "operation"), ("fact", "outcome"), ("exactly", "at_least"), ("exactly", "at_most")),
    makes=Expectation,
)
"""An expectation that counts."""
ALTERNATIVES: Final = List(
    Either("an expectation, or a list of them that must all hold", items=List(COUNTED, least=1), entries=COUNTED),
    least=1,
)
EXPECTATION: Final = Record(
    {
        **COUNTED.keys,
        "any_of": Key(
            ALTERNATIVES,
            "Alternatives, of which one must hold: each an expectation, or a list of them that must all hold",
            into=BY_HAND,
        ),
    },
    some=tuple((*group, "any_of") for group in COUNTED.some),
    apart=(*COUNTED.apart, *((name, "any_of") for name in COUNTED.keys)),
    makes=Expectation,
)
EXPECT: Final = Record({"expect": Key(List(EXPECTATION), "What must have happened by the end")})
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
        "choices": Key(CHOICES, "Answers to what the page does not say"),
        "login": Key(LOGIN, "Whether a person logs in or the scenario does"),
        **ORDERS.keys,
        **FAULTS.keys,
        **STREAM_FAULTS.keys,
        **EXPECT.keys,
    }
)

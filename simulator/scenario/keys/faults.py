"""The keys of a fault, and of the events that it places around a call. They are imported for a text that has faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from simulator.core.control.happenings import KINDS
from simulator.core.control.world_event import EXPIRING, WorldEvent
from simulator.core.refusals import OF_THE_SERVER, Reason
from simulator.core.spec import AuthGroup
from simulator.core.staged import details_of
from simulator.scenario.format.scalars import (
    AMOUNTS,
    DURATIONS,
    HEADER,
    HEADER_VALUE,
    HOLD_ORDER,
    INTEGER,
    POSITIVE,
    STATUS,
    TEXT,
    whole,
)
from simulator.scenario.format.shapes import BY_HAND, Either, Key, List, Names, OneOf, Record, members, words
from simulator.scenario.keys.operation import OPERATION
from simulator.scenario.staging.faults import ARRIVAL, MOST_HELD, REVERSED, Condition, Fault, Hold, Response
from simulator.scenario.staging.strikes import Moment, Network


def _details(reasons: Iterable[Reason]) -> dict[str, Key]:
    """A key for each `{name}` in a reason's text that no call supplies."""
    names = dict.fromkeys(name for reason in reasons for name in details_of(reason))
    return {name: Key(TEXT, f"{{{name}}} in the reason's text") for name in names}


STAGEABLE: Final = [reason for reason in Reason if reason not in OF_THE_SERVER]
REASON: Final = OneOf({reason.name: reason for reason in Reason}, "the name of a reason", "reason", "/reasons")
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
        "within": Key(DURATIONS, "How long they are parked at most, in real time; then those that came go on; 4s"),
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
        "operation": Key(OPERATION, "The call that goes wrong", required=True),
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

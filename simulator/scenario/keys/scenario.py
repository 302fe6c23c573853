"""Every key of a scenario, declared once: what stands under it and what it means.

The reader, the JSON Schema and the messages follow from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from simulator.core.fast_api.authorization import Decision
from simulator.core.refusals import OF_THE_SERVER, Reason
from simulator.core.spec import AuthGroup, Factor
from simulator.core.staged import STAGES, details_of
from simulator.core.world.clients import MadeBy
from simulator.scenario.format.scalars import (
    AMOUNTS,
    API_KEY,
    BASE32,
    BOOLEAN,
    DURATIONS,
    HEADER,
    HEADER_VALUE,
    INSTANTS,
    INTEGER,
    IP,
    LEVEL,
    OFFSETS,
    POSITIVE,
    REDIRECT_URI,
    SCALES,
    SCENARIO_NAME,
    STATUS,
    TEXT,
    Scalar,
)
from simulator.scenario.format.shapes import Either, Key, List, Names, Record, Tagged, Word, members, words
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.currencies import CURRENCIES
from simulator.scenario.keys.trades import TRADE
from simulator.scenario.staging.expectations import FACTS
from simulator.scenario.staging.strikes import Moment, Network

VERSION: Final = "1"
AT_LIMIT: Final = "at_limit"
OK, NOT_PERFORMED = "OK", "NOT_PERFORMED"

GROUPS: Final = List(members(AuthGroup))
CLIENT: Final = Record(
    {
        "name": Key(TEXT, "The broker's name, as the consent page shows it"),
        "secret": Key(TEXT, "client_secret (H01)"),
        "redirect_uris": Key(List(REDIRECT_URI), "Registered redirect URLs (s2); a path is on the simulator's origin"),
        "ip_allowlist": Key(
            Record(
                {
                    "oauth": Key(List(IP), "Addresses that may call the token and key endpoints; none = any"),
                    "trading": Key(List(IP), "Addresses that may call /api; none = any"),
                }
            ),
            "The IP lists that the broker handed in (s2)",
        ),
        "api_name": Key(TEXT, "The name of every key of this client, so that a user's second one collides (H13)"),
        "site": Key(words("global", "local"), "local = the old key endpoint refuses (s4.2)"),
        "partner": Key(
            Record(
                {
                    "name": Key(TEXT, "KC-API-PARTNER, and brokerId of a key"),
                    "broker_name": Key(TEXT, "KC-BROKER-NAME"),
                    "broker_key": Key(TEXT, "What KC-API-PARTNER-SIGN is signed with"),
                }
            ),
            "The broker's partner credentials (H35)",
        ),
        "rcode": Key(TEXT, "The referral code of the users whom the broker invites"),
        "invited": Key(List(TEXT), "Those users: their trades earn the broker something without its tag, too (H65)"),
    }
)
API_KEY_ENTRY: Final = Record(
    {
        "key": Key(API_KEY, "KC-API-KEY", required=True),
        "secret": Key(TEXT, "What KC-API-SIGN is signed with", required=True),
        "passphrase": Key(TEXT, "The passphrase before it is signed", required=True),
        "groups": Key(GROUPS, "What the key can do; reading always", required=True),
        "made_by": Key(
            members(MadeBy),
            "consent: through the Fast API; user: by hand, no broker's; broker: by hand in the broker's own account,"
            " for Broker Pro; consent without",
        ),
        "withdrawal": Key(
            BOOLEAN, "Whether a key made by hand has the ordinary permission, for POST /api/v3/withdrawals"
        ),
        "client": Key(TEXT, "Whose key it is; needed when there are several clients"),
        "name": Key(TEXT, "apiName, once a user"),
        "addressbook_only": Key(BOOLEAN, "Whether it pays only to the user's address book (H53)"),
        "created_at": Key(INSTANTS, "When it was made; 2026-01-01T00:00:00Z without"),
    }
)


def _count(text: str) -> int | str:
    return text if text == AT_LIMIT else int(text)


API_KEYS: Final = Either(
    "at_limit, a whole number or a list of keys",
    scalar=Scalar(
        "at_limit, a whole number or a list of keys", "at_limit|[0-9]{1,18}", _count, ("string", "integer"), 0
    ),
    items=List(API_KEY_ENTRY),
)
USER: Final = Record(
    {
        "uid": Key(INTEGER, "The user's number; one that their name decides without"),
        "email": Key(TEXT, "E-mail address: a way to log in, and a recipient of payments"),
        "phone": Key(TEXT, "Phone number, likewise"),
        "level": Key(LEVEL, "VIP level, which decides how large the rate pools are"),
        "registered_at": Key(INSTANTS, "When the user registered at KuCoin; 2026-01-01T00:00:00Z without"),
        "frozen": Key(BOOLEAN, "Whether withdrawals are refused"),
        "futures": Key(BOOLEAN, "Whether the futures account is opened"),
        "factor_sets": Key(
            List(List(members(Factor))),
            "Second factors: alternatives of which each needs all; [] = bind one first, [[]] = none asked for (H42)",
        ),
        "totp_secret": Key(BASE32, "The authenticator's secret"),
        "balances": Key(Names(AMOUNTS), "The main account by currency"),
        "trade": Key(Names(AMOUNTS), "The trading account by currency"),
        "address_book": Key(Names(List(TEXT)), "Known addresses by chainId (H53)"),
        "deposit_addresses": Key(Names(TEXT), "The user's own address by chainId (H47)"),
        "api_keys": Key(API_KEYS, "Keys that the user has: a number, at_limit, or a list of keys to sign with"),
    }
)
GIVEN: Final = Record(
    {
        "clients": Key(Names(CLIENT), "Brokers by client_id"),
        "users": Key(Names(USER), "KuCoin users by a name to call them by"),
        "currencies": Key(CURRENCIES, "Currencies by code, over those that are built in (H63); null takes one out"),
        "prices_usdt": Key(Names(AMOUNTS), "What one unit of a currency is worth in USDT (s9 needs it)"),
        "trades": Key(List(TRADE), "Trades that earn brokers a commission (Broker Pro); none without"),
        "observed_ip": Key(IP, "What the exchange sees as every caller's address (H26)"),
    }
)
CLOCK: Final = Record(
    {
        "mode": Key(
            words("real", "offset", "frozen", "scaled"),
            "How the business clock runs: as the wall clock does, so from a start, not at all, or faster or slower",
        ),
        "start": Key(INSTANTS, "Where it begins; now without"),
        "scale": Key(SCALES, "How much business time passes in a second of the wall clock, with mode: scaled"),
        "wall_offset": Key(OFFSETS, "How far the exchange's wall clock is ahead of this machine's (clock skew)"),
    }
)
_DECIDED: Final = {
    "user": Key(TEXT, "Who logs in, by the name under given.users", required=True),
    "decision": Key(members(Decision), "What they say to the broker; approve without"),
    "grant": Key(GROUPS, "The permissions that they grant; every one that has a key without"),
    "addressbook_only": Key(BOOLEAN, "Whether they tick that keys pay only to the address book"),
}
LOGIN: Final = Tagged(
    "mode",
    "page: a person clicks; auto: the same user each time; queue: one after the other, then the page",
    {
        "page": Record({}),
        "auto": Record(_DECIDED),
        "queue": Record({"logins": Key(List(Record(_DECIDED)), "Who logs in, in this order", required=True)}),
    },
)


def _operations() -> Word:
    return words(*STAGES)


def _details(reasons: Iterable[Reason]) -> dict[str, Key]:
    """A key for each `{name}` in a reason's text that a call does not tell."""
    names = dict.fromkeys(name for reason in reasons for name in details_of(reason))
    return {name: Key(TEXT, f"{{{name}}} in the reason's text") for name in names}


STAGEABLE: Final = [reason for reason in Reason if reason not in OF_THE_SERVER]
REASON: Final = Word({reason.name: reason for reason in Reason}, "the name of a reason", "reason")
REFUSE: Final = Either(
    "a reason, or {reason: ..., field: ...}",
    scalar=REASON,
    entries=Record({"reason": Key(REASON, "The reason", required=True), **_details(STAGEABLE)}),
)
BOUNDS: Final = Record(
    {"at_least": Key(AMOUNTS, "The least amount that matches"), "at_most": Key(AMOUNTS, "The most that matches")},
    some=(("at_least", "at_most"),),
)
FAULT: Final = Record(
    {
        "operation": Key(_operations(), "The call that goes wrong", required=True),
        "user": Key(TEXT, "Only calls of this user"),
        "client": Key(TEXT, "Only calls of this client"),
        "match": Key(
            Names(Either("a value, or {at_least: ..., at_most: ...}", scalar=TEXT, entries=BOUNDS)),
            "Only calls whose request fields are so",
        ),
        "times": Key(POSITIVE, "How many calls it strikes; all without"),
        "skip": Key(INTEGER, "How many calls it lets pass first"),
        "at": Key(
            words(*get_args(Moment)),
            "before: nothing is performed; after_commit: it succeeded; mid_body: half of the answer's body is out",
        ),
        "refuse": Key(REFUSE, "Refuse with this reason, as the exchange itself would"),
        "respond": Key(
            Record(
                {
                    "status": Key(STATUS, "HTTP status", required=True),
                    "headers": Key(Names(HEADER_VALUE, name=HEADER), "HTTP headers; content-type: application/json"),
                    "body": Key(TEXT, "The body, as it goes out"),
                }
            ),
            "Answer this instead: nothing that the document knows",
        ),
        "network": Key(words(*get_args(Network)), "What happens on the socket"),
        "delay": Key(DURATIONS, "How long it waits at that moment; of drip, how long the body takes"),
    },
    some=(("refuse", "respond", "network", "delay"),),
    apart=(("refuse", "respond"), ("refuse", "network"), ("respond", "network")),
)
FAULTS: Final = Record({"faults": Key(List(FAULT), "What goes wrong, in order of precedence")})
OUTCOME: Final = Word(
    {name: name for name in (OK, NOT_PERFORMED, *Reason.__members__)}, "OK, NOT_PERFORMED or a reason", "outcome"
)
EXPECTATION: Final = Record(
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
"""What each file says of itself alone: nothing of it is inherited."""
SCENARIO: Final = Record(
    {
        **HEAD.keys,
        "seed": Key(INTEGER, "The same seed and calls give the same ids, secrets and codes"),
        "clock": Key(CLOCK, "The two clocks"),
        "given": Key(GIVEN, "What is true at the start"),
        "choices": Key(CHOICES, "Answers to what the page does not say"),
        "login": Key(LOGIN, "Whether a person logs in or the scenario does"),
        **FAULTS.keys,
        **EXPECT.keys,
    }
)

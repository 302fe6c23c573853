"""A fault as data: which calls it strikes, when, and what it does to them. Counts decide, not random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Final

from simulator.core.control.world_event import WorldEvent
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.scenario.staging.strikes import Effect, Moment, Network, Strike, strike_of

PLAIN: Final = lazy_pattern(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
"""A text that is a number: Python would also read `1_000`, ` 5 `, `+1`, `NaN` and digits of other scripts."""
DRIP: Final = 10_000
"""How long a dripping body takes, ms, if the fault has no `delay`."""


class Condition(Value, frozen=True):
    """What a named field of the request must be. `field` is like `amount` or `authGroupMap.API_SPOT`."""

    field: str
    equals: str | None = None
    """The value as it was sent, `true` and `false` for booleans. An amount is better held between bounds."""
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def holds(self, fields: Mapping[str, object]) -> bool:
        """True if the field of the request meets the condition. An absent field never does."""
        value = fields.get(self.field)
        if not isinstance(value, str | int | Decimal):
            return False  # absent, or an object or a list, which is not a single value
        if self.equals is not None:
            return self.equals == ("true" if value is True else "false" if value is False else str(value))
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
            return False
        if isinstance(value, str) and not PLAIN.fullmatch(value):
            return False
        number = Decimal(value)
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)


class Response(Value, frozen=True):
    """An answer in place of the exchange's own. The page does not describe it, and the journal marks it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Without a content type among them, it is `application/json`."""
    body: str = ""


ARRIVAL, REVERSED, SEED = "arrival", "reversed", "seed:"
MOST_HELD: Final = 64
"""Calls that are parked together, at most."""
WITHIN: Final = 4_000
"""How long calls are parked at most, ms of real time, if `hold` does not say it."""


class Hold(Value, frozen=True):
    """Calls are parked until there are `until` of them, and then performed one after another in an order."""

    until: int
    order: str | tuple[int, ...] = ARRIVAL
    """`arrival`, `reversed`, `seed:` and any text, or places in the order of arrival: (2, 1) = the second one first."""
    within: int = WITHIN
    """After so many ms of real time those that have come go on, in the order of their arrival."""

    def places(self, batch: int) -> tuple[int, ...]:
        """The places of the calls in the order of release, from 0. `batch` counts how often calls were released."""
        places = range(self.until)
        if isinstance(self.order, tuple):
            return tuple(place - 1 for place in self.order)
        if self.order.startswith(SEED):
            return tuple(sorted(places, key=lambda place: sha256(f"{self.order}/{batch}/{place}".encode()).digest()))
        return tuple(places if self.order == ARRIVAL else reversed(places))


class Fault(Value, frozen=True):
    """One entry of `faults:`. It has one of `refuse`, `respond` and `network`, or another effect, or more."""

    operation: str
    user: str = ""
    """The user's name; "" = anybody."""
    client: str = ""
    match: tuple[Condition, ...] = ()
    times: int | None = None
    """How many calls it strikes; None = all."""
    skip: int = 0
    """How many calls it lets pass first."""
    at: Moment = "before"
    refuse: Reason | None = None
    details: tuple[tuple[str, str], ...] = ()
    """Values for the `{names}` in the reason's text that the call itself does not have."""
    respond: Response | None = None
    network: Network | None = None
    delay: int = 0
    """ms of real time at the moment `at`; of a drip, how long the body takes."""
    advance: int = 0
    """ms of business time that pass at the moment `at`, after the `delay`."""
    hold: Hold | None = None
    first: WorldEvent | None = None
    """What happens just before the call, after the time of `delay` and `advance`."""
    then: WorldEvent | None = None
    """What happens just after the call, before its answer."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Its effects; the first one says how the call is struck."""
        effects: list[Effect] = ["refuse"] if self.refuse else []
        effects += ["respond"] if self.respond else []
        effects += [self.network] if self.network else []
        effects += ["hold"] if self.hold else []
        effects += ["first"] if self.first else []
        effects += ["then"] if self.then else []
        effects += ["advance"] if self.advance else []
        return tuple(effects) or ("delay",)

    @property
    def strike(self) -> Strike:
        """What it does to the calls that it strikes."""
        return strike_of(self.effects[0], self.at)

    @property
    def effect(self) -> str:
        """The effect in a few words, such as `refuse API_KEY_UNKNOWN` or `delay 500 ms`."""
        if self.refuse:
            return f"refuse {self.refuse.name}"
        if self.respond:
            return f"respond {self.respond.status}"
        if self.network:
            return f"network {self.network}"
        events = [f"{word} {event.event}" for word, event in (("first", self.first), ("then", self.then)) if event]
        if self.hold:
            events.insert(0, f"hold until {self.hold.until}")
        if events:
            return ", ".join(events)
        return f"advance {self.advance} ms" if self.advance else f"delay {self.delay} ms"

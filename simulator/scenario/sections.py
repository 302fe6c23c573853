"""The sections `clock:`, `login:`, `faults:`, `expect:`: read values -> typed values, with the checks between keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.core.control.happenings import KINDS
from simulator.core.control.world_event import WorldEvent
from simulator.core.gateway.rate_limits import Pool
from simulator.core.index import CALLS
from simulator.core.refusals import Reason
from simulator.core.spec import Decision
from simulator.core.staged import details_of
from simulator.messages import BODILESS
from simulator.scenario.format.reader import Path, Reader, suggestion
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.keys.expectations import EXPECTATION, NOT_PERFORMED, OK
from simulator.scenario.keys.faults import EVENT_KEYS, FAULT, HOLD, RESPOND
from simulator.scenario.keys.scenario import CLOCK, DECIDED, LOGIN
from simulator.scenario.staging.expectations import OF_NO_CLIENT, Expectation
from simulator.scenario.staging.faults import Condition, Fault, Hold, Response
from simulator.scenario.staging.logins import PAGE, Decided, Login
from simulator.scenario.staging.strikes import Effect, obstacles

by_hand(CLOCK)
by_hand(DECIDED)
by_hand(EXPECTATION, "any_of")
by_hand(FAULT, "match", "refuse", "respond", "hold", "first", "then")
by_hand(HOLD)
by_hand(EVENT_KEYS)
by_hand(RESPOND)
by_hand(LOGIN.variants["page"])
by_hand(LOGIN.variants["queue"], "logins")
FRAMING: Final = ("content-length", "transfer-encoding", "connection")
"""Headers that only the server sets."""


def _anonymous(operation: str | None) -> bool:
    """True if an operation's calls carry neither user nor client."""
    rate_limit = CALLS[operation].rate_limit if operation else None
    return rate_limit is not None and rate_limit.pool is Pool.PUBLIC


class SectionBuilder:
    """Makes the typed values of the sections and adds problems to the reader if keys do not fit together.

    `users` and `clients` are the known names.
    """

    def __init__(self, reader: Reader, users: Iterable[str], clients: Iterable[str]) -> None:
        self._reader = reader
        self._users, self._clients = (dict.fromkeys(name for name in names) for names in (users, clients))

    def clock(self, values: Values) -> ClockSettings:
        """The settings of the two clocks."""
        mode = values.get("mode", "real")
        written = self._reader.root.value("clock")
        says = {key: written is not None and written.value(key) is not None for key in ("scale", "start")}
        if mode == "scaled" and not says["scale"]:
            self._reader.refuse(("clock", "scale"), "is missing; mode: scaled needs one, such as 60")
        elif mode != "scaled" and says["scale"]:
            self._reader.refuse(("clock", "scale"), f"goes with mode: scaled, not with mode: {mode}", key=True)
        if mode == "offset" and not says["start"]:
            self._reader.refuse(("clock", "start"), "is missing; mode: offset runs from a start")
        return ClockSettings(**fields(CLOCK, values))

    def login(self, values: Values | None) -> Login:
        """The login mode and who logs in."""
        if not values or values.get("mode", "page") == "page":
            return PAGE
        if values["mode"] == "auto":
            return Login("auto", (self._decided(values, ("login",)),))
        logins = values.get("logins") or ()
        return Login(
            "queue", tuple(self._decided(login, ("login", "logins", place)) for place, login in enumerate(logins))
        )

    def faults(self, entries: Iterable[Values]) -> tuple[Fault, ...]:
        """The faults, in the order of the file."""
        return tuple(self._fault(values, ("faults", place)) for place, values in enumerate(entries))

    def expectations(self, entries: Iterable[Values]) -> tuple[Expectation, ...]:
        """The expectations, in the order of the file."""
        return tuple(self._expectation(values, ("expect", place)) for place, values in enumerate(entries))

    def _check_names(self, values: Mapping[str, Any], path: Path) -> None:
        """Add a problem for an unknown user or client."""
        for kind, known in (("user", self._users), ("client", self._clients)):
            name = values.get(kind)
            if name is not None and name not in known:
                some = ", ".join(sorted(known)[:20]) or "none"
                message = f"unknown {kind} {name}; given.{kind}s has {some}{suggestion(name, known)}"
                self._reader.refuse((*path, kind), message)

    def _decided(self, values: Values, path: Path) -> Decided:
        self._check_names(values, path)
        decided = {name: value for name, value in values.items() if name in DECIDED.keys}
        if "redirect" in decided and decided.get("decision") is Decision.DENY:
            self._reader.refuse((*path, "redirect"), "goes with decision: approve, not with decision: deny", key=True)
        return Decided(**{"user": "", **fields(DECIDED, decided)})

    def _fault(self, values: Values, path: Path) -> Fault:
        self._check_names(values, path)
        if _anonymous(values.get("operation")):
            for whose in ("user", "client"):
                if whose in values:
                    message = f"never matches: {values['operation']} calls carry no {whose}; remove it"
                    self._reader.refuse((*path, whose), message, key=True)
        self._check_moment(values, path)
        reason, details = self._refusal(values, path)
        others: dict[str, Any] = {
            "match": self._conditions(values, path),
            "refuse": reason,
            "details": details,
            "respond": self._response(values.get("respond"), (*path, "respond")),
            "hold": self._hold(values, path),
            **{word: self._event(values, word, path) for word in ("first", "then")},
        }
        return Fault(**{"operation": "", **fields(FAULT, values), **others})

    def _check_moment(self, values: Values, path: Path) -> None:
        """Add a problem for an effect that is impossible at its moment."""
        effects: list[Effect] = [effect for effect in ("refuse", "respond") if effect in values]
        if (network := values.get("network")) is not None:
            effects.append(network)
        effects += [effect for effect in ("hold", "first", "then", "advance") if effect in values]
        only_waits = not effects
        for key, message in obstacles(
            (*effects,) or ("delay",), values.get("at", "before"), values.get("delay"), values.get("advance")
        ):
            self._reader.refuse((*path, key), message, key=key == "delay" and not only_waits)

    def _refusal(self, values: Values, path: Path) -> tuple[Reason | None, tuple[tuple[str, str], ...]]:
        """The reason, and the values of the names in its text that no call supplies."""
        reason, place = values.get("refuse"), (*path, "refuse")
        details: dict[str, str] = {}
        if isinstance(reason, Mapping):
            details = {name: text for name, text in reason.items() if name != "reason"}
            reason, place = reason.get("reason"), (*place, "reason")
        if not isinstance(reason, Reason):
            return None, ()
        operation, needed = values.get("operation"), details_of(reason)
        if operation and reason not in CALLS[operation].refusals:
            known = ", ".join(_reasons(operation))
            other = f"it can be with {known}" if known else "nothing refuses it"
            self._reader.refuse(place, f"{operation} is never refused with {reason.name}; {other}")
        for name in details:
            if name not in needed:
                self._reader.refuse((*path, "refuse", name), f"is not in the text of {reason.name}", key=True)
        if missing := [name for name in needed if name not in details]:
            whole = ", ".join(f"{name}: ..." for name in ("reason", *needed)).replace("...", reason.name, 1)
            message = f"the text of {reason.name} needs {' and '.join(missing)}: write refuse: {{{whole}}}"
            self._reader.refuse((*path, "refuse"), message)
        return reason, tuple(details.items())

    def _hold(self, values: Values, path: Path) -> Hold | None:
        """How calls are parked; adds a problem for an order that leaves a call out, and for a hold that never fills."""
        if (hold := values.get("hold")) is None:
            return None
        until, order, times = hold.get("until"), hold.get("order"), values.get("times")
        whole = isinstance(order, tuple) and None not in order  # a place that is no number is a problem already
        if whole and until and sorted(order) != [*range(1, until + 1)]:
            message = f"must have each number from 1 to {until} once: the places of the calls as they come"
            self._reader.refuse((*path, "hold", "order"), message)
        if until and times and times < until:
            message = f"never fills: the fault affects {times} calls; say times: {until} or more, or leave it out"
            self._reader.refuse((*path, "hold", "until"), message)
        return Hold(**{"until": 2, **fields(HOLD, hold)})

    def _event(self, values: Values, word: str, path: Path) -> WorldEvent | None:
        """An event of the world; adds problems for keys that do not go with it."""
        event, place = values.get(word), (*path, word)
        if event is None:
            return None
        event = {"event": event} if isinstance(event, str) else event
        kind = KINDS.get(event.get("event", ""))
        if kind is None:
            return None
        self._check_names(event, place)
        for key in event.keys() - {"event", "user", "client", *kind.takes, *kind.needs}:
            takers = " or ".join(name for name, other in KINDS.items() if key in other.takes + other.needs)
            self._reader.refuse((*place, key), f"goes with event: {takers}, not with event: {event['event']}", key=True)
        for key in kind.needs:
            if key not in event:
                self._reader.refuse((*place, key), f"is missing; event: {event['event']} needs it")
        if "amount" in event and "currency" not in event:
            self._reader.refuse((*place, "currency"), "is missing; an amount is one of a currency")
        if "user" not in event and _anonymous(values.get("operation")):
            message = f"is missing; {values['operation']} calls carry no user, so say whose"
            self._reader.refuse((*place, "user"), message)
        return WorldEvent(**fields(EVENT_KEYS, event))

    def _conditions(self, values: Values, path: Path) -> tuple[Condition, ...]:
        operation = values.get("operation")
        known = CALLS[operation].fields if operation else ()
        conditions = []
        for field, value in values.get("match", {}).items():
            if operation and field not in known:
                some = f"its fields are {', '.join(known)}" if known else "it has none"
                message = f"{operation} has no field {field}; {some}{suggestion(field, known)}"
                self._reader.refuse((*path, "match", field), message, key=True)
            bounds = value if isinstance(value, Mapping) else {"equals": value}
            self._check_bounds(bounds, (*path, "match", field))
            conditions.append(Condition(field, **bounds))
        return tuple(conditions)

    def _check_bounds(self, values: Mapping[str, Any], path: Path) -> None:
        least, most = values.get("at_least"), values.get("at_most")
        if least is not None and most is not None and least > most:
            self._reader.refuse((*path, "at_most"), f"must not be less than at_least, which is {least}")

    def _response(self, values: Values | None, path: Path) -> Response | None:
        if values is None:
            return None
        headers: dict[str, str] = values.get("headers", {})
        seen: set[str] = set()
        for name in headers:
            if name.lower() in FRAMING:
                self._reader.refuse((*path, "headers", name), "is the server's own business; leave it out", key=True)
            if name.lower() in seen:
                self._reader.refuse((*path, "headers", name), "is repeated: case does not matter", key=True)
            seen.add(name.lower())
        status, body = values.get("status", 200), values.get("body", "")
        if status in BODILESS and body:
            self._reader.refuse((*path, "body"), f"must be empty: an answer with status {status} has none")
        return Response(**{"status": status, **fields(RESPOND, values)})

    def _expectation(self, values: Values, path: Path) -> Expectation:
        """An expectation. Each of its alternatives is a tuple of expectations, also if the file says a single one."""
        alternatives: list[tuple[Expectation, ...]] = []
        for place, alternative in enumerate(values.get("any_of", ())):
            here = (*path, "any_of", place)
            if isinstance(alternative, Mapping):
                alternatives.append((self._counted(alternative, here),))
            elif alternative is not None:
                alternatives.append(tuple(self._counted(part, (*here, n)) for n, part in enumerate(alternative)))
        counted = self._counted(values, path)
        return replace(counted, any_of=tuple(alternatives)) if alternatives else counted

    def _counted(self, values: Mapping[str, Any], path: Path) -> Expectation:
        self._check_names(values, path)
        self._check_bounds(values, path)
        if "client" in values and (fact := values.get("fact")) in OF_NO_CLIENT:
            message = f"cannot be combined with fact {fact}, which is counted by user only"
            self._reader.refuse((*path, "client"), message, key=True)
        operation, outcome = values.get("operation"), values.get("outcome")
        known = (OK, NOT_PERFORMED, *_reasons(operation)) if operation else ()
        if operation and outcome is not None and outcome not in known:
            message = f"{operation} never ends with {outcome}; it can with {', '.join(known)}"
            self._reader.refuse((*path, "outcome"), message)
        return Expectation(**fields(EXPECTATION, values))


def _reasons(operation: str) -> list[str]:
    """The names of the reasons that an operation can be refused with, in order of precedence."""
    return [reason.name for reason in Reason if reason in CALLS[operation].refusals]

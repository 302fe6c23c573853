"""`clock:`, `login:`, `faults:` and `expect:` as they were read -> their values, with what one key asks of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from simulator.clock import ClockSettings
from simulator.core.endpoints import CALLS
from simulator.core.gateway.rate_limits import Pool
from simulator.core.refusals import Reason
from simulator.core.staged import details_of
from simulator.messages import BODILESS
from simulator.scenario.format.reader import Path, Reader, suggestion
from simulator.scenario.format.shapes import by_hand, fields
from simulator.scenario.keys.scenario import CLOCK, DECIDED, EXPECTATION, FAULT, LOGIN, NOT_PERFORMED, OK, RESPOND
from simulator.scenario.staging.expectations import OF_NO_CLIENT, Expectation
from simulator.scenario.staging.faults import Condition, Fault, Response
from simulator.scenario.staging.logins import PAGE, Decided, Login
from simulator.scenario.staging.strikes import Effect, obstacles

by_hand(CLOCK)
by_hand(DECIDED)
by_hand(EXPECTATION)
by_hand(FAULT, "match", "refuse", "respond")
by_hand(RESPOND)
by_hand(LOGIN.variants["page"])
by_hand(LOGIN.variants["queue"], "logins")
Found = Mapping[str, Any]
FRAMING: Final = ("content-length", "transfer-encoding", "connection")
"""Headers that are the server's own business."""
ANONYMOUS: Final = tuple(
    name for name, call in CALLS.items() if call.rate_limit and call.rate_limit.pool is Pool.PUBLIC
)
"""Operations whose calls carry nothing that says whose they are."""


class Maker:
    """Makes values of what a reader has read, and notes in it what does not fit together.

    `users` and `clients` are the names that there are.
    """

    def __init__(self, reader: Reader, users: Iterable[str], clients: Iterable[str]) -> None:
        self._reader = reader
        self._users, self._clients = dict.fromkeys(users), dict.fromkeys(clients)

    def clock(self, found: Found) -> ClockSettings:
        """How the two clocks run."""
        mode = found.get("mode", "real")
        written = self._reader.root.value("clock")
        says = {key: written is not None and written.value(key) is not None for key in ("scale", "start")}
        if mode == "scaled" and not says["scale"]:
            self._reader.refuse(("clock", "scale"), "is missing; mode: scaled needs one, such as 60")
        elif mode != "scaled" and says["scale"]:
            self._reader.refuse(("clock", "scale"), f"goes with mode: scaled, not with mode: {mode}", key=True)
        if mode == "offset" and not says["start"]:
            self._reader.refuse(("clock", "start"), "is missing; mode: offset runs from a start")
        return ClockSettings(**fields(CLOCK, found))

    def login(self, found: Found | None) -> Login:
        """Who logs in."""
        if not found or found.get("mode", "page") == "page":
            return PAGE
        if found["mode"] == "auto":
            return Login("auto", (self._decided(found, ("login",)),))
        logins = found.get("logins") or ()
        return Login("queue", tuple(self._decided(each, ("login", "logins", n)) for n, each in enumerate(logins)))

    def faults(self, found: Iterable[Found]) -> tuple[Fault, ...]:
        """What goes wrong."""
        return tuple(self._fault(each, ("faults", place)) for place, each in enumerate(found))

    def expectations(self, found: Iterable[Found]) -> tuple[Expectation, ...]:
        """What must have happened."""
        return tuple(self._expectation(each, ("expect", place)) for place, each in enumerate(found))

    def _who(self, found: Found, path: Path) -> None:
        """Refuse users and clients that there are not."""
        for kind, known in (("user", self._users), ("client", self._clients)):
            name = found.get(kind)
            if name is not None and name not in known:
                some = ", ".join(sorted(known)[:20]) or "none"
                message = f"unknown {kind} {name}; given.{kind}s has {some}{suggestion(name, known)}"
                self._reader.refuse((*path, kind), message)

    def _decided(self, found: Found, path: Path) -> Decided:
        self._who(found, path)
        said = {name: value for name, value in found.items() if name in DECIDED.keys}
        return Decided(**{"user": "", **fields(DECIDED, said)})

    def _fault(self, found: Found, path: Path) -> Fault:
        self._who(found, path)
        if found.get("operation") in ANONYMOUS:
            for whose in ("user", "client"):
                if whose in found:
                    message = f"strikes nothing: {found['operation']} tells not whose call it is; leave it out"
                    self._reader.refuse((*path, whose), message, key=True)
        self._check_moment(found, path)
        reason, details = self._refusal(found, path)
        others: dict[str, Any] = {
            "match": self._conditions(found, path),
            "refuse": reason,
            "details": details,
            "respond": self._response(found.get("respond"), (*path, "respond")),
        }
        return Fault(**{"operation": "", **fields(FAULT, found), **others})

    def _check_moment(self, found: Found, path: Path) -> None:
        """Not everything can happen at every moment."""
        said: list[Effect] = [effect for effect in ("refuse", "respond") if effect in found]
        if (network := found.get("network")) is not None:
            said.append(network)
        effects: tuple[Effect, ...] = (*said,) or ("delay",)
        for key, message in obstacles(effects, found.get("at", "before"), found.get("delay")):
            self._reader.refuse((*path, key), message, key=key == "delay" and bool(said))

    def _refusal(self, found: Found, path: Path) -> tuple[Reason | None, tuple[tuple[str, str], ...]]:
        """The reason, and what fills the names in its text that a call does not tell."""
        wanted, place = found.get("refuse"), (*path, "refuse")
        given: dict[str, str] = {}
        if isinstance(wanted, Mapping):
            given = {name: text for name, text in wanted.items() if name != "reason"}
            wanted, place = wanted.get("reason"), (*place, "reason")
        if not isinstance(wanted, Reason):
            return None, ()
        operation, needed = found.get("operation"), details_of(wanted)
        if operation and wanted not in CALLS[operation].refusals:
            known = ", ".join(_reasons(operation))
            other = f"it can be with {known}" if known else "nothing refuses it"
            self._reader.refuse(place, f"{operation} is never refused with {wanted.name}; {other}")
        for name in given:
            if name not in needed:
                self._reader.refuse((*path, "refuse", name), f"does not stand in the text of {wanted.name}", key=True)
        if missing := [name for name in needed if name not in given]:
            whole = ", ".join(f"{name}: ..." for name in ("reason", *needed)).replace("...", wanted.name, 1)
            message = f"the text of {wanted.name} needs {' and '.join(missing)}: write refuse: {{{whole}}}"
            self._reader.refuse((*path, "refuse"), message)
        return wanted, tuple(given.items())

    def _conditions(self, found: Found, path: Path) -> tuple[Condition, ...]:
        operation = found.get("operation")
        known = CALLS[operation].fields if operation else ()
        conditions = []
        for field, wanted in found.get("match", {}).items():
            if operation and field not in known:
                some = f"its fields are {', '.join(known)}" if known else "it has none"
                message = f"{operation} has no field {field}; {some}{suggestion(field, known)}"
                self._reader.refuse((*path, "match", field), message, key=True)
            bounds = wanted if isinstance(wanted, Mapping) else {"equals": wanted}
            self._check_bounds(bounds, (*path, "match", field))
            conditions.append(Condition(field, **bounds))
        return tuple(conditions)

    def _check_bounds(self, found: Found, path: Path) -> None:
        least, most = found.get("at_least"), found.get("at_most")
        if least is not None and most is not None and least > most:
            self._reader.refuse((*path, "at_most"), f"must not be less than at_least, which is {least}")

    def _response(self, found: Found | None, path: Path) -> Response | None:
        if found is None:
            return None
        headers: dict[str, str] = found.get("headers", {})
        seen: set[str] = set()
        for name in headers:
            if name.lower() in FRAMING:
                self._reader.refuse((*path, "headers", name), "is the server's own business; leave it out", key=True)
            if name.lower() in seen:
                self._reader.refuse((*path, "headers", name), "stands twice: case does not matter", key=True)
            seen.add(name.lower())
        status, body = found.get("status", 200), found.get("body", "")
        if status in BODILESS and body:
            self._reader.refuse((*path, "body"), f"must be empty: an answer with status {status} has none")
        return Response(**{"status": status, **fields(RESPOND, found)})

    def _expectation(self, found: Found, path: Path) -> Expectation:
        self._who(found, path)
        self._check_bounds(found, path)
        if "client" in found and (fact := found.get("fact")) in OF_NO_CLIENT:
            message = f"cannot stand beside fact {fact}, which is counted by user only"
            self._reader.refuse((*path, "client"), message, key=True)
        operation, outcome = found.get("operation"), found.get("outcome")
        known = (OK, NOT_PERFORMED, *_reasons(operation)) if operation else ()
        if operation and outcome is not None and outcome not in known:
            message = f"{operation} never ends with {outcome}; it can with {', '.join(known)}"
            self._reader.refuse((*path, "outcome"), message)
        return Expectation(**fields(EXPECTATION, found))


def _reasons(operation: str) -> list[str]:
    """Why an operation can be refused, in order of precedence."""
    return [reason.name for reason in Reason if reason in CALLS[operation].refusals]

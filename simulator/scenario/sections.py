"""`clock:`, `login:`, `faults:` and `expect:` as they were read -> their values, with what one key asks of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.core.endpoints import CALLS
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
by_hand(EXPECTATION, "any_of")
by_hand(FAULT, "match", "refuse", "respond")
by_hand(RESPOND)
by_hand(LOGIN.variants["page"])
by_hand(LOGIN.variants["queue"], "logins")
Entry = Mapping[str, Any]
"""An entry of a section as the reader has read it: values by key."""
FRAMING: Final = ("content-length", "transfer-encoding", "connection")
"""Headers that are the server's own business."""
ANONYMOUS: Final = tuple(name for name, call in CALLS.items() if call.toll and call.toll.needs is None)
"""Operations whose calls carry nothing that says whose they are."""


class Maker:
    """Makes values of what a reader has read, and notes in it what does not fit together.

    `users` and `clients` are the names that there are.
    """

    def __init__(self, reader: Reader, users: Iterable[str], clients: Iterable[str]) -> None:
        self._reader = reader
        self._users, self._clients = dict.fromkeys(users), dict.fromkeys(clients)

    def clock(self, entry: Entry) -> ClockSettings:
        """How the two clocks run."""
        mode = entry.get("mode", "real")
        written = self._reader.root.value("clock")
        says = {key: written is not None and written.value(key) is not None for key in ("scale", "start")}
        if mode == "scaled" and not says["scale"]:
            self._reader.refuse(("clock", "scale"), "is missing; mode: scaled needs one, such as 60")
        elif mode != "scaled" and says["scale"]:
            self._reader.refuse(("clock", "scale"), f"goes with mode: scaled, not with mode: {mode}", key=True)
        if mode == "offset" and not says["start"]:
            self._reader.refuse(("clock", "start"), "is missing; mode: offset runs from a start")
        return ClockSettings(**fields(CLOCK, entry))

    def login(self, entry: Entry | None) -> Login:
        """Who logs in."""
        if not entry or entry.get("mode", "page") == "page":
            return PAGE
        if entry["mode"] == "auto":
            return Login("auto", (self._decided(entry, ("login",)),))
        logins = entry.get("logins") or ()
        return Login(
            "queue", tuple(self._decided(login, ("login", "logins", place)) for place, login in enumerate(logins))
        )

    def faults(self, entries: Iterable[Entry]) -> tuple[Fault, ...]:
        """What goes wrong."""
        return tuple(self._fault(entry, ("faults", place)) for place, entry in enumerate(entries))

    def expectations(self, entries: Iterable[Entry]) -> tuple[Expectation, ...]:
        """What must have happened."""
        return tuple(self._expectation(entry, ("expect", place)) for place, entry in enumerate(entries))

    def _who(self, entry: Entry, path: Path) -> None:
        """Refuse users and clients that there are not."""
        for kind, known in (("user", self._users), ("client", self._clients)):
            name = entry.get(kind)
            if name is not None and name not in known:
                some = ", ".join(sorted(known)[:20]) or "none"
                message = f"unknown {kind} {name}; given.{kind}s has {some}{suggestion(name, known)}"
                self._reader.refuse((*path, kind), message)

    def _decided(self, entry: Entry, path: Path) -> Decided:
        self._who(entry, path)
        decided = {name: value for name, value in entry.items() if name in DECIDED.keys}
        return Decided(**{"user": "", **fields(DECIDED, decided)})

    def _fault(self, entry: Entry, path: Path) -> Fault:
        self._who(entry, path)
        if entry.get("operation") in ANONYMOUS:
            for whose in ("user", "client"):
                if whose in entry:
                    message = f"never matches: {entry['operation']} calls carry no {whose}; remove {whose}"
                    self._reader.refuse((*path, whose), message, key=True)
        self._check_moment(entry, path)
        reason, details = self._refusal(entry, path)
        others: dict[str, Any] = {
            "match": self._conditions(entry, path),
            "refuse": reason,
            "details": details,
            "respond": self._response(entry.get("respond"), (*path, "respond")),
        }
        return Fault(**{"operation": "", **fields(FAULT, entry), **others})

    def _check_moment(self, entry: Entry, path: Path) -> None:
        """Refuse an effect at a moment at which it is impossible."""
        effects: list[Effect] = [effect for effect in ("refuse", "respond") if effect in entry]
        if (network := entry.get("network")) is not None:
            effects.append(network)
        if "advance" in entry:
            effects.append("advance")
        only_waits = not effects
        for key, message in obstacles(
            (*effects,) or ("delay",), entry.get("at", "before"), entry.get("delay"), entry.get("advance")
        ):
            self._reader.refuse((*path, key), message, key=key == "delay" and not only_waits)

    def _refusal(self, entry: Entry, path: Path) -> tuple[Reason | None, tuple[tuple[str, str], ...]]:
        """The reason, and what fills the names in its text that a call does not tell."""
        reason, place = entry.get("refuse"), (*path, "refuse")
        details: dict[str, str] = {}
        if isinstance(reason, Mapping):
            details = {name: text for name, text in reason.items() if name != "reason"}
            reason, place = reason.get("reason"), (*place, "reason")
        if not isinstance(reason, Reason):
            return None, ()
        operation, needed = entry.get("operation"), details_of(reason)
        if operation and reason not in CALLS[operation].refusals:
            known = ", ".join(_reasons(operation))
            other = f"it can be with {known}" if known else "nothing refuses it"
            self._reader.refuse(place, f"{operation} is never refused with {reason.name}; {other}")
        for name in details:
            if name not in needed:
                self._reader.refuse((*path, "refuse", name), f"does not stand in the text of {reason.name}", key=True)
        if missing := [name for name in needed if name not in details]:
            whole = ", ".join(f"{name}: ..." for name in ("reason", *needed)).replace("...", reason.name, 1)
            message = f"the text of {reason.name} needs {' and '.join(missing)}: write refuse: {{{whole}}}"
            self._reader.refuse((*path, "refuse"), message)
        return reason, tuple(details.items())

    def _conditions(self, entry: Entry, path: Path) -> tuple[Condition, ...]:
        operation = entry.get("operation")
        known = CALLS[operation].fields if operation else ()
        conditions = []
        for field, value in entry.get("match", {}).items():
            if operation and field not in known:
                some = f"its fields are {', '.join(known)}" if known else "it has none"
                message = f"{operation} has no field {field}; {some}{suggestion(field, known)}"
                self._reader.refuse((*path, "match", field), message, key=True)
            bounds = value if isinstance(value, Mapping) else {"equals": value}
            self._check_bounds(bounds, (*path, "match", field))
            conditions.append(Condition(field, **bounds))
        return tuple(conditions)

    def _check_bounds(self, entry: Entry, path: Path) -> None:
        least, most = entry.get("at_least"), entry.get("at_most")
        if least is not None and most is not None and least > most:
            self._reader.refuse((*path, "at_most"), f"must not be less than at_least, which is {least}")

    def _response(self, entry: Entry | None, path: Path) -> Response | None:
        if entry is None:
            return None
        headers: dict[str, str] = entry.get("headers", {})
        seen: set[str] = set()
        for name in headers:
            if name.lower() in FRAMING:
                self._reader.refuse((*path, "headers", name), "is the server's own business; leave it out", key=True)
            if name.lower() in seen:
                self._reader.refuse((*path, "headers", name), "stands twice: case does not matter", key=True)
            seen.add(name.lower())
        status, body = entry.get("status", 200), entry.get("body", "")
        if status in BODILESS and body:
            self._reader.refuse((*path, "body"), f"must be empty: an answer with status {status} has none")
        return Response(**{"status": status, **fields(RESPOND, entry)})

    def _expectation(self, entry: Entry, path: Path) -> Expectation:
        """An expectation. Each of its alternatives is a tuple of expectations, also if the file says a single one."""
        alternatives: list[tuple[Expectation, ...]] = []
        for place, alternative in enumerate(entry.get("any_of", ())):
            here = (*path, "any_of", place)
            if isinstance(alternative, Mapping):
                alternatives.append((self._counted(alternative, here),))
            elif alternative is not None:
                alternatives.append(tuple(self._counted(part, (*here, n)) for n, part in enumerate(alternative)))
        counted = self._counted(entry, path)
        return replace(counted, any_of=tuple(alternatives)) if alternatives else counted

    def _counted(self, entry: Entry, path: Path) -> Expectation:
        self._who(entry, path)
        self._check_bounds(entry, path)
        if "client" in entry and (fact := entry.get("fact")) in OF_NO_CLIENT:
            message = f"cannot stand beside fact {fact}, which is counted by user only"
            self._reader.refuse((*path, "client"), message, key=True)
        operation, outcome = entry.get("operation"), entry.get("outcome")
        known = (OK, NOT_PERFORMED, *_reasons(operation)) if operation else ()
        if operation and outcome is not None and outcome not in known:
            message = f"{operation} never ends with {outcome}; it can with {', '.join(known)}"
            self._reader.refuse((*path, "outcome"), message)
        return Expectation(**fields(EXPECTATION, entry))


def _reasons(operation: str) -> list[str]:
    """Why an operation can be refused, in order of precedence."""
    return [reason.name for reason in Reason if reason in CALLS[operation].refusals]

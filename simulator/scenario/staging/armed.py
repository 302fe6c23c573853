"""`Staging`: the faults in force with their counts, and the users who log in next without a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec.structs import replace
from rpds import HashTrieMap, Queue

from simulator.core.endpoint import Subject
from simulator.core.value import Value
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import PAGE, Decided, Login
from simulator.scenario.staging.strikes import Moment

MOST: Final = 1000
"""The most faults and waiting logins that the control surface allows, because each call looks at all faults."""


def number_of(id: str) -> int:
    """The number in the id of a fault, such as 7 in `f7`; -1 if it is not the id of a fault."""
    digits = id.removeprefix("f")
    return int(digits) if digits != id and digits.isascii() and digits.isdigit() and len(digits) < 19 else -1


class Armed(Value, frozen=True):
    """A fault in force. `seen` counts the calls that it applied to, `hits` those that it struck."""

    id: str
    fault: Fault
    seen: int = 0
    hits: int = 0

    @property
    def key(self) -> int:
        """Its place in `Standing.armed`."""
        return number_of(self.id)

    @property
    def spent(self) -> bool:
        """True if it has struck as often as it should."""
        return self.fault.times is not None and self.hits >= self.fault.times

    def applies(self, subject: Subject, fields_of_call: Callable[[], Mapping[str, object]]) -> bool:
        """True if it counts this call: it is not spent, and user, client and conditions match."""
        fault = self.fault
        if (
            self.spent
            or (fault.user and fault.user != subject.user)
            or (fault.client and fault.client != subject.client)
        ):
            return False
        if fault.match:
            fields = fields_of_call()
            return all(condition.holds(fields) for condition in fault.match)
        return True

    def counted(self) -> Armed:
        """The fault after one more call that it applies to. It strikes after it has skipped as many as it should."""
        return replace(self, seen=self.seen + 1, hits=self.hits + (self.seen >= self.fault.skip))


FaultCounts = tuple[tuple[int, int, int], ...]
"""The keys of faults, each with how many calls more it has seen, and how many more it has struck."""


class Standing(Value, frozen=True):
    """The whole state of a staging as one frozen value, so that it can be kept and put back at no cost."""

    login: Login = PAGE
    armed: HashTrieMap[int, Armed] = HashTrieMap()
    """By the number of the id, which is also their order."""
    waiting: Queue[Decided] = Queue()
    last: int = 0
    """The number of the newest fault's id."""

    @property
    def faults(self) -> tuple[Armed, ...]:
        """The faults in force, in order."""
        return tuple(self.armed[number] for number in sorted(self.armed))

    def since(self, earlier: Standing) -> FaultCounts:
        """What the faults have counted since an earlier standing with the same faults."""
        pairs = ((key, armed, earlier.armed[key]) for key, armed in self.armed.items() if key in earlier.armed)
        return tuple((key, now.seen - then.seen, now.hits - then.hits) for key, now, then in pairs if now != then)

    def without(self, counts: FaultCounts) -> Standing:
        """The standing as if that had not been counted; faults that are gone are passed over."""
        armed = self.armed
        for key, seen, hits in counts:
            if (fault := armed.get(key)) is not None:
                armed = armed.insert(key, replace(fault, seen=fault.seen - seen, hits=fault.hits - hits))
        return replace(self, armed=armed)


class Staging:
    """The faults and logins of one exchange. Ids of faults are `f1`, `f2` ... and are not used twice."""

    def __init__(self, faults: Iterable[Fault] = (), login: Login = PAGE) -> None:
        self.standing = Standing(login, waiting=Queue(login.decisions if login.mode == "queue" else ()))
        self.replace(faults)

    @property
    def armed(self) -> tuple[Armed, ...]:
        """The faults in force, in order."""
        return self.standing.faults

    @property
    def quiet(self) -> bool:
        """True if no fault is in force."""
        return not self.standing.armed

    @property
    def waiting(self) -> Queue[Decided]:
        """The decisions of the users who log in next without a page, in order."""
        return self.standing.waiting

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put these faults in force in place of all others, with counts of 0."""
        self.standing = replace(self.standing, armed=HashTrieMap())
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> Armed:
        """Add a fault behind the others."""
        last = self.standing.last + 1
        armed = Armed(f"f{last}", fault)
        self.standing = replace(self.standing, armed=self.standing.armed.insert(last, armed), last=last)
        return armed

    def remove(self, id: str) -> bool:
        """Remove a fault. Returns False if there is none with that id."""
        armed, number = self.standing.armed, number_of(id)
        if number not in armed:
            return False
        self.standing = replace(self.standing, armed=armed.remove(number))
        return True

    def struck(
        self,
        operation: str,
        moments: tuple[Moment, ...],
        subject: Subject,
        fields_of_call: Callable[[], Mapping[str, object]],
    ) -> Armed | None:
        """The first fault in order that strikes this call at one of these moments. Spent faults are passed over.

        `fields_of_call` is called only if a fault has conditions on fields.
        """
        for armed in self.armed:
            fault = armed.fault
            if fault.operation == operation and fault.at in moments and armed.applies(subject, fields_of_call):
                counted = armed.counted()
                self.standing = replace(self.standing, armed=self.standing.armed.insert(armed.key, counted))
                if counted.hits > armed.hits:
                    return counted
        return None

    def wait(self, decided: Decided) -> None:
        """Let one more user log in without a page, behind those who wait already."""
        self.standing = replace(self.standing, waiting=self.waiting.enqueue(decided))

    def next_login(self) -> Decided | None:
        """The user who logs in now without a page, and what they decide; None = the page asks."""
        if self.waiting:
            decided = next(iter(self.waiting))
            self.standing = replace(self.standing, waiting=self.waiting.dequeue())  # type: ignore[call-arg] # it takes none
            return decided
        login = self.standing.login
        return login.decisions[0] if login.mode == "auto" else None

    def log_in_by(self, login: Login) -> None:
        """Use another `login:` from now on, from its first decision. The faults stay."""
        fresh = Staging(login=login).standing
        self.standing = replace(self.standing, login=login, waiting=fresh.waiting)

    def copy(self) -> Staging:
        """An independent copy with the same faults, counts and waiting logins."""
        other = Staging()
        other.standing = self.standing
        return other

"""`Staging`: the faults that are in force and how often each has struck, and who logs in next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace
from rpds import List

from simulator.core.operations import Subject
from simulator.core.value import Value
from simulator.scenario.faults import Fault, Moment
from simulator.scenario.logins import PAGE, Decided, Login


class Armed(Value, frozen=True):
    """A fault in force. `seen` counts the calls that it applied to, `hits` those that it struck."""

    id: str
    fault: Fault
    seen: int = 0
    hits: int = 0

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it should."""
        return self.fault.times is not None and self.hits >= self.fault.times

    def applies(self, subject: Subject, asked: Callable[[], Mapping[str, object]]) -> bool:
        """Whether this call is one that it counts."""
        fault = self.fault
        if (
            self.spent
            or (fault.user and fault.user != subject.user)
            or (fault.client and fault.client != subject.client)
        ):
            return False
        if fault.match:
            fields = asked()
            return all(condition.holds(fields) for condition in fault.match)
        return True

    def counted(self) -> Armed:
        """The fault after one more call that it applies to; it strikes once it has let pass what it should."""
        return replace(self, seen=self.seen + 1, hits=self.hits + (self.seen >= self.fault.skip))


class Standing(Value, frozen=True):
    """All that a staging knows, as one value: kept and put back at no cost, the same one while nothing strikes."""

    login: Login = PAGE
    armed: tuple[Armed, ...] = ()
    waiting: List[Decided] = List()
    last: int = 0
    """The number of the newest fault's id."""


class Staging:
    """What stands between a call and its answer. Ids are `f1`, `f2` ... and are not given twice."""

    def __init__(self, faults: Iterable[Fault] = (), login: Login = PAGE) -> None:
        self.standing = Standing(login, waiting=List(login.decisions if login.mode == "queue" else ()))
        self.replace(faults)

    @property
    def armed(self) -> tuple[Armed, ...]:
        """The faults in force, in order."""
        return self.standing.armed

    @property
    def waiting(self) -> List[Decided]:
        """Who logs in without being asked, in this order."""
        return self.standing.waiting

    def replace(self, faults: Iterable[Fault]) -> None:
        """These faults and no others, none of which has struck yet."""
        self.standing = replace(self.standing, armed=())
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> Armed:
        """One more, behind the others."""
        last = self.standing.last + 1
        armed = Armed(f"f{last}", fault)
        self.standing = replace(self.standing, armed=(*self.armed, armed), last=last)
        return armed

    def remove(self, id: str) -> bool:
        """Take one away; False when there is none of that id."""
        kept = tuple(each for each in self.armed if each.id != id)
        found = len(kept) < len(self.armed)
        self.standing = replace(self.standing, armed=kept)
        return found

    def struck(
        self,
        operation: str,
        moments: tuple[Moment, ...],
        subject: Subject,
        asked: Callable[[], Mapping[str, object]],
    ) -> Armed | None:
        """The first fault in order that strikes this call at one of these moments. Spent ones fall through."""
        for place, each in enumerate(self.armed):
            fault = each.fault
            if fault.operation == operation and fault.at in moments and each.applies(subject, asked):
                counted = each.counted()
                armed = (*self.armed[:place], counted, *self.armed[place + 1 :])
                self.standing = replace(self.standing, armed=armed)
                if counted.hits > each.hits:
                    return counted
        return None

    def wait(self, decided: Decided) -> None:
        """One more who logs in without being asked, behind those who wait already."""
        self.standing = replace(self.standing, waiting=List((*self.waiting, decided)))

    def next_login(self) -> Decided | None:
        """Who logs in now without being asked, and what they decide; None = the page asks."""
        if self.waiting:
            decided = next(iter(self.waiting))
            self.standing = replace(self.standing, waiting=self.waiting.drop_first())
            return decided
        login = self.standing.login
        return login.decisions[0] if login.mode == "auto" else None

    def log_in_by(self, login: Login) -> None:
        """Another `login:` from now on, from its first decision; the faults stay."""
        fresh = Staging(login=login).standing
        self.standing = replace(self.standing, login=login, waiting=fresh.waiting)

    def copy(self) -> Staging:
        """The same faults with the same counts, and the same people waiting, to go their own way."""
        other = Staging()
        other.standing = self.standing
        return other

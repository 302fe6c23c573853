"""`Staging`: the faults that are in force and how often each has struck, and who logs in next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from simulator.core.operations import Subject
from simulator.scenario.faults import Fault, Moment
from simulator.scenario.logins import PAGE, Decided, Login


class Armed:
    """A fault in force. `seen` counts the calls that it applied to, `hits` those that it struck."""

    __slots__ = ("fault", "hits", "id", "seen")

    def __init__(self, id: str, fault: Fault, seen: int = 0, hits: int = 0) -> None:
        self.id, self.fault, self.seen, self.hits = id, fault, seen, hits

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it should."""
        return self.fault.times is not None and self.hits >= self.fault.times

    def strikes(self, subject: Subject, asked: Callable[[], Mapping[str, object]]) -> bool:
        """Whether it strikes this call, which then is counted."""
        fault = self.fault
        if (
            self.spent
            or (fault.user and fault.user != subject.user)
            or (fault.client and fault.client != subject.client)
        ):
            return False
        if fault.match:
            fields = asked()
            if not all(condition.holds(fields) for condition in fault.match):
                return False
        self.seen += 1
        if self.seen <= fault.skip:
            return False
        self.hits += 1
        return True


class Staging:
    """What stands between a call and its answer. Ids are `f1`, `f2` ... and are not given twice."""

    def __init__(self, faults: Iterable[Fault] = (), login: Login = PAGE) -> None:
        self._last = 0
        self.armed: list[Armed] = []
        self.replace(faults)
        self.login = login
        self.waiting: deque[Decided] = deque(login.decisions if login.mode == "queue" else ())

    def replace(self, faults: Iterable[Fault]) -> None:
        """These faults and no others, none of which has struck yet."""
        self.armed = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> Armed:
        """One more, behind the others."""
        self._last += 1
        armed = Armed(f"f{self._last}", fault)
        self.armed.append(armed)
        return armed

    def remove(self, id: str) -> bool:
        """Take one away; False when there is none of that id."""
        kept = [each for each in self.armed if each.id != id]
        found = len(kept) < len(self.armed)
        self.armed = kept
        return found

    def struck(
        self,
        operation: str,
        moments: tuple[Moment, ...],
        subject: Subject,
        asked: Callable[[], Mapping[str, object]],
    ) -> Armed | None:
        """The first fault in order that strikes this call at one of these moments. Spent ones fall through."""
        for each in self.armed:
            fault = each.fault
            if fault.operation == operation and fault.at in moments and each.strikes(subject, asked):
                return each
        return None

    def next_login(self) -> Decided | None:
        """Who logs in now without being asked, and what they decide; None = the page asks."""
        if self.waiting:
            return self.waiting.popleft()
        return self.login.decisions[0] if self.login.mode == "auto" else None

    def copy(self) -> Staging:
        """The same faults with the same counts, and the same people waiting, to go their own way."""
        other = Staging(login=self.login)
        other._last = self._last
        other.armed = [Armed(each.id, each.fault, each.seen, each.hits) for each in self.armed]
        other.waiting = self.waiting.copy()
        return other

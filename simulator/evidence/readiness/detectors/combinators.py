"""The few combinators of which all detectors are made: how a situation is reached, and by what it is decided.

A case begins with the call that reached the situation and ends with the first later call of the same party that decides
it. Nothing looks at all entries for one case: calls are found by the history's indexes, and a case gives up after
`HORIZON` calls that could have decided it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias, TypeVar

from simulator.core.value import Value
from simulator.evidence.readiness.detectors.requests import same_request
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Occurrence

HORIZON: Final = 50
"""Calls that are looked at for one case."""
MOST_CALLS: Final = 10_000
"""Calls of one situation's kind that are looked at: as many as a journal keeps, unless somebody asks for more."""
MOST_CASES: Final = 2_000
"""Cases of one situation that are decided. Who was in it so often was in it often enough."""
HOUR: Final = 3_600_000
"""Ms of business time after which the same request is a new try and no repetition."""
PATIENCE: Final = 2
"""Repetitions of a request that cannot succeed from which on a broker is said to knock. One may be a person's."""
LOGIN: Final = ("authorize",)

Reached: TypeAlias = Callable[[History], Iterable[int]]
"""The places of the calls that reach a situation, oldest first."""
CallCondition: TypeAlias = Callable[[History, int], bool]
"""What must be true of one call."""
Relation: TypeAlias = Callable[[History, int, int], bool]
"""What must be true of a case's first call and a later one."""

Found = TypeVar("Found")


def once(question: Callable[[History, int], Found]) -> Callable[[History, int], Found]:
    """The same question about a call, answered once for each call however many situations and cases ask it."""

    def answered(history: History, place: int) -> Found:
        answers = history.decided.get(question)
        if answers is None:
            answers = history.decided[question] = {}
        if place not in answers:
            answers[place] = question(history, place)
        answer: Found = answers[place]
        return answer

    return answered


class Sign(Value, frozen=True):
    """A later call that decides a case. `why` completes the sentence "#14 ...". `times` = how many make the sign."""

    operations: tuple[str, ...]
    why: str
    outcomes: tuple[str, ...] = ()
    """The outcomes that count; empty = all."""
    when: Relation | None = None
    times: int = 1
    anybody: bool = False
    """True if the call counts for every user, because it has none of its own."""
    weak: bool = False
    """True if a mistake that comes after it decides the case all the same."""

    def fits(self, history: History, place: int, later: int) -> bool:
        """True if a later call is this sign."""
        return (
            history.entries[later].outcome.operation in self.operations
            and (not self.outcomes or history.word(later) in self.outcomes)
            and (self.when is None or self.when(history, place, later))
        )


def reached_by(operations: Iterable[str], outcomes: Iterable[str], when: CallCondition | None = None) -> Reached:
    """Reached by a call of these operations with one of these outcomes, if the condition holds."""
    operations, outcomes = tuple(operations), tuple(outcomes)

    def places(history: History) -> Iterator[int]:
        for place in islice(history.places(operations, outcomes), MOST_CALLS):
            if when is None or when(history, place):
                yield place

    return places


def reached_by_loss(operations: Iterable[str], when: CallCondition) -> Reached:
    """Reached by a call that a fault affected or that got no whole answer, if the condition holds."""
    operations = tuple(operations)

    def places(history: History) -> Iterator[int]:
        for place in islice(history.hurt(operations), MOST_CALLS):
            if when(history, place):
                yield place

    return places


def again(operations: Iterable[str], why: str = "asked the same again", times: int = PATIENCE) -> Sign:
    """The same request with the same outcome once more, within an hour."""
    return Sign(tuple(operations), why, when=_soon_the_same, times=times)


def _soon_the_same(history: History, place: int, later: int) -> bool:
    soon = history.at(later).business - history.at(place).business < HOUR
    return soon and same_request(history, place, later)


def other_request(operations: Iterable[str], why: str = "asked for something else") -> Sign:
    """A request to the same operations with another outcome. One that meets the same refusal shows no change."""
    return Sign(tuple(operations), why, when=_other_outcome)


def _other_outcome(history: History, place: int, later: int) -> bool:
    return history.word(place) != history.word(later)


def watch(
    reached: Reached,
    what: str,
    *,
    handled: tuple[Sign, ...] = (),
    broken: tuple[Sign, ...] = (),
    end: bool | None = None,
    ending: str = "",
    lasting: bool = False,
) -> Detector:
    """The general detector: the first sign that a later call fits decides the case, a mistake before all else.

    `what` says what the first call met, as in "#12 was refused". `end` decides the case if nothing else does; if a
    mistake has been made less often than its sign needs, the case then stays undecided. `lasting` = what is right must
    last: a mistake that comes after it decides the case all the same.
    """
    theirs = _operations(sign for sign in (*handled, *broken) if not sign.anybody)
    anybodys = _operations(sign for sign in (*handled, *broken) if sign.anybody)

    def detect(history: History) -> Iterator[Occurrence]:
        repeated: set[int] = set()
        for place in islice(reached(history), MOST_CASES):
            if place not in repeated:
                yield decide(history, place, repeated)

    def decide(history: History, place: int, repeated: set[int]) -> Occurrence:
        first, counts = history.number(place), [0] * len(broken)
        begin, right = f"#{first} {what}", ""
        for later in islice(_later(history, place, theirs, anybodys), HORIZON):
            for index, sign in enumerate(broken):
                if sign.fits(history, place, later):
                    repeated.add(later)
                    counts[index] += 1
                    if counts[index] == sign.times:
                        number = history.number(later)
                        return Occurrence(first, False, f"{begin}, and #{number} {sign.why}", number)
            if right and lasting:
                continue
            shown = next((sign for sign in handled if sign.fits(history, place, later)), None)
            if shown is not None:
                right = right or f"#{history.number(later)} {shown.why}"
                if not (lasting or shown.weak):
                    break
        if right:
            return Occurrence(first, True, f"{begin}; then {right}")
        if any(counts):
            return Occurrence(first, None, f"{begin}, and one more call made the same mistake; nothing followed")
        if end is None:
            return Occurrence(first, None, f"{begin}, and the run ended before anything followed that decides it")
        return Occurrence(first, end, f"{begin}; {ending or 'no later call repeated it'}")

    return detect


def _operations(signs: Iterable[Sign]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for sign in signs for name in sign.operations))


def _later(history: History, place: int, theirs: tuple[str, ...], anybodys: tuple[str, ...]) -> Iterator[int]:
    """The later calls that can decide a case: the party's own, and those that anybody makes."""
    own = history.after(place, theirs)
    if not anybodys:
        return own
    both = {*_few(own), *_few(history.after(place, anybodys, anybody=True))}
    return iter(sorted(both))


def _few(places: Iterator[int]) -> Iterator[int]:
    return islice(places, HORIZON)


def final(
    operations: Iterable[str],
    reasons: Iterable[str],
    what: str,
    *,
    when: CallCondition | None = None,
    helped_by: tuple[Sign, ...] = (),
    end: bool | None = True,
    times: int = PATIENCE,
) -> Detector:
    """A refusal that no repetition changes: handled by another request, by what helps, by a login, or by stopping."""
    operations = tuple(operations)
    return watch(
        reached_by(operations, reasons, when),
        what,
        broken=(again(operations, times=times),),
        handled=(*helped_by, other_request(operations), Sign(LOGIN, "is a new login")),
        end=end,
    )


def foreseen(reached: Reached, what: str) -> Detector:
    """A broker that saw it coming: it did the right thing at once, and was never refused."""

    def detect(history: History) -> Iterator[Occurrence]:
        for place in islice(reached(history), MOST_CASES):
            number = history.number(place)
            yield Occurrence(number, True, f"#{number} {what}")

    return detect


def either(*detectors: Detector) -> Detector:
    """The occurrences of several detectors, oldest first."""

    def detect(history: History) -> Iterator[Occurrence]:
        occurrences = [occurrence for detector in detectors for occurrence in detector(history)]
        yield from sorted(occurrences, key=lambda occurrence: occurrence.entry)

    return detect

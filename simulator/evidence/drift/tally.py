"""What all answers of a recording have shown: differences with their entries, and the forms of all values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from simulator.evidence.drift.findings import MOST_ENTRIES, Difference, DriftKind, Place
from simulator.evidence.drift.matching import UNITS
from simulator.evidence.drift.shapes import WORDS, Leaf

TIMES: Final = frozenset(("time", "at", "date", "expires", "reset", "timestamp", "duration", "lifetime"))
"""Words in the names of instants and durations."""
FACTORS: Final = (3, 6, 9)
"""Digits by which a duration grows or shrinks in another unit."""
IDENTIFIERS: Final = frozenset(("hex24", "uuid", "digits", "date"))
"""The forms of texts that are counted apart."""
MOST_DIFFERENCES: Final = 2000
"""Findings that are kept; a hostile recording cannot have more."""


@dataclass(slots=True)
class Sighting:
    """How many entries have something, the first of them with their places in the recordings, and the newest day."""

    count: int = 0
    entries: list[tuple[int, str]] = field(default_factory=list)
    day: str = ""
    last: Sighting | None = None

    def see(self, place: int, entry: str, day: str) -> None:
        """Count one entry."""
        self.count += 1
        self.day = max(self.day, day)
        if len(self.entries) < MOST_ENTRIES:
            self.entries.append((place, entry))

    def add(self, more: Sighting) -> None:
        """Count the entries of another sighting, once however often it is added in a row."""
        if more is self.last:
            return
        self.last = more
        self.count += more.count
        self.day = max(self.day, more.day)
        self.entries = sorted((*self.entries, *more.entries))[:MOST_ENTRIES]


@dataclass(slots=True)
class Forms:
    """The forms of the values at one place. `least` is None as long as no decimal number was seen."""

    declared_unit: str = ""
    units: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    digits: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)
    padded: bool = False
    seen: Sighting = field(default_factory=Sighting)

    def add(self, leaf: Leaf) -> None:
        """Take down one value's form."""
        self.kinds.add(leaf.kind)
        if leaf.form == "digits" and leaf.word != "0":
            self.digits.add(leaf.digits)
            self.units |= {leaf.unit} if leaf.unit else set()
        if leaf.kind == "text":
            self.texts.add(leaf.form)
            if leaf.form in ("decimal", "digits"):
                self.places.add(leaf.places)
                self.padded = self.padded or leaf.padded


@dataclass(slots=True)
class Presence:
    """How often a compulsory field or header came."""

    came: Sighting = field(default_factory=Sighting)
    absent: Sighting = field(default_factory=Sighting)


class DriftTally:
    """Everything that was seen. The same is made of our own answers, and the two are compared at the end."""

    def __init__(self) -> None:
        self.differences: dict[Difference, Sighting] = {}
        self.presences: dict[Place, Presence] = {}
        self.forms: dict[Place, Forms] = {}

    def differs(self, difference: Difference, seen: Sighting) -> None:
        """Take down a difference of the entries in a sighting."""
        if difference in self.differences or len(self.differences) < MOST_DIFFERENCES:
            self.differences.setdefault(difference, Sighting()).add(seen)

    def due(self, place: Place, seen: Sighting, *, came: bool) -> None:
        """Take down that something compulsory came, or did not."""
        presence = self.presences.get(place) or self.presences.setdefault(place, Presence())
        (presence.came if came else presence.absent).add(seen)

    def leaf(self, place: Place, leaf: Leaf, unit: str, seen: Sighting) -> None:
        """Take down the form of a value."""
        forms = self.forms.get(place) or self.forms.setdefault(place, Forms(unit))
        forms.add(leaf)
        forms.seen.add(seen)

    def concluded(self, own: DriftTally) -> dict[Difference, Sighting]:
        """All differences: those of single answers, what never came, and what has other forms than in our answers."""
        result = dict(self.differences)
        for place, presence in self.presences.items():
            if presence.absent.count:
                result[_absence(place, never=not presence.came.count)] = presence.absent
        for place, forms in self.forms.items():
            for difference in compared(place, forms, own.forms.get(place) or Forms(forms.declared_unit)):
                result[difference] = forms.seen
        return result


def _absence(place: Place, *, never: bool) -> Difference:
    header = place.at.startswith("header ")
    if place.at in ENVELOPE:
        return Difference(DriftKind.ENVELOPE, place, "a field of each answer", "no such field")
    kind = DriftKind.NEVER_CAME if never else DriftKind.HEADER_ABSENT if header else DriftKind.ABSENT
    what = "a header" if header else "a field"
    return Difference(kind, place, f"{what} of each answer", "never came" if never else "absent in some answers")


ENVELOPE: Final = frozenset(f"answer {name}" for name in ("code", "msg", "success", "retry", "data"))


def compared(place: Place, forms: Forms, own: Forms) -> list[Difference]:
    """What the forms of a recording's values have otherwise than those of our own answers."""
    differences: list[Difference] = []

    def differs(kind: DriftKind, expected: str, received: str) -> None:
        differences.append(Difference(kind, place, expected, received))

    units = {forms.declared_unit} if forms.declared_unit else own.units if _is_time(place) else set()
    if len(units) == 1 and (others := forms.units - units):
        received = " and ".join(UNITS[unit] for unit in sorted(others))
        differs(DriftKind.TIME_UNIT, UNITS[next(iter(units))], received)
    elif not units and _is_time(place) and len(forms.digits) == len(own.digits) == 1:
        by = next(iter(forms.digits)) - next(iter(own.digits))
        if abs(by) in FACTORS:
            differs(DriftKind.TIME_UNIT, "a duration in our unit", f"{abs(by)} digits {'more' if by > 0 else 'less'}")
    if own.places and forms.places and "text" in own.kinds & forms.kinds:
        least = min(own.places)
        if own.padded and least and min(forms.places) < least:
            differs(DriftKind.NUMBER_FORMAT, f"at least {least} decimal places", "fewer decimal places")
        elif not least and not own.padded and forms.padded and len(forms.places) == 1:
            differs(DriftKind.NUMBER_FORMAT, "no trailing noughts", "decimal places filled up with noughts")
    strange = forms.texts - own.texts - {"empty"}
    if own.texts and own.texts <= IDENTIFIERS and strange and strange <= IDENTIFIERS:
        differs(DriftKind.FORM, f"text of the form {_words(own.texts)}", f"text of the form {_words(strange)}")
    return differences


def _is_time(place: Place) -> bool:
    """True if the last name of a place speaks of time."""
    name = place.at.rpartition(".")[2].rpartition(" ")[2]
    return any(part.lower() in TIMES for part in WORDS.findall(name))


def _words(forms: set[str]) -> str:
    return " or ".join(sorted(forms))

"""What happens to orders by the passing of time, soonest first. Instants are milliseconds of the business clock."""

from __future__ import annotations

from enum import Enum, unique

from rpds import HashTrieMap

from simulator.core.value import Value
from simulator.core.world.sorted_keys import SortedKeys


@unique
class DueKind(Enum):
    """What happens to orders by the passing of time. At one instant they come in this order."""

    PLAN_STEP = "plan_step"
    ORDER_EXPIRY = "order_expiry"
    DEAD_MAN_SWITCH = "dead_man_switch"
    ORDER_REPORT = "order_report"


class Due(Value, frozen=True):
    """Something that happens at the instant `at` to the order `of`, or to the orders of the user `of`."""

    at: int
    kind: DueKind
    of: str


_KINDS = list(DueKind)


class Agenda(Value, frozen=True):
    """What is due. An order has at most one entry of each kind, and a user one."""

    instants: SortedKeys[tuple[int, int, int]] = SortedKeys()
    """(instant, place of the kind, number) of each entry; of one instant and kind the earlier entry comes first."""
    entries: HashTrieMap[int, Due] = HashTrieMap()
    """By number."""
    numbers: HashTrieMap[tuple[str, str], int] = HashTrieMap()
    """By kind and by what it happens to."""
    made: int = 0
    """How many entries there have ever been."""

    @property
    def head(self) -> Due | None:
        """What happens next; None = nothing."""
        if not self.instants.parts:
            return None
        return self.entries[self.instants.parts[0][0][2]]

    def having(self, due: Due) -> Agenda:
        """The agenda with one more entry, in place of an older one of that kind and order or user."""
        agenda = self.without(due.kind, due.of)
        number = self.made + 1
        return Agenda(
            agenda.instants.having((due.at, _KINDS.index(due.kind), number)),
            agenda.entries.insert(number, due),
            agenda.numbers.insert((due.kind.value, due.of), number),
            number,
        )

    def without(self, kind: DueKind, of: str) -> Agenda:
        """The agenda without that entry, if there is one."""
        number = self.numbers.get((kind.value, of))
        if number is None:
            return self
        due = self.entries[number]
        return Agenda(
            self.instants.without((due.at, _KINDS.index(kind), number)),
            self.entries.remove(number),
            self.numbers.remove((kind.value, of)),
            self.made,
        )

"""The walk through all orders of the calls of a race.

A call is performed once in each world that the calls before it can lead to, not once in each order: orders that begin
alike share their beginning, and beginnings of the same calls that lead to the same world share all that follows. So 8
calls of which the first one wins take some hundred steps, not 40,320 replays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import json
from msgspec.structs import replace

from simulator.core.endpoints import OPERATIONS
from simulator.core.operations import attempt
from simulator.core.refusals import Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import World
from simulator.evidence.races import invariants, sameness
from simulator.evidence.races.calls import Lineup, RacedCall
from simulator.evidence.races.invariants import Broken
from simulator.evidence.races.sameness import RowPlace

CallOrder = tuple[int, ...]
"""Places in the line-up: (1, 0) = the second call first."""
NOWHERE: Final[frozenset[RowPlace]] = frozenset()


class RaceOutcome(Value, frozen=True):
    """What some of the orders lead to: the same replies, and the same world but for its instants."""

    orders: int
    swaps: int
    """How many pairs of calls are the other way round than they happened, in `order`."""
    order: CallOrder
    """The order with the fewest swaps; of these the first one."""
    replies: tuple[str, ...]
    """By place in the line-up."""
    world: World
    places: frozenset[RowPlace]
    """The rows that may differ from those before the race."""
    broken: tuple[Broken, ...]


class Race(Value, frozen=True):
    """All orders of a line-up. Outcomes come by the number of swaps; the first is that of the order that happened."""

    lineup: Lineup
    orders: int
    outcomes: tuple[RaceOutcome, ...]
    performed: int
    """How many calls were performed for it."""


class _Group:
    """Orders of the calls that remain at a place of the walk, which lead to the same outcome."""

    __slots__ = ("count", "order", "swaps")

    def __init__(self, count: int, swaps: int, order: CallOrder) -> None:
        self.count, self.swaps, self.order = count, swaps, order


_Key = tuple[int, int]
"""Replies of the calls that remain, as digits of a number, and the number of the final world."""
_DIGIT: Final = 16
"""Bits of a reply in such a number: no call has more replies than there are orders."""


class _Walk:
    def __init__(self, lineup: Lineup, step: Callable[[], None]) -> None:
        self.base, self.calls, self._step = lineup.base, lineup.calls, step
        self._timeless = sameness.Timeless(lineup.base)
        self.performed = 0
        self.replies: list[list[str]] = [[] for _ in self.calls]
        self.ends: list[tuple[World, frozenset[RowPlace], tuple[Broken, ...]]] = []
        self._numbers: list[dict[str, int]] = [{} for _ in self.calls]
        self._known: dict[tuple[int, Any], dict[_Key, _Group]] = {}
        self._ends: dict[Any, int] = {}
        self._path: list[tuple[RacedCall, Reply | Refusal]] = []

    def groups(self, world: World, places: frozenset[RowPlace], remaining: int) -> dict[_Key, _Group]:
        """What the remaining calls, a bit each, lead to from a world."""
        state = (remaining, sameness.exact(self.base, world, places))
        known = self._known.get(state)
        if known is None:
            known = self._known[state] = self._explored(world, places, remaining)
        return known

    def _explored(self, world: World, places: frozenset[RowPlace], remaining: int) -> dict[_Key, _Group]:
        if not remaining:
            return {(0, self._end(world, places)): _Group(1, 0, ())}
        groups: dict[_Key, _Group] = {}
        earlier = 0
        for number, call in enumerate(self.calls):
            bit = 1 << number
            if not remaining & bit:
                continue
            after, result = self._perform(world, call)
            self._path.append((call, result))
            reply = self._reply(number, call, result) << (_DIGIT * number)
            for (replies, end), group in self.groups(
                after, sameness.touched(world, after, places), remaining & ~bit
            ).items():
                key, swaps, order = (replies | reply, end), group.swaps + earlier, (number, *group.order)
                known = groups.get(key)
                if known is None:
                    groups[key] = _Group(group.count, swaps, order)
                    continue
                known.count += group.count
                known.swaps, known.order = min((known.swaps, known.order), (swaps, order))
            self._path.pop()
            earlier += 1
        return groups

    def _perform(self, world: World, call: RacedCall) -> tuple[World, Reply | Refusal]:
        self._step()
        self.performed += 1
        return performed(world, call)

    def _reply(self, number: int, call: RacedCall, result: Reply | Refusal) -> int:
        text = reply_of(call, result)
        numbers = self._numbers[number]
        place = numbers.setdefault(text, len(numbers))
        if place == len(self.replies[number]):
            self.replies[number].append(text)
        return place

    def _end(self, world: World, places: frozenset[RowPlace]) -> int:
        broken = tuple(invariants.broken(self.base, world, places, self._path))
        key = (self._timeless.rows(world, places), broken)
        number = self._ends.setdefault(key, len(self.ends))
        if number == len(self.ends):
            self.ends.append((world, places, broken))
        return number

    def outcome(self, key: _Key, group: _Group) -> RaceOutcome:
        replies, end = key
        texts = tuple(
            known[replies >> (_DIGIT * number) & (1 << _DIGIT) - 1] for number, known in enumerate(self.replies)
        )
        return RaceOutcome(group.count, group.swaps, group.order, texts, *self.ends[end])


def performed(world: World, call: RacedCall) -> tuple[World, Reply | Refusal]:
    """A call at its own instant and step, in this world. The world itself comes back if nothing changed."""
    given = world if world.step == call.step else replace(world, step=call.step)
    after, result = attempt(given, call.command, call.now)
    return (world if after is given else after), result


def reply_of(call: RacedCall, result: Reply | Refusal) -> str:
    """How two replies of a call differ: OK or the reason, and what a call that only reads has read."""
    if isinstance(result, Refusal):
        return result.reason.name
    if OPERATIONS[type(call.command)].reads:
        return f"OK {json.encode(result.data()).decode()}"
    return "OK"


def race(lineup: Lineup, step: Callable[[], None] = lambda: None) -> Race:
    """All orders. `step` is called before each call that is performed; what it raises ends the walk."""
    walk = _Walk(lineup, step)
    groups = walk.groups(lineup.base, NOWHERE, (1 << len(lineup.calls)) - 1)
    outcomes = sorted((walk.outcome(*item) for item in groups.items()), key=lambda it: (it.swaps, it.order))
    return Race(lineup, sum(outcome.orders for outcome in outcomes), tuple(outcomes), walk.performed)


def played(lineup: Lineup, order: Sequence[int]) -> Race:
    """The order that happened and this one, and no other."""
    orders = dict.fromkeys((tuple(range(len(lineup.calls))), tuple(order)))
    outcomes = tuple(_in_order(lineup, one) for one in orders)
    return Race(lineup, len(outcomes), outcomes, len(outcomes) * len(lineup.calls))


def _in_order(lineup: Lineup, order: CallOrder) -> RaceOutcome:
    world, touched, replies = lineup.base, NOWHERE, [""] * len(order)
    path: list[tuple[RacedCall, Reply | Refusal]] = []
    for number in order:
        call = lineup.calls[number]
        after, result = performed(world, call)
        touched, world = sameness.touched(world, after, touched), after
        replies[number] = reply_of(call, result)
        path.append((call, result))
    swaps = sum(later < earlier for place, earlier in enumerate(order) for later in order[place + 1 :])
    broken = tuple(invariants.broken(lineup.base, world, touched, path))
    return RaceOutcome(1, swaps, order, tuple(replies), world, touched, broken)

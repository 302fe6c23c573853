"""The orders in which the calls that a scenario holds can be performed, and one of them put into the scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice, permutations, product
from math import factorial, prod
from typing import Final

from msgspec.structs import replace

from simulator.core.index import CALLS
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.value import Value
from simulator.scenario.format.reader import suggestion
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.faults import MOST_HELD, WITHIN, Fault, Hold

PART: Final = lazy_pattern(r"([a-z_0-9]{1,60}):([0-9]{1,2}(?:-[0-9]{1,2})+)")
SIZE: Final = lazy_pattern(r"([a-z_0-9]{1,60})(?:=([0-9]{1,2}))?")
TRIES: Final = 10
"""For each order that is wanted, so many are drawn at most before the search for another one ends."""


class HeldOrder(Value, frozen=True):
    """The order in which calls of an operation are performed: (2, 1) = the one that came second first."""

    operation: str
    order: tuple[int, ...]


Orders = tuple[HeldOrder, ...]
"""One order for each fault that holds calls."""


def held_calls(scenario: Scenario) -> list[tuple[str, int]]:
    """The operation and the number of calls of each fault that holds calls, in the order of the faults."""
    return [(fault.operation, fault.hold.until) for fault in scenario.faults if fault.hold]


def read_size(text: str) -> tuple[str, int]:
    """`withdraw=3` as operation and number of calls; without a number it is 2. Raises `ValueError`."""
    match = SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not OPERATION=N, such as refresh_tokens=2")
    operation, size = match[1], int(match[2] or 2)
    _check(operation, size)
    return operation, size


def read_orders(text: str) -> Orders:
    """The orders of a replay string such as `refresh_tokens:2-1,withdraw:1-3-2`. Raises `ValueError`."""
    orders = []
    for part in text.split(","):
        match = PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no part of a replay string such as refresh_tokens:2-1,withdraw:1-3-2")
        order = tuple(map(int, match[2].split("-")))
        if sorted(order) != [*range(1, len(order) + 1)]:
            raise ValueError(f"{part!r} must have each number from 1 to {len(order)} once")
        _check(match[1], len(order))
        orders.append(HeldOrder(match[1], order))
    return tuple(orders)


def _check(operation: str, size: int) -> None:
    if operation not in CALLS:
        raise ValueError(f"there is no operation {operation}{suggestion(operation, CALLS)}")
    if not 2 <= size <= MOST_HELD:
        raise ValueError(f"{operation}: 2 to {MOST_HELD} calls can be held together, not {size}")


def replay_text(orders: Orders) -> str:
    """The orders as a text that can be given back."""
    return ",".join(f"{held.operation}:{'-'.join(map(str, held.order))}" for held in orders)


def count_of(sizes: Sequence[tuple[str, int]]) -> int:
    """How many orders there are."""
    return prod(factorial(size) for _, size in sizes)


def orders_of(sizes: Sequence[tuple[str, int]], most: int, seed: int) -> Iterator[Orders]:
    """All orders if there are at most so many, else so many of them, the same ones for the same seed.

    The order of arrival comes first.
    """
    if count_of(sizes) <= most:
        every = product(*(permutations(range(1, size + 1)) for _, size in sizes))
        yield from (_orders(sizes, places) for places in every)
        return
    drawn = dict.fromkeys([_orders(sizes, [tuple(range(1, size + 1)) for _, size in sizes])])
    for number in range(most * TRIES):
        drawn[_orders(sizes, [_drawn(f"{seed}/{number}/{place}", size) for place, (_, size) in enumerate(sizes)])] = (
            None
        )
        if len(drawn) >= most:
            break
    yield from islice(drawn, most)


def _orders(sizes: Sequence[tuple[str, int]], places: Sequence[tuple[int, ...]]) -> Orders:
    return tuple(HeldOrder(operation, order) for (operation, _), order in zip(sizes, places, strict=True))


def _drawn(seed: str, size: int) -> tuple[int, ...]:
    return tuple(sorted(range(1, size + 1), key=lambda place: sha256(f"{seed}/{place}".encode()).digest()))


def with_orders(scenario: Scenario, orders: Orders, within: int = WITHIN) -> Scenario:
    """The scenario whose held calls are performed in these orders.

    An order is that of the first fault that holds so many calls of the operation and has none yet. If there is no such
    fault, one is added, which holds them for `within` ms at most.
    """
    faults = [*scenario.faults]
    done: set[int] = set()
    for held in orders:
        for place, fault in enumerate(faults):
            hold = fault.hold
            if place not in done and hold and (fault.operation, hold.until) == (held.operation, len(held.order)):
                faults[place] = replace(fault, hold=replace(hold, order=held.order))
                done.add(place)
                break
        else:
            done.add(len(faults))
            faults.append(Fault(held.operation, hold=Hold(len(held.order), held.order, within)))
    return replace(scenario, faults=tuple(faults))

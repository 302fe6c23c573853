"""Sorted keys, and the two places that stand on them: the agenda and the orders in the book."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from simulator.core.world import Agenda, Due, DueKind, RestingOrders, Side, SortedKeys
from simulator.core.world.sorted_keys import LONGEST

CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 2_000)), max_size=60)


@given(st.sets(st.integers(0, 5_000), max_size=1_200), CHANGES)
def test_sorted_keys_are_a_sorted_set(first: set[int], changes: list[tuple[bool, int]]) -> None:
    """After any changes the keys are those of a set, in order both ways; no part is long."""
    keys: SortedKeys[int] = SortedKeys()
    model: set[int] = set()
    for adds, number in (*((True, number) for number in first), *changes):
        if adds and number not in model:
            keys = keys.having(number)
            model.add(number)
        elif not adds and number in model:
            keys = keys.without(number)
            model.remove(number)
    assert [*keys] == sorted(model)
    assert [*reversed(keys)] == sorted(model, reverse=True)
    assert len(keys) == len(model)
    assert all(0 < len(part) <= LONGEST for part in keys.parts)


def test_a_part_is_divided_when_it_is_full() -> None:
    """As many keys as a part may have stand in one; one more, and there are two halves. Each key has its place."""
    keys: SortedKeys[int] = SortedKeys()
    for number in range(LONGEST):
        keys = keys.having(number)
    assert [len(part) for part in keys.parts] == [LONGEST]
    keys = keys.having(LONGEST)
    assert [len(part) for part in keys.parts] == [LONGEST // 2, LONGEST // 2 + 1]
    assert [keys.at(place) for place in range(LONGEST + 2)] == [*range(LONGEST + 1), None]
    assert SortedKeys[int]().at(0) is None


ENTRIES = st.builds(Due, st.integers(0, 5), st.sampled_from(DueKind), st.sampled_from("abc"))


@given(st.lists(ENTRIES, max_size=30))
def test_the_agenda_gives_what_is_due_first(entries: list[Due]) -> None:
    """The head is the soonest entry, by kind and age within an instant; an entry replaces its older self."""
    agenda = Agenda()
    model: dict[tuple[DueKind, str], tuple[int, Due]] = {}
    for age, due in enumerate(entries):
        agenda = agenda.having(due)
        model[due.kind, due.of] = (age, due)
    kinds = list(DueKind)
    expected = [due for _, due in sorted(model.values(), key=lambda row: (row[1].at, kinds.index(row[1].kind), row[0]))]
    got = []
    while (head := agenda.head) is not None:
        got.append(head)
        agenda = agenda.without(head.kind, head.of)
    assert got == expected
    assert (agenda.instants, agenda.entries, agenda.numbers) == (Agenda().instants, Agenda().entries, Agenda().numbers)


def test_a_price_crosses_the_best_orders_first() -> None:
    """The orders that a price crosses come best price first, the oldest first within a price."""
    book = RestingOrders("BTC-USDT")
    for number, (side, price) in enumerate(
        [(Side.BUY, "10"), (Side.BUY, "11"), (Side.BUY, "10"), (Side.SELL, "12"), (Side.SELL, "13"), (Side.BUY, "9")]
    ):
        book = book.having(side, Decimal(price), f"order{number}", number)
    assert book.crossed(Side.BUY, Decimal(10)) == ["order1", "order0", "order2"]
    assert book.crossed(Side.BUY, Decimal("11.1")) == []
    assert book.crossed(Side.SELL, Decimal(12)) == ["order3"]
    assert book.crossed(Side.SELL, Decimal("11.9")) == []
    for number, (side, price) in enumerate([(Side.BUY, "10"), (Side.BUY, "11")]):
        book = book.without(side, Decimal(price), f"order{number}")
    assert book.crossed(Side.BUY, Decimal(9)) == ["order2", "order5"]

"""What is kept between calls is what it would be if it were made anew."""

from __future__ import annotations

from itertools import count
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.world import Stack, World
from simulator.core.world.folds import MOST_KEPT, Folds, apart, forget

Row = tuple[int, int]
"""When, and a number that no other row has."""


def folds() -> Folds[list[tuple[int, Row]]]:
    """Folds of all rows, each with the number of its stack."""
    return Folds(list, lambda state, number, row: state.append((number, row)), itemgetter(0, 1))


def anew(stacks: tuple[Stack[Row], ...]) -> list[tuple[int, Row]]:
    """The same without anything that was kept."""
    rows = [(number, row) for number, stack in enumerate(stacks) for row in reversed([*stack])]
    return sorted(rows, key=itemgetter(1))


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(data=st.data())
def test_what_is_kept_is_what_would_be_made_anew(data: st.DataObject) -> None:
    """Whatever comes on top, also earlier rows, and wherever it goes back or aside, a state has all rows in order."""
    kept = folds()
    worlds: list[tuple[Stack[Row], Stack[Row]]] = [(Stack(), Stack())]
    numbers = count()
    for _ in range(data.draw(st.integers(1, 25))):
        one, other = data.draw(st.sampled_from(worlds))  # the newest, an older one, or one beside it
        for _ in range(data.draw(st.integers(0, 3))):
            at, number = data.draw(st.integers(0, 9)), next(numbers)
            if data.draw(st.booleans()):
                one = one.having((at, number), at, str(number))
            else:
                other = other.having((at, number), at, str(number))
        worlds.append((one, other))
        assert kept.of(World(), "name", (one, other)) == anew((one, other))


def test_names_are_apart_and_few_are_kept() -> None:
    """Each name has a state of its own, and what was not asked for longest is forgotten and made anew."""
    added: list[Row] = []

    def add(state: list[Row], _: int, row: Row) -> None:
        state.append(row)
        added.append(row)

    kept: Folds[list[Row]] = Folds(list, add, itemgetter(0))
    stacks = [Stack[Row]().having((1, name), 1, "") for name in range(MOST_KEPT + 1)]
    for name, stack in enumerate(stacks):
        assert kept.of(World(), name, (stack,)) == [(1, name)]
    added.clear()
    for name in (MOST_KEPT, 1, 0):
        assert kept.of(World(), name, (stacks[name],)) == [(1, name)]
    assert added == [(1, 0)]


def test_work_that_is_done_apart_leaves_the_states_of_others_alone() -> None:
    """A state that is being read stays as it is, whatever work in a thread asks for under the same name."""
    kept, world = folds(), World()
    older = Stack[Row]().having((1, 1), 1, "1")
    newer = older.having((2, 2), 2, "2")
    state = kept.of(world, "name", (older,))
    with apart():
        assert kept.of(world, "name", (newer,)) == [(0, (1, 1)), (0, (2, 2))]
    assert (state, kept.of(world, "name", (older,)) is state) == ([(0, (1, 1))], True)


def test_a_workspace_that_has_ended_is_forgotten() -> None:
    """Its states are made anew, because their rows are kept no longer; those of the other workspaces stay."""
    kept, stacks = folds(), (Stack[Row]().having((1, 1), 1, "1"),)
    worlds = [World(workspace=name) for name in ("ended", "other")]
    states = [kept.of(world, "name", stacks) for world in worlds]
    forget("ended")
    assert [kept.of(world, "name", stacks) is state for world, state in zip(worlds, states, strict=True)] == [
        False,
        True,
    ]


def stack(*rows: Row) -> Stack[Row]:
    """A stack of these rows, which came in this order."""
    made: Stack[Row] = Stack()
    for row in rows:
        made = made.having(row, row[0], str(row[1]))
    return made


FIRST = stack((1, 1), (5, 2))
OTHER = stack((3, 3))
STEPS: list[tuple[str, tuple[Stack[Row], ...], tuple[Stack[Row], ...], bool]] = [
    ("nothing has come", (FIRST, OTHER), (FIRST, OTHER), True),
    ("nothing has come to nothing", (Stack(), Stack()), (Stack(), Stack()), True),
    ("the first row", (Stack(), Stack()), (Stack(), OTHER), True),
    ("a row on each", (FIRST, OTHER), (FIRST.having((6, 4), 6, "4"), OTHER.having((7, 5), 7, "5")), True),
    ("the first row of the other one", (FIRST, Stack()), (FIRST, stack((6, 3))), True),
    ("a row of the same place", (FIRST, OTHER), (FIRST.having((5, 4), 5, "4"), OTHER), True),
    ("a row that belongs below", (FIRST, OTHER), (FIRST, OTHER.having((4, 4), 4, "4")), False),
    ("a row less", (FIRST, OTHER), (FIRST, Stack()), False),
    ("another row", (FIRST, OTHER), (FIRST, stack((9, 9))), False),
    ("other rows and one more", (FIRST, OTHER), (FIRST, stack((9, 9), (10, 10))), False),
    ("a stack more", (FIRST,), (FIRST, OTHER), False),
    ("a stack less", (FIRST, OTHER), (FIRST,), False),
]


@pytest.mark.parametrize(("before", "after", "kept"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_only_what_comes_on_top_is_added(
    before: tuple[Stack[Row], ...], after: tuple[Stack[Row], ...], *, kept: bool
) -> None:
    """A state goes on if rows came on top of its own, and only these are added; otherwise it is made anew of all."""
    added: list[Row] = []

    def add(state: list[Row], _: int, row: Row) -> None:
        state.append(row)
        added.append(row)

    states: Folds[list[Row]] = Folds(list, add, itemgetter(0))
    world = World()
    state = states.of(world, "name", before)
    many = len(added)
    after_state = states.of(world, "name", after)
    assert after_state == sorted(row for rows in after for row in rows)
    assert (after_state is state, len(added)) == (kept, sum(map(len, after)) + (0 if kept else many))


def test_each_stack_has_its_order() -> None:
    """Rows are merged by the order of their own stack, if there is one for each."""
    states: Folds[list[Row]] = Folds(list, lambda state, _, row: state.append(row), itemgetter(0), itemgetter(1))
    assert states.of(World(), "name", (stack((1, 9), (4, 8)), stack((9, 2), (8, 3)))) == [
        (1, 9),
        (9, 2),
        (8, 3),
        (4, 8),
    ]

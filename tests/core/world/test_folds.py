"""What is kept between calls is what it would be if it were made anew."""

from __future__ import annotations

from itertools import count
from operator import itemgetter

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
    assert [kept.of(World(), name, (stacks[name],)) for name in (MOST_KEPT, 0)] == [[(1, MOST_KEPT)], [(1, 0)]]
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

"""One careful broker is green in three styles; with one mistake in it, exactly the rows of that mistake turn red."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from support.mutants.accounting import CarefulBroker
from support.mutants.matrix import BREAKS, UNTOUCHED
from support.mutants.mistakes import Mutant
from support.mutants.stage import Played, Stage, play, watched
from support.mutants.styles import NAMES
from support.mutants.table import HELD, MUTANTS, STAGES
from support.mutants_page import PAGE, page

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
BY_STYLE = sorted(MUTANTS, key=lambda mutant: NAMES[mutant.style])


class Careful(dict[type[CarefulBroker], list[tuple[Stage, Played, frozenset[str]]]]):
    """Each style on each stage: what the journal shows, and which attributes the style looked up there.

    A style is played when it is asked for, so a worker plays only those of its tests.
    """

    def __init__(self, runner: asyncio.Runner) -> None:
        super().__init__()
        self._runner = runner

    def __missing__(self, style: type[CarefulBroker]) -> list[tuple[Stage, Played, frozenset[str]]]:
        self[style] = [(part, *watched(self._runner, part, style)) for part in STAGES]
        return self[style]


@pytest.fixture(scope="module")
def careful(runner: asyncio.Runner) -> Careful:
    """Nothing is played yet."""
    return Careful(runner)


def differing(careful: Careful, mutant: Mutant) -> Iterator[Stage]:
    """The stages on which a mutant can do anything else than its style."""
    return (part for part, _, names in careful[mutant.style] if mutant.differs(names))


@pytest.mark.parametrize("style", NAMES, ids=NAMES.get)
def test_the_careful_broker_is_green(careful: Careful, style: type[CarefulBroker]) -> None:
    """It never falls over, nothing that it does is broken, and it handles each situation that it reaches."""
    plays = {part.name: played for part, played, _ in careful[style]}
    assert {name for name, played in plays.items() if played.fell} == set()
    assert {name: played.red for name, played in plays.items() if played.red} == {}
    reached = {situation for played in plays.values() for situation in played.occurrences}
    handled = {
        situation
        for played in plays.values()
        for situation, rows in played.occurrences.items()
        if any(row.handled for row in rows)
    }
    assert reached - handled == set()
    assert len(reached) > 125


@pytest.mark.parametrize("mutant", BY_STYLE, ids=lambda mutant: mutant.name)
def test_a_mutant_breaks_its_rows_alone(runner: asyncio.Runner, careful: Careful, mutant: Mutant) -> None:
    """One mistake turns exactly those rows red that the matrix names."""
    red: set[str] = set()
    for part in differing(careful, mutant):
        red |= play(runner, part, mutant.broker).red
    assert red == set(BREAKS[mutant.name])


@pytest.mark.parametrize(
    "name", ["keeps-the-first-pair", "ignores-the-state", "repeats-payments", "pays-again", "floods", "repeats-fok"]
)
def test_stages_without_the_mistake_are_left_out_rightly(runner: asyncio.Runner, careful: Careful, name: str) -> None:
    """Where a style never comes to the place of a mistake, its mutant does what the style does."""
    mutant = BY_NAME[name]
    same = [(part, played) for part, played, names in careful[mutant.style] if not mutant.differs(names)][::6]
    assert len(same) > 5
    for part, played in same:
        assert play(runner, part, mutant.broker).occurrences == played.occurrences, part.name


def test_the_matrix_is_complete() -> None:
    """Each mutant has a row, each row breaks something, and each situation is broken by some mutant or says why not."""
    assert len(MUTANTS) == len(BY_NAME) >= 40
    assert BY_NAME.keys() == BREAKS.keys()
    assert all(BREAKS.values())
    assert {situation for rows in BREAKS.values() for situation in rows} == HELD - UNTOUCHED.keys()
    assert UNTOUCHED.keys() <= HELD


def test_the_page_shows_the_matrix() -> None:
    """docs/mutants.md is what the matrix says; `scripts/generate` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()

"""The check of an exported state before it takes the place of a world: its form, its workspace, its consistency."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from msgspec import Raw

from simulator.exchange import State
from simulator.old_worlds import OLD_WORLDS
from simulator.state.consistency import problems
from simulator.state.decoding import WrongError, imported
from simulator.state.encoding import opened

MOST_PROBLEMS: Final = 20
"""Problems of a state that are listed."""


class NotAdmittedError(Exception):
    """The state cannot be used. `wrong` has the path and the detail of each problem, at least one."""

    def __init__(self, wrong: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(wrong[0]))
        self.wrong = wrong


def admitted(data: Raw | None, origins: tuple[str, ...], home: str) -> State:
    """The `State` of an export's member `state`, for the workspace `home`. Raises `NotAdmittedError`."""
    try:
        state = imported(None if data is None else opened(data), origins)
    except WrongError as error:
        raise NotAdmittedError([("state" + error.path, error.detail)]) from None
    if wrong := [*islice(_wrong(state, home), MOST_PROBLEMS)]:
        OLD_WORLDS.part_with(state.world)
        raise NotAdmittedError(wrong)
    return state


def _wrong(state: State, home: str) -> Iterator[tuple[str, str]]:
    """Why a state cannot be put in place here: path and detail of each problem."""
    if (workspace := state.world.workspace) != home:
        yield "state.world.workspace", f"is {workspace}, and its credentials lead there; this is {home}"
        return
    for path, detail in problems(state):
        yield "state" + path, detail

"""`--watch`: an edit of the scenario's files takes effect at once, and the world goes on if possible."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.choices import DEFAULTS
from simulator.core.value import Value
from simulator.core.world import World
from simulator.printing import printable
from simulator.scenario.loader import Scenario, read_bytes
from simulator.scenario.overrides import OverrideError
from simulator.scenario.staging.armed import Staging
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.endpoints.desk import Desk
from simulator.web.work import aside

PERIOD: Final = 0.2
"""Seconds between two reads of the files."""
PATIENCE: Final = 10
"""Reads for which a file may be missing before this counts as an edit, because editors replace files by new ones."""
Contents = dict[str, bytes | None]
"""The bytes of each file; None = it cannot be read."""
Say = Callable[[str], None]


class Edit(Value, frozen=True):
    """The keys of the scenario format that an edit changes. `starts_over` = the world cannot go on."""

    parts: tuple[str, ...]
    starts_over: bool

    def __str__(self) -> str:
        if not self.parts:
            return "nothing that matters changed"
        end = "the world starts over" if self.starts_over else "the world goes on"
        return f"{', '.join(self.parts)} changed; {end}"


def difference(old: Scenario, new: Scenario) -> Edit:
    """The edit that turns the old scenario into the new one."""
    changed = {
        "seed": old.world.seed != new.world.seed,
        "clock": old.clock != new.clock,
        # Another seed makes other secrets in `given`, which is not an edit of `given`.
        "given": old.world.seed == new.world.seed and not _alike(_given(old.world), _given(new.world)),
        "choices": old.world.choices != new.world.choices,
        "faults": old.faults != new.faults,
        "login": old.login != new.login,
        "expect": old.expect != new.expect,
        "name": old.name != new.name,
        "description": old.description != new.description,
    }
    starts_over = changed["seed"] or changed["clock"] or changed["given"]
    return Edit(tuple(part for part, differs in changed.items() if differs), starts_over)


def _given(world: World) -> World:
    """The world without its choices and our own origins, so that only what `given` says can differ."""
    return replace(world, choices=DEFAULTS, origins=())


def _alike(one: World, other: World) -> bool:
    """True if two worlds are equal. Tables are compared row by row, because one `==` blocks all other threads."""
    for name in one.__struct_fields__:
        mine, others = getattr(one, name), getattr(other, name)
        if not isinstance(mine, HashTrieMap):
            same = mine == others
        else:
            same = len(mine) == len(others) and all(others.get(key) == row for key, row in mine.items())
        if not same:
            return False
    return True


def put_in_force(desk: Desk, scenario: Scenario, edit: Edit | None = None) -> Edit:
    """Play this scenario from now on. The world goes on if it can; counts of faults stay if `faults` is unchanged.

    `edit` is the difference from the scenario that is played, if it is known already.
    """
    edit = edit or difference(desk.scenario, scenario)
    if edit.starts_over:
        desk.apply(scenario)
        return edit
    exchange = desk.exchange
    choices = scenario.world.choices
    exchange.scenario = replace(exchange.scenario, choices=choices)
    exchange.world = replace(exchange.world, choices=choices)
    if "choices" in edit.parts:
        exchange.log.clear()  # what was done under other choices cannot be done again
    going_on = exchange.staging.copy()
    if "faults" in edit.parts:
        going_on.replace(scenario.faults)
    if "login" in edit.parts:
        going_on.log_in_by(scenario.login)
    exchange.stage(Staging(scenario.faults, scenario.login))
    exchange.staging = going_on
    desk.scenario = scenario
    return edit


def contents(files: Iterable[str]) -> Contents:
    """The bytes of the files now."""
    return {file: _read(file) for file in files}


def _read(file: str) -> bytes | None:
    try:
        return read_bytes(Path(file))
    except (OSError, ValueError):
        return None


class Watched:
    """Tells a finished edit from a file that is being written: two reads must agree, and a missing file stay so."""

    def __init__(self, seen: Contents) -> None:
        self._known = self._last = seen
        self._looks = 0

    @property
    def files(self) -> tuple[str, ...]:
        """The files that are watched."""
        return tuple(self._known)

    def edited(self, seen: Contents) -> bool:
        """True, once for each edit, if the files have changed and the last two reads agree."""
        if seen != self._last:
            self._last, self._looks = seen, 0
            return False
        self._looks += 1
        away = any(known is not None and seen[file] is None for file, known in self._known.items())
        if seen == self._known or (away and self._looks < PATIENCE):
            return False
        self._known = seen
        return True

    def follow(self, files: Iterable[str]) -> None:
        """Watch these files from now on, because the edit may name others."""
        self._known = self._last = {file: self._known[file] if file in self._known else _read(file) for file in files}


class Watcher:
    """Reads a scenario's files again and again, and plays what they say. `tell` and `complain` print."""

    def __init__(self, scenario: Scenario, load: Callable[[], Scenario], tell: Say, complain: Say) -> None:
        self._name = printable(scenario.files[0])
        self._watched = Watched(contents(scenario.files))
        self._load, self._tell, self._complain = load, tell, complain
        self._task: asyncio.Task[None] | None = None  # the event loop has only a weak reference to it
        self._failure = ""

    def begin(self, desk: Desk) -> None:
        """Watch until the event loop ends."""
        self._task = asyncio.get_running_loop().create_task(self._watch(desk))

    async def _watch(self, desk: Desk) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            try:
                await self.look(desk)
            except Exception as error:  # noqa: BLE001 - whatever the error is, the next edit is read
                self._fail(f"{type(error).__name__}: {error}")
            else:
                self._failure = ""

    def _fail(self, failure: str) -> None:
        """Print a failure, once as long as it stays the same."""
        if failure != self._failure:
            self._failure = failure
            self._complain(f"{self._name}: the look at it failed, the scenario stays as it was: {printable(failure)}")

    async def look(self, desk: Desk) -> None:
        """Read the files once. An edit that cannot be used is reported and changes nothing.

        Other calls are served meanwhile.
        """
        watched = self._watched
        if not watched.edited(contents(watched.files)):
            return
        old = desk.scenario
        try:
            scenario, edit = await aside(partial(self._edited, old))
        except (ScenarioError, OverrideError) as error:
            why = str(error) if isinstance(error, ScenarioError) else printable(str(error))
            self._complain(f"{self._name}: the edit cannot be used, the scenario stays as it was\n{why}")
            named = [problem.file for problem in error.problems] if isinstance(error, ScenarioError) else []
            watched.follow(dict.fromkeys([*watched.files, *named]))
        else:
            watched.follow(scenario.files)
            self._tell(f"{self._name}: {put_in_force(desk, scenario, edit if desk.scenario is old else None)}")

    def _edited(self, old: Scenario) -> tuple[Scenario, Edit]:
        """The scenario that the files say now, and its difference from the one that is played."""
        scenario = self._load()
        return scenario, difference(old, scenario)

"""`--watch`: an edit of the scenario's files takes effect at once, and the world goes on wherever it can."""

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
"""Seconds between two looks."""
PATIENCE: Final = 10
"""Looks for which a file may be away before that counts: editors put a new file in the old one's place."""
Contents = dict[str, bytes | None]
"""What is in each file; None = it cannot be read."""
Say = Callable[[str], None]


class Edit(Value, frozen=True):
    """What an edit changes: words of the scenario format. `starts_over` = the world cannot go on."""

    parts: tuple[str, ...]
    starts_over: bool

    def __str__(self) -> str:
        if not self.parts:
            return "nothing that matters changed"
        end = "the world starts over" if self.starts_over else "the world goes on"
        return f"{', '.join(self.parts)} changed; {end}"


def difference(old: Scenario, new: Scenario) -> Edit:
    """What has to be done to play the new scenario where the old one is played."""
    changed = {
        "seed": old.world.seed != new.world.seed,
        "clock": old.clock != new.clock,
        # Another seed makes other secrets in `given`: that is no second edit.
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
    """What stands in `given`, and what choices and seed made of it; our own origins are no part of it."""
    return replace(world, choices=DEFAULTS, origins=())


def _alike(one: World, other: World) -> bool:
    """Whether two worlds are equal. They are compared row by row: one `==` of large tables lets nobody else work."""
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
    """Play this scenario from now on: the world goes on if it can, and each fault that stayed keeps its count.

    `edit` is the difference between what is played and this scenario, if somebody knows it.
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
    """What is in the files now."""
    return {file: _read(file) for file in files}


def _read(file: str) -> bytes | None:
    try:
        return read_bytes(Path(file))
    except (OSError, ValueError):
        return None


class Watched:
    """Tells an edit from a file that is being written: it has to look the same twice, and not be away for a moment."""

    def __init__(self, seen: Contents) -> None:
        self._known = self._last = seen
        self._looks = 0

    @property
    def files(self) -> tuple[str, ...]:
        """What to look at."""
        return tuple(self._known)

    def edited(self, seen: Contents) -> bool:
        """Whether the files have changed and come to rest. True once an edit."""
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
        """Look at these files from now on: the edit may have named others."""
        self._known = self._last = {file: self._known[file] if file in self._known else _read(file) for file in files}


class Watcher:
    """Looks at a scenario's files and plays what they say. `load` reads them anew; `tell` and `complain` print."""

    def __init__(self, scenario: Scenario, load: Callable[[], Scenario], tell: Say, complain: Say) -> None:
        self._name = printable(scenario.files[0])
        self._watched = Watched(contents(scenario.files))
        self._load, self._tell, self._complain = load, tell, complain
        self._task: asyncio.Task[None] | None = None  # the event loop alone would forget it
        self._failure = ""

    def begin(self, desk: Desk) -> None:
        """Look now and then from now on, until the event loop ends."""
        self._task = asyncio.get_running_loop().create_task(self._watch(desk))

    async def _watch(self, desk: Desk) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            try:
                await self.look(desk)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next edit is looked at
                self._fail(f"{type(error).__name__}: {error}")
            else:
                self._failure = ""

    def _fail(self, failure: str) -> None:
        """Complain of it, once as long as it stays the same."""
        if failure != self._failure:
            self._failure = failure
            self._complain(f"{self._name}: the look at it failed, the scenario stays as it was: {printable(failure)}")

    async def look(self, desk: Desk) -> None:
        """Look once. An edit that cannot be used is complained of, and changes nothing.

        Others are served while it is read.
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
        """What the files say now, and how it differs from what is played."""
        scenario = self._load()
        return scenario, difference(old, scenario)

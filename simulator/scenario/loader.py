"""A scenario file -> `Scenario`: what is true at the start, what goes wrong, what must have happened.

Applied whole or not at all: every problem is told at once, each with its place. All that is raised is `ScenarioError`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.core.value import Value
from simulator.core.world import HOME, World
from simulator.scenario.client_names import in_words_of
from simulator.scenario.extending import (
    SUFFIXES,
    Source,
    builtin,
    builtin_file,
    builtin_folder,
    composed,
    read_bytes,
    read_text,
)
from simulator.scenario.format.reader import Reader, repeated, suggestion
from simulator.scenario.format.shapes import Record, by_hand
from simulator.scenario.given.world import built
from simulator.scenario.keys.choices import chosen
from simulator.scenario.keys.scenario import EXPECT, FAULTS, SCENARIO
from simulator.scenario.sections import Maker
from simulator.scenario.staging.expectations import Expectation
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import PAGE, Login
from simulator.scenario.text.nodes import Node, Problem, ScenarioError
from simulator.scenario.text.parsing import parse

__all__ = [
    "DEMO",
    "Scenario",
    "builtin",
    "builtin_folder",
    "comment",
    "find",
    "load",
    "read",
    "read_bytes",
    "read_expectations",
    "read_faults",
    "read_text",
]

by_hand(
    SCENARIO,
    "version",
    "name",
    "description",
    "extends",
    "seed",
    "clock",
    "given",
    "choices",
    "login",
    "faults",
    "expect",
)
DEMO: Final = "demo"


class Scenario(Value, frozen=True):
    """What a scenario file says. `world.origins` is the server's to set."""

    name: str
    description: str
    world: World
    clock: ClockSettings = ClockSettings()
    login: Login = PAGE
    faults: tuple[Fault, ...] = ()
    expect: tuple[Expectation, ...] = ()
    text: str = ""
    """The file as it was read."""
    files: tuple[str, ...] = ()
    """The file and those that it extends, nearest first; () when the text came from elsewhere."""


def find(name_or_file: str) -> Path:
    """The file of a scenario: a path, or the name of a built-in one. Raises `ScenarioError`."""
    path = Path(name_or_file)
    if path.suffix in SUFFIXES or _is(path, Path.is_file):
        return path
    if found := builtin_file(name_or_file):
        return found
    if _is(path, Path.exists) and not _is(path, Path.is_dir):
        return path  # a pipe or a device: who reads it says so
    built_in = [each.stem for each in builtin()]
    hint = suggestion(name_or_file, built_in)
    message = f"no such file, and no built-in scenario of that name{hint}; built in: {', '.join(built_in)}"
    raise ScenarioError([Problem(name_or_file, 1, 1, "", message)])


def _is(path: Path, question: Callable[[Path], bool]) -> bool:
    try:
        return question(path)
    except (OSError, ValueError):  # longer than a name can be
        return False


def load(name_or_file: str = DEMO, seed: int | None = None) -> Scenario:
    """Read a scenario by file or built-in name. `seed` overrides the file's. Raises `ScenarioError`."""
    path = find(name_or_file)
    return _read(Source(read_text(path), str(path), path.absolute(), path.parent), seed)


def read(text: str, file: str, seed: int | None = None, folder: Path | None = None, workspace: str = HOME) -> Scenario:
    """Read a scenario's text. `file` is for messages. Raises `ScenarioError` with all problems.

    What it extends is looked for in `folder`, then among the built-in ones; without a folder only there. A text for
    another workspace than the default one may end its clients' names with that of the workspace.
    """
    path = (folder / Path(file).name).absolute() if folder else None
    return _read(Source(text, file, path, folder, workspace), seed)


def _read(source: Source, seed: int | None) -> Scenario:
    tree = composed(source)
    reader = Reader(tree.root)
    top: dict[str, Any] = reader.read(SCENARIO, tree.root, "")
    reader.problems += tree.problems
    if not tree.whole:  # without what it extends, most names would be unknown
        raise ScenarioError(reader.problems)
    given = tree.root.value("given")
    if given is None:
        reader.refuse(("given",), "is missing")
    seed = top.get("seed", 0) if seed is None else seed
    world = built(reader, top.get("given", {}), seed, chosen(top.get("choices", {})))
    maker = Maker(reader, world.users, world.clients)
    login, faults = maker.login(top.get("login")), maker.faults(top.get("faults", ()))
    expect, clock = maker.expectations(top.get("expect", ())), maker.clock(top.get("clock", {}))
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Scenario(
        name=top["name"],
        description=top.get("description", ""),
        world=world,
        clock=clock,
        login=login,
        faults=faults,
        expect=expect,
        text=source.text,
        files=tree.files,
    )


def read_faults(text: str, file: str, scenario: Scenario) -> tuple[Fault, ...]:
    """Faults for a scenario: a list, a mapping with the one key `faults`, or a single fault. Raises `ScenarioError`."""
    root = in_words_of(scenario.world, parse(text, file))
    entry = root.entry("faults")
    listed = entry[1] if entry else root
    if listed.is_null:
        raise ScenarioError([Problem(file, listed.line, listed.column, "faults", "expected a list, found nothing")])
    if entry is None and root.entries is not None:
        root = replace(root, items=(root,), entries=None)
    reader, found = _part(root, FAULTS, "faults")
    faults = Maker(reader, scenario.world.users, scenario.world.clients).faults(found)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return faults


def read_expectations(text: str, file: str, scenario: Scenario) -> tuple[Expectation, ...]:
    """What is expected of a scenario: a list, or a mapping with the one key `expect`; nothing of an empty text.

    Raises `ScenarioError`.
    """
    root = in_words_of(scenario.world, parse(text, file))
    if root.is_null:
        return ()
    reader, found = _part(root, EXPECT, "expect")
    expectations = Maker(reader, scenario.world.users, scenario.world.clients).expectations(found)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return expectations


def _part(root: Node, shape: Record, name: str) -> tuple[Reader, tuple[Any, ...]]:
    """A part of a scenario that came alone: with its key, or what stands under it."""
    if root.entries is None:
        root = replace(root, entries=((replace(root, text=name, items=None), root),), items=None, text=None)
    reader = Reader(root)
    reader.problems += repeated(root)
    found: dict[str, Any] = reader.read(shape, root, "")
    return reader, found.get(name, ())


def comment(text: str) -> str:
    """What the comment at the top of a scenario says, without its `#`, in one line."""
    lines = []
    for line in text.removeprefix("\ufeff").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    return " ".join(filter(None, lines))

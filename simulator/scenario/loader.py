"""A scenario file -> `Scenario`: the world as it is at the start, and its clock. Applied whole or not at all."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final

from simulator.clock import ClockSettings
from simulator.core.choices import DEFAULTS
from simulator.core.value import Value
from simulator.core.world import World
from simulator.scenario.choices import read_choices
from simulator.scenario.given import read_given
from simulator.scenario.nodes import Node, Problem, ScenarioError, parse
from simulator.scenario.reader import Reader

VERSION: Final = "1"
DEMO: Final = "demo"


class Scenario(Value, frozen=True):
    """What a scenario file says. `world.origins` is the server's to set."""

    name: str
    description: str
    world: World
    clock: ClockSettings


def builtin_folder() -> Path:
    """Where the shipped scenarios are: inside the wheel, or at the top of a checkout."""
    package = Path(str(resources.files("simulator")))
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def find(name_or_file: str) -> Path:
    """The file of a scenario: a path, or the name of a built-in one. Raises `ScenarioError`."""
    path = Path(name_or_file)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    built_in = {each.stem: each for each in builtin_folder().glob("*.yaml")}
    if name_or_file in built_in:
        return built_in[name_or_file]
    message = f"no such file, and no built-in scenario of that name; built in: {', '.join(sorted(built_in))}"
    raise ScenarioError([Problem(name_or_file, 1, 1, "", message)])


def load(name_or_file: str = DEMO, seed: int | None = None) -> Scenario:
    """Read a scenario by file or built-in name. `seed` overrides the file's. Raises `ScenarioError`."""
    path = find(name_or_file)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError([Problem(str(path), 1, 1, "", f"cannot be read: {error}")]) from None
    return read(text, str(path), seed)


def read(text: str, file: str, seed: int | None = None) -> Scenario:
    """Read a scenario's text. `file` is for messages. Raises `ScenarioError` with all problems."""
    reader = Reader(file)
    root = parse(text, file)

    def kept(node: Node, _path: str) -> Node:
        return node  # the users' secrets and key counts depend on seed and choices, which may stand below

    top: dict[str, Any] = reader.fields(
        root,
        "",
        {
            "version": reader.word([VERSION]),
            "name": reader.text,
            "description": reader.text,
            "seed": reader.integer,
            "clock": lambda node, path: _clock(reader, node, path),
            "choices": lambda node, path: read_choices(reader, node, path),
            "given": kept,
        },
    )
    present = reader.names(root)
    for name in ("version", "name", "given"):
        if name not in present:
            reader.wrong(root, name, "is missing")
    world = World(seed=top.get("seed", 0) if seed is None else seed, choices=top.get("choices", DEFAULTS))
    if "given" in top:
        world = read_given(reader, top["given"], world)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Scenario(top["name"], top.get("description", ""), world, top.get("clock", ClockSettings()))


def _clock(reader: Reader, node: Node, path: str) -> ClockSettings:
    known = {"mode": reader.word(["real", "frozen"]), "start": reader.instant}
    found: dict[str, Any] = reader.fields(node, path, known)
    return ClockSettings(found.get("mode") == "frozen", found.get("start"))

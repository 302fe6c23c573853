"""The loader: a scenario file -> `Scenario`, with the world at the start, the faults and the expectations.

A file is loaded as a whole or not at all. Only `ScenarioError` is raised, with all problems and their places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.core.choices import DEFAULTS, Choices
from simulator.core.value import Value
from simulator.core.world import OrderPlan, World
from simulator.scenario.client_names import ClientNameError, Tenant
from simulator.scenario.extending import (
    SUFFIXES,
    SourceFile,
    builtin,
    builtin_file,
    builtin_folder,
    composed,
    read_bytes,
    read_text,
)
from simulator.scenario.format.reader import Reader, repeated, suggestion
from simulator.scenario.format.shapes import Record, Values, by_hand
from simulator.scenario.given.world import built
from simulator.scenario.keys.scenario import EXPECT, FAULTS, ORDERS, SCENARIO, STREAM_FAULTS
from simulator.scenario.staging.expectations import Expectation
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import PAGE, Login
from simulator.scenario.staging.stream_faults import StreamFault
from simulator.scenario.text.nodes import Node, Problem, ScenarioError
from simulator.scenario.text.parsing import parse

if TYPE_CHECKING:
    from simulator.scenario.sections import SectionBuilder

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
    "read_order_plans",
    "read_stream_faults",
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
    "orders",
    "faults",
    "stream_faults",
    "expect",
)
DEMO: Final = "demo"


class Scenario(Value, frozen=True):
    """The content of a scenario file. The server sets `world.origins`."""

    name: str
    description: str
    world: World
    clock: ClockSettings = ClockSettings()
    login: Login = PAGE
    faults: tuple[Fault, ...] = ()
    stream_faults: tuple[StreamFault, ...] = ()
    expect: tuple[Expectation, ...] = ()
    text: str = ""
    """The text of the file."""
    files: tuple[str, ...] = ()
    """The file and those that it extends, the nearest first; () if the text is not from a file."""


def find(name_or_file: str) -> Path:
    """The file of a scenario: a path, or the name of a built-in one. Raises `ScenarioError`."""
    path = Path(name_or_file)
    if path.suffix in SUFFIXES or _is(path, Path.is_file):
        return path
    if shipped := builtin_file(name_or_file):
        return shipped
    if _is(path, Path.exists) and not _is(path, Path.is_dir):
        return path  # a pipe or a device: reading it raises the error
    built_in = [shipped.stem for shipped in builtin()]
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
    return _read(SourceFile(read_text(path), str(path), path.absolute(), path.parent), seed)


def read(
    text: str, file: str, seed: int | None = None, folder: Path | None = None, tenant: Tenant | None = None
) -> Scenario:
    """Read a scenario's text. `file` is for messages. Raises `ScenarioError` with all problems.

    The scenario that it extends is searched for in `folder`, if given, then among the built-in ones. A text for the
    workspace of a `tenant` may call clients by their names there; the scenario has them by its own names.
    """
    path = (folder / Path(file).name).absolute() if folder else None
    return _read(SourceFile(text, file, path, folder, tenant), seed)


def _read(source: SourceFile, seed: int | None) -> Scenario:
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
    world = built(reader, top.get("given", {}), seed, _choices(top["choices"]) if "choices" in top else DEFAULTS)
    sections = {name: read(reader, world, top[name]) for name, read in SECTIONS.items() if name in top}
    world = replace(world, order_plans=sections.pop("orders", ()))
    if source.tenant:
        try:
            source.tenant.client_of(world.clients)
        except ClientNameError as error:
            reader.refuse(("given", "clients"), str(error))
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Scenario(
        name=top["name"],
        description=top.get("description", ""),
        world=world,
        text=source.text,
        files=tree.files,
        **sections,
    )


def _choices(values: Values) -> Choices:
    from simulator.scenario.keys.choices import chosen

    return chosen(values)


def _maker(reader: Reader, world: World) -> SectionBuilder:
    from simulator.scenario.sections import SectionBuilder

    return SectionBuilder(reader, world.users, world.clients)


def _order_plans(reader: Reader, world: World, entries: Iterable[Values]) -> tuple[OrderPlan, ...]:
    from simulator.scenario.order_plans import order_plans

    return order_plans(reader, world, entries)


def _stream_faults(reader: Reader, world: World, entries: Iterable[Values]) -> tuple[StreamFault, ...]:
    from simulator.scenario.stream_section import stream_faults

    return stream_faults(reader, entries, world.users)


SECTIONS: Final[Mapping[str, Callable[[Reader, World, Any], Any]]] = {
    "login": lambda reader, world, values: _maker(reader, world).login(values),
    "faults": lambda reader, world, entries: _maker(reader, world).faults(entries),
    "orders": _order_plans,
    "stream_faults": _stream_faults,
    "expect": lambda reader, world, entries: _maker(reader, world).expectations(entries),
    "clock": lambda reader, world, values: _maker(reader, world).clock(values),
}
"""What reads a section, in the order in which problems are listed. It is imported if a text has the section."""


def read_faults(text: str, file: str, scenario: Scenario) -> tuple[Fault, ...]:
    """Faults for a scenario, from a list, a mapping with the key `faults`, or one fault. Raises `ScenarioError`."""
    reader, entries = _entries(text, file, FAULTS, "faults")
    faults = _maker(reader, scenario.world).faults(entries)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return faults


def read_order_plans(text: str, file: str, world: World) -> tuple[OrderPlan, ...]:
    """Plans for a world's orders, from a list, a mapping with the key `orders`, or one plan. Raises `ScenarioError`."""
    reader, entries = _entries(text, file, ORDERS, "orders")
    plans = _order_plans(reader, world, entries)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return plans


def _entries(text: str, file: str, shape: Record, name: str) -> tuple[Reader, tuple[Any, ...]]:
    """The reader and the entries of a section that came alone: a list, a mapping with its key, or a single entry."""
    root = parse(text, file)
    entry = root.entry(name)
    listed = entry[1] if entry else root
    if listed.is_null:
        raise ScenarioError([Problem(file, listed.line, listed.column, name, "expected a list, found nothing")])
    if entry is None and root.entries is not None:
        root = replace(root, items=(root,), entries=None)
    return _part(root, shape, name)


def read_stream_faults(text: str, file: str, scenario: Scenario) -> tuple[StreamFault, ...]:
    """Faults on the websocket feeds, from a list or a mapping with the key `stream_faults`. Raises `ScenarioError`."""
    reader, entries = _part(parse(text, file), STREAM_FAULTS, "stream_faults")
    faults = _stream_faults(reader, scenario.world, entries)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return faults


def read_expectations(text: str, file: str, scenario: Scenario) -> tuple[Expectation, ...]:
    """Expectations for a scenario, from a list or a mapping with the key `expect`; () for an empty text.

    Raises `ScenarioError`.
    """
    root = parse(text, file)
    if root.is_null:
        return ()
    reader, entries = _part(root, EXPECT, "expect")
    expectations = _maker(reader, scenario.world).expectations(entries)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return expectations


def _part(root: Node, shape: Record, name: str) -> tuple[Reader, tuple[Any, ...]]:
    """The reader and the value of a part of a scenario that came alone, with its key or without."""
    if root.entries is None:
        root = replace(root, entries=((replace(root, text=name, items=None), root),), items=None, text=None)
    reader = Reader(root)
    reader.problems += repeated(root)
    values: dict[str, Any] = reader.read(shape, root, "")
    return reader, values.get(name, ())


def comment(text: str) -> str:
    """The comment at the top of a scenario in one line, without its `#`."""
    lines = []
    for line in text.removeprefix("\ufeff").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    return " ".join(filter(None, lines))

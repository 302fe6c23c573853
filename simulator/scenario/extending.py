"""`extends:`: a scenario that says only what differs from another, and where that other is found."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from simulator.core.value import Value
from simulator.core.world import HOME
from simulator.scenario.client_names import alike, with_names, without_suffix
from simulator.scenario.format.reader import Reader, absent, join, repeated, suggestion
from simulator.scenario.format.scalars import SCENARIO_NAME
from simulator.scenario.format.shapes import Either, Names, Record, Shape, Tagged
from simulator.scenario.keys.scenario import HEAD, SCENARIO
from simulator.scenario.text.compiled import nodes
from simulator.scenario.text.nodes import MAXIMUM_CHARACTERS, Budget, Node, Problem, ScenarioError
from simulator.scenario.text.parsing import parse

SUFFIXES: Final = (".yaml", ".yml")
LONGEST_CHAIN: Final = 10
"""Files that one scenario is made of."""
MOST_BYTES: Final = 4 * MAXIMUM_CHARACTERS
"""Of a file: a character has four at most."""


class Source(Value, frozen=True):
    """One file of a chain. `path` None = the text came from elsewhere; `folder` is where it looks for others.

    `path` is the file by the name that it goes by: where a link leads to can change.
    """

    text: str
    file: str
    path: Path | None = None
    folder: Path | None = None
    workspace: str = HOME
    """Which workspace the text was written for."""

    @property
    def real(self) -> Path | None:
        """The file behind all links."""
        return self.path and self.path.resolve()


class Composed(Value, frozen=True):
    """A scenario with all that it extends, as one tree. Its problems are those that single files have."""

    root: Node
    problems: tuple[Problem, ...]
    files: tuple[str, ...]
    whole: bool
    """Whether everything that it extends was found."""


def builtin_folder() -> Path:
    """Where the shipped scenarios are: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def builtin() -> tuple[Path, ...]:
    """The files of the shipped scenarios, by name."""
    return tuple(sorted(builtin_folder().glob("*.yaml")))


def builtin_file(name: str) -> Path | None:
    """The file of the shipped scenario of that name. The others are not looked at: a start has one of them."""
    folder, file = builtin_folder(), f"{name}.yaml"
    return folder / file if file in os.listdir(folder) else None  # noqa: PTH208 - a `Path` for each costs more


def read_text(path: Path) -> str:
    """A file's text, of a bounded size. Raises `ScenarioError`."""
    try:
        return read_bytes(path).decode().replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([Problem(str(path), 1, 1, "", f"cannot be read: {reason}")]) from None


def read_bytes(path: Path) -> bytes:
    """What is in a scenario's file; no other function opens one. Raises `OSError` and `ValueError`.

    Whatever a link leads to: only a regular file is read, and no more of it than a scenario can have.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            kind = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a device"
            raise ValueError(f"it is {kind}; a scenario is read from a regular file only")
        # The size is not believed: a file can grow, and those of /proc say 0.
        data = None if status.st_size > MOST_BYTES else file.read(MOST_BYTES + 1) or b""
    if data is None or len(data) > MOST_BYTES:
        raise ValueError(f"it is longer than {MAXIMUM_CHARACTERS} characters")
    return data


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe would wait for who writes into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def composed(source: Source) -> Composed:
    """The tree of a source and of all that it extends. Raises `ScenarioError` when the source itself is no YAML."""
    budget = Budget()
    chain, roots = [source], [_parsed(source, budget)]
    problems = list(repeated(roots[0]))
    if source.workspace != HOME and not problems:
        problems += alike(roots[0], source.workspace)
        roots[0] = with_names(roots[0], without_suffix(source.workspace))
    while (wanted := roots[-1].value("extends")) is not None:
        try:
            found = _base(wanted, chain)
            root = _parsed(found, budget)
        except ScenarioError as error:
            return Composed(roots[0], (*problems, *error.problems), _files(chain), whole=False)
        problems += [*repeated(root), *_head_problems(root)]
        chain.append(found)
        roots.append(root)
    tree = roots[-1] if len(roots) == 1 else _without_head(roots[-1])
    for place, root in reversed(list(enumerate(roots[:-1]))):
        tree = _merge(tree, _without_head(root) if place else root, SCENARIO, "", problems)
    return Composed(tree, tuple(problems), _files(chain), whole=True)


def _parsed(source: Source, budget: Budget) -> Node:
    """The nodes of a source; those of a shipped scenario may stand beside it. Raises `ScenarioError`."""
    if source.path is not None and source.path.parent == builtin_folder():
        root = nodes(source.path, source.text, source.file, budget)
        if root is not None:
            return root
    return parse(source.text, source.file, budget)


def _files(chain: list[Source]) -> tuple[str, ...]:
    return tuple(str(each.path) for each in chain) if chain[0].path else ()


def _with(root: Node, entries: Iterable[tuple[Node, Node]]) -> Node:
    return root if root.entries is None else replace(root, entries=tuple(entries))


def _without_head(root: Node) -> Node:
    """What can be inherited."""
    return _with(root, (pair for pair in root.entries or () if pair[0].text not in HEAD.keys))


def _head_problems(root: Node) -> list[Problem]:
    """What is wrong with that which a file says of itself."""
    reader = Reader(root)
    reader.read(HEAD, _with(root, (pair for pair in root.entries or () if pair[0].text in HEAD.keys)), "")
    return [problem for problem in reader.problems if problem.path != "extends"]


def _base(wanted: Node, chain: list[Source]) -> Source:
    """The source of that name, as the last one of a chain sees it. Raises `ScenarioError`."""
    reader = Reader(wanted)
    name = reader.read(SCENARIO_NAME, wanted, "extends")
    found = _candidate(name, chain) if name else ""
    if isinstance(found, str):
        if found:
            reader.wrong(wanted, "extends", found)
        raise ScenarioError(reader.problems)
    return Source(read_text(found), str(found), found.absolute(), found.parent)


def _candidate(name: str, chain: list[Source]) -> Path | str:
    """The file of that name, or why there is none: of the same folder first, then a built-in one."""
    here = chain[-1]
    if len(chain) == LONGEST_CHAIN:
        return f"is one too many: a scenario is made of {LONGEST_CHAIN} files at most"
    beside = [here.folder / f"{name}{suffix}" for suffix in SUFFIXES] if here.folder else []
    shipped = [path for path in (builtin_file(name),) if path]
    itself = False
    for path in (*beside, *shipped):
        try:
            if not path.exists():
                continue
            real = path.resolve()
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"
        if not real.is_relative_to(path.parent.resolve()):
            return f"{path} leads out of its folder"
        if real == here.real:
            itself = True  # a file called like the built-in one that it extends
        elif real in [each.real for each in chain]:
            return f"goes in a circle: {_circle(chain, name)}"
        else:
            return path
    if itself:
        return f"goes in a circle: {_circle(chain[-1:], name)}"
    known = sorted({path.stem for path in (*_folder(here), *builtin())} - ({here.path.stem} if here.path else set()))
    return f"no scenario {name}; there are {', '.join(known)}{suggestion(name, known)}"


def _folder(here: Source) -> list[Path]:
    return [path for suffix in SUFFIXES for path in here.folder.glob(f"*{suffix}")] if here.folder else []


def _circle(chain: list[Source], name: str) -> str:
    return " -> ".join([*(Path(each.file).stem for each in chain), name])


def _merge(base: Node | None, over: Node, shape: Shape, path: str, problems: list[Problem]) -> Node:
    """`over` laid over `base`: mappings by key, anything else whole; null deletes."""
    if over.entries is None:
        return over
    shape = shape.entries if isinstance(shape, Either) else shape
    under = base.entries or () if base and not _another_variant(base, over, shape) else ()
    merged = {key.text: (key, value) for key, value in under}
    for pair in shape.apart if isinstance(shape, Record) else ():
        for one, other in (pair, pair[::-1]):
            if over.value(one) is not None:
                merged.pop(other, None)  # what excludes the inherited key takes its place
    for key, value in over.entries:
        if key.text is None:
            continue
        known = shape.known if isinstance(shape, Names) else {}
        taken = value.is_null and key.text not in known  # a null for what is built in has to be read
        old = merged.pop(key.text, None) if taken else merged.get(key.text)
        if not taken:
            inner = _merge(old[1] if old else None, value, _inner(shape, key.text), join(path, key.text), problems)
            merged[key.text] = (key, inner)
        elif old is None and isinstance(shape, Names):
            names = [*(each for each in merged if each is not None), *known]
            message = absent(key.text, names)
            problems.append(Problem(key.file, key.line, key.column, join(path, key.text), message))
    return replace(over, entries=tuple(merged.values()))


def _inner(shape: Shape, name: str) -> Shape:
    if isinstance(shape, Names):
        return shape.shape(name)
    known = shape.keys.get(name) if isinstance(shape, Record) else None
    return known.shape if known else None


def _another_variant(base: Node, over: Node, shape: Shape) -> bool:
    """Whether `over` chooses another variant, so that nothing of the base's is meant."""
    if not isinstance(shape, Tagged):
        return False
    old, new = base.value(shape.tag), over.value(shape.tag)
    return old is not None and new is not None and old.text != new.text

"""`extends:`: the search for the scenario that another one extends, and the merge of the two."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from simulator.core.value import Value
from simulator.scenario.client_names import Tenant, in_words_of_scenario
from simulator.scenario.format.reader import Reader, absent, join, repeated, suggestion
from simulator.scenario.format.scalars import SCENARIO_NAME
from simulator.scenario.format.shapes import Either, Names, Record, Shape, Tagged
from simulator.scenario.keys.scenario import HEAD, SCENARIO
from simulator.scenario.text.compiled import nodes
from simulator.scenario.text.nodes import MAXIMUM_CHARACTERS, Budget, Node, Problem, ScenarioError
from simulator.scenario.text.parsing import parse

SUFFIXES: Final = (".yaml", ".yml")
LONGEST_CHAIN: Final = 10
"""Files that one scenario may consist of."""
MOST_BYTES: Final = 4 * MAXIMUM_CHARACTERS
"""Of a file: a character has at most four bytes."""


class SourceFile(Value, frozen=True):
    """One file of a chain. `path` None = the text is not from a file; `folder` is searched for the file it extends.

    `path` is the name of the file, which may be a link; the target of a link can change.
    """

    text: str
    file: str
    path: Path | None = None
    folder: Path | None = None
    tenant: Tenant | None = None
    """The workspace that the text was written for; None = the default one."""

    @property
    def real(self) -> Path | None:
        """The path with all links resolved."""
        return self.path and self.path.resolve()


class Composed(Value, frozen=True):
    """A scenario merged with all that it extends. `problems` are those of single files."""

    root: Node
    problems: tuple[Problem, ...]
    files: tuple[str, ...]
    whole: bool
    """True if everything that it extends was found."""


def builtin_folder() -> Path:
    """The folder of the shipped scenarios: inside the wheel, or at the top of a checkout."""
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
    """The bytes of a scenario's file; no other function opens one. Raises `OSError` and `ValueError`.

    Only a regular file is read, also through a link, and no more of it than a scenario can have.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            kind = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a device"
            raise ValueError(f"it is {kind}; a scenario is read from a regular file only")
        # The size is not reliable: a file can grow, and files in /proc say 0.
        data = None if status.st_size > MOST_BYTES else file.read(MOST_BYTES + 1) or b""
    if data is None or len(data) > MOST_BYTES:
        raise ValueError(f"it is longer than {MAXIMUM_CHARACTERS} characters")
    return data


def _without_waiting(path: str, flags: int) -> int:
    """Open a file without blocking: a pipe would wait for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def composed(source: SourceFile) -> Composed:
    """The merged tree of a file and of all that it extends. Raises `ScenarioError` if the file itself is not YAML."""
    budget = Budget()
    chain, roots = [source], [_parsed(source, budget)]
    problems = list(repeated(roots[0]))
    while (extends := roots[-1].value("extends")) is not None:
        try:
            base = _base(extends, chain)
            root = _parsed(base, budget)
        except ScenarioError as error:
            return Composed(roots[0], (*problems, *error.problems), _files(chain), whole=False)
        problems += [*repeated(root), *_head_problems(root)]
        chain.append(base)
        roots.append(root)
    if source.tenant and not problems:
        roots[0], problems = in_words_of_scenario(source.tenant, roots)
    tree = roots[-1] if len(roots) == 1 else _without_head(roots[-1])
    for place, root in reversed(list(enumerate(roots[:-1]))):
        tree = _merge(tree, _without_head(root) if place else root, SCENARIO, "", problems)
    return Composed(tree, tuple(problems), _files(chain), whole=True)


def _parsed(source: SourceFile, budget: Budget) -> Node:
    """The nodes of a file; those of a shipped scenario may be in a file next to it. Raises `ScenarioError`."""
    if source.path is not None and source.path.parent == builtin_folder():
        root = nodes(source.path, source.text, source.file, budget)
        if root is not None:
            return root
    return parse(source.text, source.file, budget)


def _files(chain: list[SourceFile]) -> tuple[str, ...]:
    return tuple(str(source.path) for source in chain) if chain[0].path else ()


def _with(root: Node, entries: Iterable[tuple[Node, Node]]) -> Node:
    return root if root.entries is None else replace(root, entries=tuple(entries))


def _without_head(root: Node) -> Node:
    """The root without the keys that are not inherited."""
    return _with(root, (pair for pair in root.entries or () if pair[0].text not in HEAD.keys))


def _head_problems(root: Node) -> list[Problem]:
    """The problems of the keys that each file has for itself alone."""
    reader = Reader(root)
    reader.read(HEAD, _with(root, (pair for pair in root.entries or () if pair[0].text in HEAD.keys)), "")
    return [problem for problem in reader.problems if problem.path != "extends"]


def _base(extends: Node, chain: list[SourceFile]) -> SourceFile:
    """The file that the last one of a chain extends. Raises `ScenarioError`."""
    reader = Reader(extends)
    name = reader.read(SCENARIO_NAME, extends, "extends")
    candidate = _candidate(name, chain) if name else ""
    if isinstance(candidate, str):
        if candidate:
            reader.wrong(extends, "extends", candidate)
        raise ScenarioError(reader.problems)
    return SourceFile(read_text(candidate), str(candidate), candidate.absolute(), candidate.parent)


def _candidate(name: str, chain: list[SourceFile]) -> Path | str:
    """The file of that name in the same folder, else the built-in one; a message if there is none."""
    current = chain[-1]
    if len(chain) == LONGEST_CHAIN:
        return f"is one too many: a scenario is made of {LONGEST_CHAIN} files at most"
    beside = [current.folder / f"{name}{suffix}" for suffix in SUFFIXES] if current.folder else []
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
        if real == current.real:
            itself = True  # a file with the name of the built-in one that it extends
        elif real in [source.real for source in chain]:
            return f"goes in a circle: {_circle(chain, name)}"
        else:
            return path
    if itself:
        return f"goes in a circle: {_circle(chain[-1:], name)}"
    names = sorted(
        {path.stem for path in (*_folder(current), *builtin())} - ({current.path.stem} if current.path else set())
    )
    return f"no scenario {name}; there are {', '.join(names)}{suggestion(name, names)}"


def _folder(source: SourceFile) -> list[Path]:
    return [path for suffix in SUFFIXES for path in source.folder.glob(f"*{suffix}")] if source.folder else []


def _circle(chain: list[SourceFile], name: str) -> str:
    return " -> ".join([*(Path(source.file).stem for source in chain), name])


def _merge(base: Node | None, overlay: Node, shape: Shape, path: str, problems: list[Problem]) -> Node:
    """`over` laid over `base`: mappings by key, anything else whole; null deletes."""
    if overlay.entries is None:
        return overlay
    shape = shape.entries if isinstance(shape, Either) else shape
    under = base.entries or () if base and not _another_variant(base, overlay, shape) else ()
    merged = {key.text: (key, value) for key, value in under}
    for pair in shape.apart if isinstance(shape, Record) else ():
        for one, other in (pair, pair[::-1]):
            if overlay.value(one) is not None:
                merged.pop(other, None)  # the key replaces the inherited key that it excludes
    for key, value in overlay.entries:
        if key.text is None:
            continue
        built_in = shape.known if isinstance(shape, Names) else {}
        nullable = isinstance(shape, Record) and key.text in shape.keys and shape.keys[key.text].nullable
        deleted = (
            value.is_null and key.text not in built_in and not nullable
        )  # a null that deletes something built in, or is a value, is left for the reader
        old = merged.pop(key.text, None) if deleted else merged.get(key.text)
        if not deleted:
            inner = _merge(old[1] if old else None, value, _inner(shape, key.text), join(path, key.text), problems)
            merged[key.text] = (key, inner)
        elif old is None and isinstance(shape, Names):
            names = [*(name for name in merged if name is not None), *built_in]
            message = absent(key.text, names)
            problems.append(Problem(key.file, key.line, key.column, join(path, key.text), message))
    return replace(overlay, entries=tuple(merged.values()))


def _inner(shape: Shape, name: str) -> Shape:
    if isinstance(shape, Names):
        return shape.shape(name)
    key = shape.keys.get(name) if isinstance(shape, Record) else None
    return key.shape if key else None


def _another_variant(base: Node, overlay: Node, shape: Shape) -> bool:
    """True if `over` chooses another variant, so that nothing of the base applies."""
    if not isinstance(shape, Tagged):
        return False
    old, new = base.value(shape.tag), overlay.value(shape.tag)
    return old is not None and new is not None and old.text != new.text

"""The mutants of some modules: made by cosmic-ray, less those that change nothing or that the list has a reason for."""

from __future__ import annotations

import ast
import random
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import parso
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from operators import OPERATORS

ROOT: Final = Path(__file__).parents[2]
AREAS: Final = ("simulator/core", "simulator/exchange.py", "simulator/scenario/staging")
Span = tuple[tuple[int, int], tuple[int, int]]
ACCEPTED: Final = Path(__file__).with_name("accepted.txt")


@dataclass(frozen=True)
class Place:
    """Where an operator can change a module: its `number`th place in it."""

    path: str
    line: int
    operator: str
    number: int
    text: bool
    """Whether what changes is a text for people."""

    def mutant(self) -> Mutant | None:
        """The changed module; None if nothing can come of it."""
        source = (ROOT / self.path).read_text(encoding="utf-8")
        code = mutate_code(source, plugins.get_operator(self.operator)(), self.number)
        if code is None or not _compiles(code):
            return None
        before, after = _changed(source.splitlines(), code.splitlines())
        if before == after or _same(self.operator, before, after):
            return None
        return Mutant(self, code, before, after)


@dataclass(frozen=True)
class Mutant:
    """One changed module. `before` and `after` are the changed lines."""

    place: Place
    code: str
    before: str
    after: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is in the list of the accepted: where it stands in the file does not matter."""
        return self.place.path, self.before, self.after


def modules(names: Iterable[str]) -> list[str]:
    """The modules under these paths, relative to the root."""
    paths: list[Path] = []
    for name in names:
        path = ROOT / name
        if not path.exists():
            raise SystemExit(f"there is no {name} in {ROOT}")
        paths += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [str(path.relative_to(ROOT)) for path in paths if path.read_text(encoding="utf-8").count("\n") > 1]


def places(path: str) -> Iterator[Place]:
    """All places of a module whose change may be noticed."""
    source = (ROOT / path).read_text(encoding="utf-8")
    skipped, sentences = _skipped(source), _sentences(source)
    nodes = list(ast_nodes(parso.parse(source)))
    for name in OPERATORS:
        operator = plugins.get_operator(name)()
        starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for number, start in enumerate(starts):
            if not _within(start, skipped):
                yield Place(path, start[0], name, number, name == "house/OtherText" and _within(start, sentences))


def _within(start: tuple[int, int], spans: list[Span]) -> bool:
    return any(first <= start < last for first, last in spans)


def _compiles(code: str) -> bool:
    try:
        compile(code, "", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _changed(old: list[str], new: list[str]) -> tuple[str, str]:
    first = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    tail = next((n for n, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b), 0)
    cut = [" ".join(" ".join(lines[first : max(first + 1, len(lines) - tail)]).split()) for lines in (old, new)]
    return cut[0], cut[1]


def _same(name: str, before: str, after: str) -> bool:
    """Whether nobody can notice the change: how much a cache keeps, what a type checker reads, what is inherited."""
    if name == "core/RemoveDecorator":
        return bool(re.match(r"@(lru_cache|cache|override|final|unique|property\b.*\bProtocol)\b", before))
    if name == "core/NumberReplacer":
        return before.startswith("@lru_cache(")
    inherited = re.match(r"class \w+\((?!Struct\b).*frozen=True", before) and "frozen=True" not in after
    return name == "house/DropArgument" and bool(inherited or before.startswith("@lru_cache("))


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _skipped(source: str) -> list[Span]:
    """Annotations, docstrings, type variables, `__all__` and what only a type checker runs."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant()):
                spans.append(_span(node))
            case ast.If() if ast.unparse(node.test) == "TYPE_CHECKING":
                spans.append(_span(node))
            case ast.AnnAssign(annotation=hint) | ast.arg(annotation=hint) | ast.FunctionDef(returns=hint) if hint:
                spans.append(_span(hint))
            case ast.Call() if ast.unparse(node.func) in ("TypeVar", "cast"):
                spans.append(_span(node))
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                spans.append(_span(node))
            case ast.Assign() if re.match(r"(Literal|Callable|tuple)\[", ast.unparse(node.value)):
                spans.append(_span(node.value))
    columns = [line.encode() for line in source.splitlines()]
    return [(_characters(columns, first), _characters(columns, last)) for first, last in spans]


def _characters(lines: list[bytes], place: tuple[int, int]) -> tuple[int, int]:
    """`ast` counts bytes, `parso` characters."""
    line, column = place
    return line, len(lines[line - 1][:column].decode())


def _sentences(source: str) -> list[Span]:
    """Texts for people: those with a space in them, and what refusals say was expected and came."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value) or isinstance(
            node, ast.JoinedStr
        ):
            spans.append(_span(node))
        elif isinstance(node, ast.keyword) and node.arg in ("expected", "received"):
            spans.append(_span(node.value))
    columns = [line.encode() for line in source.splitlines()]
    return [(_characters(columns, first), _characters(columns, last)) for first, last in spans]


def sampled(places: list[Place], count: int | None, seed: int) -> list[Place]:
    """So many of them, drawn by the seed."""
    if count is None or count >= len(places):
        return places
    return sorted(random.Random(seed).sample(places, count), key=lambda place: (place.path, place.line))


def lines_since(commit: str) -> dict[str, set[int]]:
    """The lines that are new or changed since a commit, by path."""
    command = ["git", "diff", "--unified=0", "--no-ext-diff", commit, "--", *AREAS]
    diff = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines: dict[str, set[int]] = {}
    path = ""
    for line in diff.splitlines():
        if line.startswith("+++ "):
            path = line[6:]
        elif found := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first, many = int(found[1]), int(found[2] or 1)
            lines.setdefault(path, set()).update(range(first, first + many))
    return lines


def accepted() -> dict[tuple[str, str, str], str]:
    """The survivors that have a reason: path, line before, line after, each with that reason."""
    reasons: dict[tuple[str, str, str], str] = {}
    path = before = reason = ""
    for line in ACCEPTED.read_text(encoding="utf-8").splitlines() if ACCEPTED.exists() else ():
        if line.startswith("- "):
            before = line[2:]
        elif line.startswith("+ "):
            reasons[path, before, line[2:]] = reason
        elif re.fullmatch(r"simulator/\S+\.py", line):
            path = line
        elif line:
            reason = line
    return reasons


def stale(reasons: dict[tuple[str, str, str], str]) -> list[str]:
    """The accepted lines that no module has any more."""
    texts = {
        path: " ".join((ROOT / path).read_text(encoding="utf-8").split())
        for path, *_ in reasons
        if (ROOT / path).exists()
    }
    return [f"{path}: {before}" for path, before, _ in reasons if before not in texts.get(path, "")]


def reported(report: str) -> set[tuple[str, int, str, str]]:
    """The survivors that an earlier run has printed: path, line of the file, line before, line after."""
    text = Path(report).read_text(encoding="utf-8")
    found = re.findall(r"^(\S+\.py):(\d+): .*\n- (.*)\n\+ (.*)$", text, re.MULTILINE)
    return {(path, int(line), before, after) for path, line, before, after in found}

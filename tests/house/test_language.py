"""The language of the house, as far as a machine can read it: names of variables and classes, and docstrings."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import pytest
from support.source_tree import PACKAGE

SOURCES: Final = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "testing" / "replies.py"  # its names and texts are made of those of the control surface
}
RIDDLES: Final = frozenset(("each", "found", "told", "said", "asked", "wanted"))
"""Names that say nothing of what they hold: a variable is the noun of its value, as in `for key in keys`."""
SHARED: Final = {
    "Client": "a broker's program in the core; what calls the control surface in `testing`, as in other libraries",
    "Problem": "of a scenario's text; the answer of the control surface as an exception in `testing`",
}
"""Names of classes and types that are defined in more than one module, with the reason."""
DIALECT: Final = re.compile(
    r"\AWhether |\bbeside\b"  # `True if ...` says what a function returns; `besides` is plainer
    r"|\A(?:The same(?:\.| (?:for|in|by|as|with|under|at|after|where)\b)|Those of|That of)"  # nobody sees what is above
)
"""What is not plain in a docstring."""


def bound_names(source: str) -> Iterator[str]:
    """Every name that a source binds: variables, parameters, functions, classes, aliases of imports, captures."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(asname=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def riddles(source: str) -> list[str]:
    """The bound names that say nothing of what they hold, with or without underscores around them."""
    return sorted({name for name in bound_names(source) if name.strip("_") in RIDDLES})


def classes(source: str) -> list[str]:
    """The names of all classes of a source."""
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


def public_types(source: str) -> Iterator[str]:
    """The public classes and aliases of types at the top of a module: `Name` and not `NAME`, `_Name` or `N`."""
    for node in ast.parse(source).body:
        names = [node.name] if isinstance(node, ast.ClassDef) else []
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        yield from (name for name in names if re.fullmatch("[A-Z]+[a-z][A-Za-z0-9]*", name))


def dialect(source: str) -> list[str]:
    """The docstrings, also those under constants, that have what is not plain."""
    texts = [
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    return [text for text in texts if DIALECT.search(text)]


@pytest.mark.parametrize("name", SOURCES)
def test_variables_are_nouns(name: str) -> None:
    """No variable, parameter or function is called each, found, told, said, asked or wanted."""
    assert riddles(SOURCES[name]) == []


@pytest.mark.parametrize("name", SOURCES)
def test_docstrings_are_plain(name: str) -> None:
    """No docstring needs the one above it, begins with "Whether" or says "beside"."""
    assert dialect(SOURCES[name]) == []


def test_variables_of_templates_are_nouns() -> None:
    """No page's template binds such a name in a loop, a `set` or a macro's parameters."""
    templates = sorted(PACKAGE.rglob("*.html"))
    bound = re.compile(r"{%-? *(?:for|set|macro \w+\()([^%]*?)(?: in |=|\)|%})")
    names = {path.name: re.findall(r"\w+", " ".join(bound.findall(path.read_text("utf-8")))) for path in templates}
    assert {"listed_client", "permission", "people"} <= {name for bound_here in names.values() for name in bound_here}
    assert {path: RIDDLES & {*bound_here} for path, bound_here in names.items() if RIDDLES & {*bound_here}} == {}


def test_classes_begin_with_a_capital() -> None:
    """No class is written in lower case."""
    lower = {
        (name, class_name)
        for name, source in SOURCES.items()
        for class_name in classes(source)
        if re.match("_*[a-z]", class_name)
    }
    assert lower == set()


def test_a_word_means_one_thing() -> None:
    """No two modules define a public class or type of the same name, but for those that have a reason."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module, source in SOURCES.items():
        for name in public_types(source):
            homes[name].append(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1 and name not in SHARED} == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("for each in rows: pass", ["each"]),
        ("rows = [each.id for each in rows]", ["each"]),
        ("def f(found, *, asked=None): pass", ["asked", "found"]),
        ("def _told(): pass", ["_told"]),
        ("if (said := f()): pass", ["said"]),
        ("import wanted_things as wanted", ["wanted"]),
        ("match x:\n    case [each, *found]: pass", ["each", "found"]),
        ("x = {'each': 1}; x.found = f(asked=1)", []),
        ("foundation = told_off = 1", []),
    ],
)
def test_a_riddle_is_caught(source: str, names: list[str]) -> None:
    """The search for names that say nothing sees each way to bind one, and leaves attributes, keys and longer words."""
    assert riddles(source) == names


def test_lower_case_dialect_and_types_are_caught() -> None:
    """The searches see a planted class, docstring and alias."""
    assert classes("class counted: pass\nclass Row:\n    class inner: pass") == ["counted", "Row", "inner"]
    assert list(public_types("Kind = str\nclass Row: pass\nROWS = 1\n_Row = 1\nT = 1\nclass _Hidden: pass")) == [
        "Kind",
        "Row",
    ]
    assert dialect('X = 1\n"""Whether it is."""\ndef f():\n    """It is beside it."""') == [
        "Whether it is.",
        "It is beside it.",
    ]
    for riddle in ("The same.", "The same for a page.", "Those of a client."):
        assert dialect(f'def f():\n    """{riddle}"""') == [riddle]
    assert dialect('"""True if it is, or besides."""') == []
    assert dialect('"""The same bytes as before."""') == []

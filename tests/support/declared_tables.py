"""What the rules declare beside functions, as lines: every number, text, table and parameter of a module.

`PYTHONPATH=tests python -m support.declared_tables` writes tests/core/declared_tables.txt anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import Enum
from operator import attrgetter, itemgetter
from types import ModuleType
from typing import Annotated, Any, Final, TypeVar, get_origin

from msgspec import Struct

from simulator.core import index
from simulator.core.endpoint import Operation
from simulator.core.gateway.parameters import Parameter
from support.rule_modules import rule_modules, short_name
from support.source_tree import ROOT

WRITTEN: Final = ROOT / "tests" / "core" / "declared_tables.txt"
ELSEWHERE: Final = {"run", "command", "names", "fields", "refusals"}
"""Fields that an operation's name says, or that other tests hold."""


def named(tree: ast.Module) -> Iterator[str]:
    """The names to which a module gives values."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            yield from (name for name in names if not name.startswith("__"))


PARAMETERS: Final = {
    id(value): name
    for module, tree in rule_modules()
    for name in named(tree)
    if isinstance(value := getattr(module, name, None), Parameter)
}
"""The names of parameters that have one."""


def shown(value: Any) -> str:
    """A value as a text that is the same in each run; "" if it is no data."""
    match value:
        case Enum():
            return value.name
        case bool() | int() | str() | bytes() | None:
            return repr(value)
        case Decimal():
            return str(value)
        case Mapping():
            return f"{{{', '.join(f'{shown(name)}: {shown(part)}' for name, part in value.items())}}}"
        case AbstractSet():
            return f"{{{', '.join(sorted(map(shown, value)))}}}"
        case tuple() | list():
            return f"({', '.join(PARAMETERS.get(id(part)) or shown(part) for part in value)})"
        case Struct():
            return f"{type(value).__name__}({', '.join(parts_of(value))})"
        case attrgetter() | itemgetter():
            return repr(value).removeprefix("operator.")
        case _ if hasattr(value, "pattern"):
            return repr(value.pattern)
        case _:
            return getattr(value, "__name__", "")


def parts_of(value: Any) -> Iterator[str]:
    """The fields of a value that say something."""
    defaults = dict(zip(value.__struct_fields__[::-1], value.__struct_defaults__[::-1], strict=False))
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if name not in ELSEWHERE and not (name in defaults and part == defaults[name]):
            yield f"{name}={shown(part)}"


def lines_of(module: ModuleType, name: str) -> Iterator[str]:
    """The lines about a name of a module: one for each operation, or for each entry of a table."""
    value: Any = getattr(module, name, None)
    place = f"{short_name(module)}.{name}"
    parts = [*value.values()] if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else []
    if any(isinstance(part, Operation) for part in parts):
        own = (
            [] if isinstance(value, Mapping) else [part for part in parts if part.command.__module__ == module.__name__]
        )
        yield from (f"{short_name(module)}: {shown(operation)}" for operation in own)  # not what joins those of others
    elif isinstance(value, Mapping):
        yield from (f"{place}[{shown(key)}] = {shown(part)}" for key, part in value.items())
    elif get_origin(value) is Annotated:
        yield f"{place} = {', '.join(map(repr, value.__metadata__))}"
    elif not isinstance(value, type | TypeVar) and get_origin(value) is None and (text := shown(value)):
        yield f"{place} = {text}"


def declared_lines() -> list[str]:
    """The lines of all modules, in the order of the modules."""
    modules = [(module, tree) for module, tree in rule_modules() if module is not index]  # which lists those of others
    return [line for module, tree in modules for name in named(tree) for line in lines_of(module, name)]


def written(_: str = "") -> str:
    """The whole file."""
    return "".join(f"{line}\n" for line in declared_lines())

"""The modules whose behaviour mutants change: the rules, the exchange and staging."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from support.source_tree import PACKAGE, ROOT

AREAS = ("simulator.core", "simulator.exchange", "simulator.scenario.staging")


@cache
def rule_modules() -> tuple[tuple[ModuleType, ast.Module], ...]:
    """These modules, each with its syntax tree."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
    return tuple(
        (importlib.import_module(name.removesuffix(".__init__")), ast.parse(path.read_text(encoding="utf-8")))
        for name, path in paths.items()
        if name.startswith(AREAS)
    )


def short_name(module: ModuleType) -> str:
    """The name of a module without the packages that all share."""
    return module.__name__.removeprefix("simulator.").removeprefix("core.")


def classes(kind: type) -> Iterator[Any]:
    """The classes of a kind that these modules make."""
    for module, _ in rule_modules():
        for made in vars(module).values():
            if isinstance(made, type) and issubclass(made, kind) and made.__module__ == module.__name__:
                yield made

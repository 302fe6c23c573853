"""The package `simulator.testing` on its own: the pytest plugin can load it without the rest of the simulator."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from support.source_tree import PACKAGE, imports

SOURCES = sorted((PACKAGE / "testing").glob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_it_imports_the_standard_library_and_itself(path: Path) -> None:
    """Its modules import each other relatively, because tests may have a package `simulator` of their own."""
    names = {name.split(".")[0] for name in imports(ast.parse(path.read_text(encoding="utf-8")))}
    assert names <= {"", "trio", *sys.stdlib_module_names}

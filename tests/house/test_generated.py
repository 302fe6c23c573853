"""`scripts/generate` writes every file that is made from declarations."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
from support.generated import files, outdated
from support.source_tree import ROOT

SUPPORT: Final = ROOT / "tests" / "support"
MAKERS: Final = {"written", "drawn"}
"""The functions of a module of `tests/support/` that make a file."""


def makers(source: str) -> list[str]:
    """The functions at the top of a source that make a file."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name in MAKERS]


def test_every_maker_is_called() -> None:
    """Each module of `tests/support/` that makes a file is one of those that `scripts/generate` calls."""
    made = {path.stem for path in SUPPORT.glob("*.py") if makers(path.read_text(encoding="utf-8"))}
    called = set(re.findall(r"\b(\w+)\.(?:written|drawn|page)\b", (SUPPORT / "generated.py").read_text("utf-8")))
    assert made <= called
    assert {name for name in called if not (SUPPORT / f"{name}.py").exists()} == set()


def test_every_file_is_there() -> None:
    """What is made stands in the checkout, and the script calls the module that knows it all."""
    assert [name for name in files() if not (ROOT / name).is_file()] == []
    assert "tests/support/generated.py" in (ROOT / "scripts" / "generate").read_text("utf-8")


def test_what_is_out_of_date_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose table is another one, and a file that is missing, are found with the text that they have to have."""
    page, module = tmp_path / "page.md", tmp_path / "module.py"
    page.write_text("text\nold table\n")
    written = {"page.md": lambda text: text.replace("old", "new"), "module.py": lambda _: "made\n"}
    monkeypatch.setattr("support.generated.files", lambda: written)
    assert list(outdated(tmp_path)) == [(page, "text\nnew table\n"), (module, "made\n")]
    for path, text in outdated(tmp_path):
        path.write_text(text)
    assert list(outdated(tmp_path)) == []

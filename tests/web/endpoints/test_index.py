"""The index of the endpoints: it says what the declarations say, and is not believed if they have changed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from simulator.core.endpoints import ENDPOINTS
from simulator.web.endpoints import index

MOST: Final = 157
"""How many modules of ours a start may import. Each costs a start a million instructions (docs/performance.md)."""
START: Final = """
import json, sys
from pathlib import Path
from simulator.web.endpoints import index
index.FILE = Path(sys.argv[1])
import simulator.cli, simulator.starting, simulator.banner, simulator.library_logs
from simulator.scenario.loader import load
from simulator.scenario.overrides import NOTHING, override
from simulator.web.server import create_app
app = create_app(override(load(), NOTHING), ("http://127.0.0.1:1",))
print(json.dumps(sorted(name for name in sys.modules if name.partition(".")[0] == "simulator")))
"""
"""A start on the index file that is its argument; it prints the modules of ours that it has imported."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An index file of the declarations as they are."""
    path = tmp_path / "endpoints.index"
    path.write_bytes(index.compiled())
    return path


def started(file: Path) -> set[str]:
    """The modules that a start imports."""
    ended = subprocess.run([sys.executable, "-c", START, str(file)], capture_output=True, text=True, check=True)
    return {*json.loads(ended.stdout)}


def test_the_file_says_what_the_declarations_say(file: Path) -> None:
    """The same methods and paths in the same order, each with its host and all its endpoints."""
    rows = index.stored(file)
    assert rows is not None
    assert rows == index.declared()
    assert [row.call for row in rows] == [*dict.fromkeys(endpoint.call for endpoint in ENDPOINTS)]
    for row in rows:
        endpoints = tuple(endpoint for endpoint in ENDPOINTS if endpoint.call == row.call)
        assert index.endpoints_of(row) == endpoints
        assert {endpoint.host for endpoint in endpoints} == {row.host}


def test_the_file_of_this_checkout_is_right() -> None:
    """A file that was made here is either one of other declarations, which is not used, or says the same."""
    assert index.stored(index.FILE) in (None, index.declared())


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"[[],0]", b"\xff", b'[[["GET /a","h",["no.such.module"]]],0]'])
def test_a_file_that_is_none_is_not_used(file: Path, text: bytes) -> None:
    """Whatever is in its place, the declarations are imported instead."""
    file.write_bytes(text)
    assert not index.stored(file)
    file.unlink()
    assert index.stored(file) is None


def test_every_module_that_makes_an_endpoint_is_looked_at(file: Path) -> None:
    """A helper that makes endpoints for the declarations of another module decides their hosts, or paths, as well."""
    rows = index.stored(file)
    assert rows is not None
    looked_at = {*index.JOINING, *(module for row in rows for module in row.modules)}
    for path in (index.ROOT / "simulator" / "core").rglob("*.py"):
        if re.search(r"\bEndpoint\(", path.read_text(encoding="utf-8")):
            assert ".".join(path.relative_to(index.ROOT).with_suffix("").parts) in looked_at


@pytest.mark.parametrize("module", ["endpoint", "endpoints", "account/accounts", "spot/orders_add", "spot/placed"])
def test_other_declarations_are_noticed(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """The file is not used if a source that it was made of is another one, or is not there."""
    shutil.copytree(index.ROOT / "simulator" / "core", tmp_path / "simulator" / "core")
    monkeypatch.setattr(index, "ROOT", tmp_path)
    assert index.stored(file)
    source = tmp_path / "simulator" / "core" / f"{module}.py"
    source.write_bytes(source.read_bytes() + b"#")
    assert index.stored(file) is None
    source.unlink()
    assert index.stored(file) is None


def test_a_start_imports_few_modules(file: Path) -> None:
    """No declaration of an endpoint, no section that the demo does not have, no engine of orders."""
    modules = started(file)
    declaring = {module for row in index.declared() for module in row.modules}
    assert modules & declaring == set()
    assert (
        modules
        & {
            "simulator.core.control.happenings",
            "simulator.core.trading.booking",
            "simulator.scenario.keys.faults",
            "simulator.scenario.keys.streams",
            "simulator.scenario.order_plans",
            "simulator.scenario.sections",
            "simulator.web.site",
        }
        == set()
    )
    assert len(modules) <= MOST


def test_without_the_file_a_start_imports_every_declaration(tmp_path: Path) -> None:
    """A fresh checkout serves the same endpoints."""
    declaring = {module for row in index.declared() for module in row.modules}
    assert started(tmp_path / "absent") >= declaring

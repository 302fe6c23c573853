"""The rooms that have wings: which folder or module of a room stands on which."""

from __future__ import annotations

import ast
from typing import Final

import pytest
from support.source_tree import PACKAGE, imports

WINGS: Final[dict[str, tuple[set[str], ...]]] = {
    "core": (
        {"value", "spec", "quoting", "lazy_pattern", "ordering"},
        {"nesting"},
        {"money", "choices", "data"},
        {"world"},
        {"mint", "refusals"},
        {"gateway"},
        {"endpoint"},
        {"funds"},
        {"trading"},
        {"passing"},
        {"fast_api", "account", "spot", "market", "broker_pro"},
        {"control", "stream"},
        {"endpoints"},
        {"index"},
        {"operations"},
        {"staged"},
    ),
    "scenario": (
        {"text"},
        {"format", "built_in_currencies", "built_in_symbols", "client_names", "staging"},
        {"keys"},
        {"given", "sections", "order_plans", "extending", "stream_section"},
        {"loader"},
        {"forking", "held_orders"},
        {"overrides"},
    ),
    "evidence": (
        {"credential_names", "encodings", "failures", "json_as_written", "order_messages", "secrets", "tally"},
        {"journal"},
        {"redaction", "filters", "checkpoints", "verification", "signatures"},
        {"diagnosis", "changes"},
        {"views"},
        {"har", "log_lines", "lives", "races", "drift", "readiness"},
    ),
    "web": (
        {"json_schema", "guards", "own_trading"},
        {"wire"},
        {"work"},
        {"endpoints"},
        {"routing"},
        {"pages", "recording"},
        {"control"},
        {"dashboard"},
        {"gate"},
        {"site", "stream"},
        {"app"},
        {"server", "own_answers"},
    ),
}
"""Room -> its wings from the ground up. A wing, a folder or a module, imports from the levels below it and no other."""


def wing(dotted: list[str]) -> str:
    """The wing of a module of a room with wings: the second part of its name."""
    return dotted[1] if len(dotted) > 1 else "__init__"


def arrows_up(room: str, here: str, source: str) -> list[str]:
    """Imports within a room that point to a wing of the same level or of a higher one."""
    level = {name: number for number, names in enumerate(WINGS[room]) for name in names}
    wrong = []
    for name in imports(ast.parse(source)):
        first, *rest = name.split(".")
        there = wing(rest) if first == "simulator" and rest[:1] == [room] else here
        if there != here and level[there] >= level[here]:
            wrong.append(f"{room}: {here} -> {there}")
    return wrong


@pytest.mark.parametrize("room", WINGS)
def test_wings_stand_on_each_other(room: str) -> None:
    """Every folder and module of a room has its level, and imports only from the levels below."""
    files = [path for path in (PACKAGE / room).rglob("*.py") if path != PACKAGE / room / "__init__.py"]
    wings = {path: wing(list(path.relative_to(PACKAGE).with_suffix("").parts)) for path in files}
    assert set().union(*WINGS[room]) == set(wings.values())
    wrong = [arrow for path in files for arrow in arrows_up(room, wings[path], path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_an_arrow_up_is_found() -> None:
    """The walk sees an import of a higher wing, in whatever form it is written."""
    assert arrows_up("core", "funds", "from simulator.core.account import accounts") == ["core: funds -> account"]
    assert arrows_up("core", "gateway", "from simulator.core import refusals, operations") == [
        "core: gateway -> operations"
    ]
    assert arrows_up("core", "account", "from simulator.core.market.server import x") == ["core: account -> market"]
    assert arrows_up("core", "account", "from simulator.core.funds import balances\nimport re") == []

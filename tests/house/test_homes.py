"""A rule's home is found from the folder listing: its section says in which wing of the core it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

LEDGER: Final = Path(__file__).parents[2] / "simulator" / "core" / "rules.md"
ROW: Final = re.compile(r"^\| ([\w.]+/[\w-]+) \|.* \| (simulator/\S+\.py):\S+ \| tests/\S+ \|$", re.MULTILINE)
HOMES: Final[list[tuple[str, str]]] = ROW.findall(LEDGER.read_text(encoding="utf-8"))
"""Rule -> the file that is its home."""
SPEC: Final = "core/spec.py"
"""What the page prints as a number or a word."""
WINGS: Final = (
    (r"s1/.*", {SPEC}),
    (r"s2/ip-lists", {"core/gateway"}),
    (r"s[2-7](\.\d)?/.*", {"core/fast_api", SPEC}),
    (r"s8\.1/.*", {"core/fast_api"}),
    (r"s8\.2/(headers|timestamp|amount-positive)", {"core/gateway"}),
    (r"s8\.2/.*", {"core/fast_api", "core/funds", SPEC}),
    (r"s9/.*", {"core/funds", SPEC}),
    (r"signing/.*", {"core/gateway", SPEC}),
    (r"rest/(permissions|pools|rate-pools|rate-window|page-size)", {"core/gateway"}),
    (r"rest/rate-headers", {"web/endpoints"}),
    (r"rest/(currencies|status|my-ip|markets)", {"core/market"}),
    (r"rest/broker-.*", {"core/broker_pro"}),
    (r"rest/phone", {"core/funds"}),
    (r"rest/permission-words", {SPEC}),
    (r"rest/.*", {"core/account"}),
)
"""Sections of the ledger in order, and where their rules stand: wings, or a module of the core itself."""


def place(file: str) -> str:
    """The wing of a file, or the file if it stands in no wing."""
    parts = file.removeprefix("simulator/").split("/")
    return "/".join(parts[:2])


def misplaced(rule: str, file: str) -> str:
    """What is wrong with a rule's home; "" if nothing is. A hole has no section of its own, so it can be anywhere."""
    wings = next((wings for pattern, wings in WINGS if re.fullmatch(pattern, rule)), None)
    if wings is None:
        return "" if rule.startswith("H") else f"no wing is known for {rule}"
    return "" if place(file) in wings else f"{rule} stands in {place(file)}, and not in {' or '.join(sorted(wings))}"


@pytest.mark.parametrize(("rule", "file"), HOMES, ids=[rule for rule, _ in HOMES])
def test_a_home_is_in_the_wing_of_its_section(rule: str, file: str) -> None:
    """Every rule of the page and of KuCoin's reference stands in the wing of its section."""
    assert misplaced(rule, file) == ""


def test_every_rule_is_looked_at() -> None:
    """All rows are read, and each pattern is some rule's."""
    rules = [rule for rule, _ in HOMES if not rule.startswith("H")]
    assert len(rules) >= 80
    assert {next(pattern for pattern, _ in WINGS if re.fullmatch(pattern, rule)) for rule in rules} == {
        pattern for pattern, _ in WINGS
    }


@pytest.mark.parametrize(
    ("rule", "file"),
    [
        ("s6.1/kinds", "simulator/core/gateway/paging.py"),
        ("rest/accounts", "simulator/core/accounts.py"),
        ("s10/new", "simulator/core/fast_api/tokens.py"),
    ],
)
def test_a_wrong_home_is_noticed(rule: str, file: str) -> None:
    """A home in another wing, outside all wings, or of an unknown section, is seen."""
    assert misplaced(rule, file) != ""

"""docs/architecture.md is the house as it is, and every rule lives in the wing of its section."""

from __future__ import annotations

import re

import pytest
from house.test_rules import ROWS, Row
from support.generated import OUTDATED
from support.house_map import CONSTITUTION, MARK, PACKAGE, PAGE, PLACES, ROOT, drawn, place_of, tables, wing_of

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_map_is_the_house() -> None:
    """Every table of the page is there once and says what arrows, wings, docstrings and the ledger say."""
    assert sorted(mark[2] for mark in MARK.finditer(TEXT)) == sorted(tables())
    assert drawn(TEXT) == TEXT, OUTDATED


def test_a_map_that_is_out_of_date_is_caught() -> None:
    """A planted wing, a missing room and a sentence that was changed by hand are made good, so they are seen."""
    line = next(line for line in TEXT.splitlines() if line.startswith("| `core` |"))
    for wrong in (TEXT.replace(line + "\n", ""), TEXT.replace(line, line + "\n| `attic` | Dust. | - |")):
        assert wrong != TEXT
        assert drawn(wrong) == TEXT


def test_every_wing_says_what_it_is() -> None:
    """No room or wing of the map is without a sentence."""
    rows = [row for table in tables().values() for row in table.splitlines()[2:]]
    assert len(rows) > 70
    assert [row for row in rows if "|  |" in row] == []


def test_places_exist() -> None:
    """Every wing of the table of places is there, and every row of it is the first for some rule."""
    homes = {home for place in PLACES for home in place.homes}
    found = {home: PACKAGE.joinpath(*home.split(".")) for home in homes}
    assert [home for home, path in found.items() if not (path.is_dir() or path.with_suffix(".py").is_file())] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_rule_lives_in_the_wing_of_its_section(row: Row) -> None:
    """A newcomer who knows the section finds the home of a rule from the folder listing."""
    place = place_of(row.id)
    assert place, f"say in house_map.PLACES where rules like {row.id} live"
    assert wing_of(row.home.partition(":")[0]) in {*place.homes, *CONSTITUTION}


@pytest.mark.parametrize(
    ("rule", "file", "right"),
    [
        ("s9/rate", "simulator/core/funds/fees.py", True),
        ("s9/rate", "simulator/core/spec.py", True),
        ("s9/rate", "simulator/core/account/quotas.py", False),
        ("s7.2/answer", "simulator/core/fast_api/tokens.py", True),
        ("s7.2/answer", "simulator/web/endpoints/desk.py", False),
        ("rest/broker-users", "simulator/core/account/accounts.py", False),
        ("H61/staged", "simulator/exchange.py", True),
    ],
)
def test_a_rule_in_another_wing_is_caught(rule: str, file: str, right: bool) -> None:
    """The check sees a rule of one chapter in the wing of another."""
    place = place_of(rule)
    assert place
    assert (wing_of(file) in {*place.homes, *CONSTITUTION}) is right


def test_what_the_page_names_is_there() -> None:
    """Files and wings that the text names in code type exist."""
    prose = MARK.sub("", TEXT)
    names = set(re.findall(r"`((?:core|web|evidence|scenario)/\w+)/?`", prose))
    assert len(names) > 10
    paths = {name: PACKAGE / name for name in names}
    assert [name for name, path in paths.items() if not (path.is_dir() or path.with_suffix(".py").exists())] == []
    links = re.findall(r"\]\(([^)]+)\)", prose)
    assert [link for link in links if not (PAGE.parent / link).resolve().exists()] == []
    assert re.findall(r"`(test_\w+\.py)`", prose) != []
    assert [
        name for name in re.findall(r"`(test_\w+\.py)`", prose) if not (ROOT / "tests" / "house" / name).exists()
    ] == []

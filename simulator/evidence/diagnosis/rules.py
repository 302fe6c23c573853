"""The ledger `core/rules.md` as data. It is read when the first rule is asked for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

from simulator.core.value import Value

RULES_END: Final = "## Errors whose code nobody published"
"""The heading after which the ledger lists reasons and no rules."""
COLUMNS: Final = 7


class Rule(Value, frozen=True):
    """One row of the ledger.

    `quote` is the page's wording, "" if the page says nothing. `source` has names of the table in the ledger's head.
    """

    id: str
    quote: str
    reading: str
    grade: str
    source: str
    home: str
    test: str

    @property
    def section(self) -> str:
        """`s6.3` for a section of the page, `H05` for a hole in it, `signing` or `rest` for KuCoin's other pages."""
        return self.id.partition("/")[0]

    def as_data(self) -> dict[str, Any]:
        """The rule as JSON data."""
        return {
            "id": self.id,
            "section": self.section,
            "quote": self.quote,
            "reading": self.reading,
            "grade": self.grade,
            "source": self.source,
            "home": self.home,
            "test": self.test,
        }


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its id, in the ledger's order."""
    text = files("simulator.core").joinpath("rules.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.partition(RULES_END)[0].splitlines()
        if line.startswith("|")
    ]
    parsed = [Rule(row[0], _quote(row[1]), *row[2:]) for row in rows if len(row) == COLUMNS and "/" in row[0]]
    return {rule.id: rule for rule in parsed}


def _quote(cell: str) -> str:
    return "" if cell == "-" else cell.strip("`")


def of_section(section: str) -> list[Rule]:
    """The rules of a section (`s6.3`, or `s8` for all of its subsections) or of a hole in the page (`H05`)."""
    return [rule for rule in rules().values() if rule.section == section or rule.section.startswith(f"{section}.")]

"""The list of mutants that nobody can tell from the original: `scripts/mutate` ends if one of them is out of date."""

from __future__ import annotations

import re
from typing import Final

from support.source_tree import ROOT

LIST: Final = ROOT / "scripts" / "mutation" / "accepted.txt"


def _out_of_date(listed: str) -> list[str]:
    """The lines before a change that their module does not have."""
    path, gone = "", []
    for line in listed.splitlines():
        if re.fullmatch(r"simulator/\S+\.py", line):
            path = line
        elif line.startswith("- "):
            text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
            if line[2:] not in " ".join(text.split()):
                gone.append(f"{path}: {line[2:]}")
    return gone


def test_every_accepted_mutant_is_of_a_line_that_there_is() -> None:
    """Each line that the list names stands in its module."""
    listed = LIST.read_text(encoding="utf-8")
    assert listed.count("\n- ") > 5
    assert _out_of_date(listed) == []


def test_a_line_that_is_gone_is_caught() -> None:
    """A line that the module does not have, and a module that there is not, are found."""
    assert _out_of_date("simulator/version.py\n- no such line\n+ x") == ["simulator/version.py: no such line"]
    assert _out_of_date("simulator/nothing.py\n- import x\n+ x") == ["simulator/nothing.py: import x"]

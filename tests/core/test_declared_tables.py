"""What the rules declare beside functions: every number, text and table of a module, written down once more.

A test that reads a value by its name notices no change of the value. declared_tables.txt has each one as it is, so
that nobody changes one by mistake: a limit of KuCoin's, how long something lives, what a word means, what is needed.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.declared_tables import WRITTEN, declared_lines
from support.generated import OUTDATED

from simulator.core import spec
from simulator.core.gateway import parameters
from simulator.core.stream import families


def test_every_name_that_is_data() -> None:
    """declared_tables.txt is what the modules declare; `scripts/generate` writes a change that is meant."""
    lines, page = declared_lines(), WRITTEN.read_text(encoding="utf-8").splitlines()
    changed = [f"+ {line}" for line in lines if line not in page] + [f"- {line}" for line in page if line not in lines]
    assert changed == [], OUTDATED
    assert lines == page


def test_a_change_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another number, another flag of a parameter, and another word in a table each change a line."""
    before = {*declared_lines()}
    monkeypatch.setattr(spec, "DAY", spec.DAY + 1)
    monkeypatch.setattr(parameters, "CHAIN", replace(parameters.CHAIN, required=True))
    monkeypatch.setitem(families.FIRST, "/bogus", families.FIRST["/market/ticker"])
    assert {*declared_lines()} - before == {
        "spec.DAY = 86400001",
        "gateway.parameters.CHAIN = Text(name='chain', required=True)",
        "stream.families.FIRST['/bogus'] = first_ticker",
    }

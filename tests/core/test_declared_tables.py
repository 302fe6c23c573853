"""What the rules declare beside functions: every number, text and table of a module, written down once more.

A test that reads a value by its name notices no change of the value. declared_tables.txt has each one as it is, so
that nobody changes one by mistake: a limit of KuCoin's, how long something lives, what a word means, what is needed.
"""

from __future__ import annotations

from support.declared_tables import PAGE, declared_lines


def test_every_name_that_is_data() -> None:
    """declared_tables.txt is what the modules declare; if a change is meant, the command in the message writes it."""
    lines, page = declared_lines(), PAGE.read_text(encoding="utf-8").splitlines()
    changed = [f"+ {line}" for line in lines if line not in page] + [f"- {line}" for line in page if line not in lines]
    assert changed == [], "is it meant? then: PYTHONPATH=tests python -m support.declared_tables"
    assert lines == page

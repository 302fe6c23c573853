"""docs/mutants.md, made of the mutants and their matrix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from support.mutants.matrix import BREAKS, UNTOUCHED
from support.mutants.styles import NAMES
from support.mutants.table import HELD, MUTANTS, STAGES

PAGE: Final = Path(__file__).parents[2] / "docs" / "mutants.md"


def head() -> str:
    """What the page is about."""
    broken = {situation for situations in BREAKS.values() for situation in situations}
    return f"""# Mutants

How it is known that a report of readiness does not lie. The tests have one careful broker in three styles: *retry*
tries again whatever is safe to try again, *reconcile* looks before it acts and after it, and *re-login* knows one cure
for all trouble with tokens and keys. They are played on {len(STAGES)} stages, on which users, the network and time do
what the [situations](situations.md) say. All three are green: nothing that they do is called broken.

Then one mistake at a time is put into a careful broker. Each of these {len(MUTANTS)} mutants breaks exactly the
situations that stand in its row, and no other one. Together they break {len(broken)} of the {len(HELD)} situations.

This page is generated from the mutants and their matrix in `tests/support/mutants/`; `tests/readiness/` plays
them.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([head(), *matrix(), *untouched()])


def matrix() -> Iterator[str]:
    """A row a mutant."""
    yield "## The matrix"
    yield ""
    yield "| mutant | style | the broker | breaks |"
    yield "|---|---|---|---|"
    for mutant in MUTANTS:
        broken = ", ".join(f"`{situation}`" for situation in BREAKS[mutant.name])
        yield f"| `{mutant.name}` | {NAMES[mutant.style]} | {mutant.does} | {broken} |"
    yield ""


def untouched() -> Iterator[str]:
    """The situations that no mutant breaks."""
    yield "## What no mutant breaks"
    yield ""
    yield "| situation | why |"
    yield "|---|---|"
    for situation, why in UNTOUCHED.items():
        yield f"| `{situation}` | {why} |"
    yield ""

"""The second list of the ledger, made from the reasons: errors whose code nobody published."""

from __future__ import annotations

from typing import Final

from simulator.core.refusals import Reason

HEADING: Final = "## Errors whose code nobody published"
RULE: Final = "|---|---|\n"


def written(ledger: str) -> str:
    """The ledger with the list of now, which is its end."""
    before, heading, behind = ledger.partition(HEADING)
    head, rule, _ = behind.partition(RULE)
    rows = [f"| {reason.name} | {reason.denial.meaning} |\n" for reason in Reason if reason.denial.code is None]
    return before + heading + head + rule + "".join(rows)

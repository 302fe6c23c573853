"""The table of docs/reasons.md, made from the closed list of reasons."""

from __future__ import annotations

from typing import Final

from simulator.core.refusals import Reason

HEAD: Final = (
    "| reason | status | code | text | meaning | source | grade | RFC 6749 |",
    "|---|---|---|---|---|---|---|---|",
)


def row(reason: Reason) -> str:
    """A line of the table."""
    denial = reason.denial
    code = f"`{denial.code}`" if denial.code else "-"
    oauth = f"`{denial.oauth}`" if denial.oauth else "-"
    cells = [f"`{reason.name}`", str(denial.status), code, denial.text, denial.meaning, denial.rule]
    return f"| {' | '.join([*cells, denial.grade.value, oauth])} |"


def written(page: str) -> str:
    """The page with the table of now, which is its end."""
    return page.partition(HEAD[0])[0] + "\n".join([*HEAD, *map(row, Reason)]) + "\n"

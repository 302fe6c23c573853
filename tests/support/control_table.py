"""The table of docs/control.md, made from the declarations of the control surface."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.routes import CALLS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "control.md"
HEADING: Final = "\n## Every call\n"
HEAD: Final = ("| call | does | query | body |", "|---|---|---|---|")


def row(call: ControlCall) -> str:
    """One line of the table."""
    query = ", ".join(f"`{parameter.name}`" for parameter in call.query)
    brief = call.body.brief() if call.body else ""
    body = f"`{brief}`" if brief.endswith("}") else brief
    return f"| `{call.target}` | {call.summary.removesuffix('.')} | {query or '-'} | {body or '-'} |"


def table() -> str:
    """The table."""
    return "\n".join([*HEAD, *map(row, CALLS)]) + "\n"


def written(page: str) -> str:
    """The page with the table of now."""
    head, heading, section = page.partition(HEADING)
    return f"{head}{heading}{section.partition(HEAD[0])[0]}{table()}"

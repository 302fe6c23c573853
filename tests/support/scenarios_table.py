"""The catalogue in docs/scenarios.md, made from the first comment of each shipped scenario."""

from __future__ import annotations

import re
from typing import Final

from simulator.scenario.loader import builtin, comment

HEAD: Final = "| scenario | situation | finds |\n|---|---|---|\n"


def catalogue() -> str:
    """The table: what each scenario stages, and what it finds."""
    rows = []
    for path in builtin():
        stages, _, finds = comment(path.read_text("utf-8")).partition(" Finds ")
        rows.append(f"| [{path.stem}](../scenarios/{path.name}) | {stages} | {finds} |\n")
    return HEAD + "".join(rows)


def written(page: str) -> str:
    """The page with the catalogue of now."""
    before, _, behind = page.partition(HEAD)
    return before + catalogue() + re.sub(r"\A(?:\|.*\n)+", "", behind)

"""Build hook: beside each shipped scenario, the nodes of its YAML, so that a start needs no YAML parser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ScenarioNodes(BuildHookInterface):
    """Writes `scenarios/*.nodes`, which go into the wheel with the scenarios; an editable install reads them there."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is made."""
        compile_all(Path(self.root))


def compile_all(root: Path) -> None:
    """Write the nodes of every scenario of a checkout."""
    sys.path.insert(0, str(root))
    try:
        from simulator.scenario.text.compiled import SUFFIX, compiled
        from simulator.scenario.text.parsing import parse
    finally:
        sys.path.remove(str(root))
    for path in sorted((root / "scenarios").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        path.with_suffix(SUFFIX).write_bytes(compiled(text, parse(text, "")))


if __name__ == "__main__":
    compile_all(Path(__file__).parent)

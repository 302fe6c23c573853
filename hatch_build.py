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
        """Before the wheel is made. Nothing else that lies beside the scenarios goes into it."""
        files = compile_all(Path(self.root))
        if version != "editable":
            build_data["force_include"] |= {str(file): f"simulator/scenarios/{file.name}" for file in files}


def compile_all(root: Path) -> list[Path]:
    """Write the nodes of every scenario of a checkout. The files of both are returned."""
    sys.path.insert(0, str(root))
    try:
        from simulator.scenario.text.compiled import SUFFIX, compiled
        from simulator.scenario.text.parsing import parse
    finally:
        sys.path.remove(str(root))
    files = []
    for path in sorted((root / "scenarios").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        path.with_suffix(SUFFIX).write_bytes(compiled(text, parse(text, "")))
        files += [path, path.with_suffix(SUFFIX)]
    return files


if __name__ == "__main__":
    compile_all(Path(__file__).parent)

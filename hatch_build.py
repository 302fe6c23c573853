"""Build hook: what a start would otherwise work out each time, so that it needs no YAML parser and few declarations.

Beside each shipped scenario the nodes of its YAML; beside the routing, which module declares each endpoint.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Compiled(BuildHookInterface):
    """Writes `*.nodes` and `endpoints.index`, which go into the wheel; an editable install reads them in place."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is made. Nothing else that lies beside the scenarios goes into it."""
        files = compile_all(Path(self.root))
        if version != "editable":
            build_data["force_include"] |= {str(file): place for file, place in files.items()}


def compile_all(root: Path) -> dict[Path, str]:
    """Write all these files of a checkout. They and the shipped scenarios are returned, with places in a wheel."""
    sys.path.insert(0, str(root))
    try:
        from simulator.scenario.text.compiled import SUFFIX, compiled
        from simulator.scenario.text.parsing import parse
        from simulator.web.endpoints import index
    finally:
        sys.path.remove(str(root))
    files = {root / index.FILE.relative_to(index.ROOT): index.FILE.relative_to(index.ROOT).as_posix()}
    for file in files:
        file.write_bytes(index.compiled())
    for path in sorted((root / "scenarios").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        path.with_suffix(SUFFIX).write_bytes(compiled(text, parse(text, "")))
        files |= {file: f"simulator/scenarios/{file.name}" for file in (path, path.with_suffix(SUFFIX))}
    return files


if __name__ == "__main__":
    compile_all(Path(__file__).parent)

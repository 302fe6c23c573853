"""Every file that is made from declarations: `scripts/generate` writes those that are out of date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
OUTDATED: Final = "out of date: run `scripts/generate`"
Written = Callable[[str], str]
"""What a file has to be, from what it is: the text around its tables stays."""


def files() -> dict[str, Written]:
    """Each file below the root, with the function that makes it."""
    from support import (
        client_calls,
        command_table,
        control_table,
        declared_tables,
        declared_words,
        endpoints_table,
        explained_refusals,
        house_map,
        mutants_page,
        played_day,
        pushed_messages,
        reasons_table,
        scenarios_table,
        situations_page,
        unpublished_codes,
    )

    return {
        "docs/architecture.md": house_map.drawn,
        "docs/command-line.md": command_table.written,
        "docs/control.md": control_table.written,
        "docs/endpoints.md": endpoints_table.written,
        "docs/mutants.md": lambda _: mutants_page.page(),
        "docs/reasons.md": reasons_table.written,
        "docs/scenarios.md": scenarios_table.written,
        "docs/situations.md": lambda _: situations_page.page(),
        "simulator/core/rules.md": unpublished_codes.written,
        "tests/core/declared_tables.txt": declared_tables.written,
        "tests/core/declared_words.txt": declared_words.written,
        "tests/core/explained_refusals.txt": lambda _: explained_refusals.written(),
        "tests/core/played_day.txt": played_day.written,
        "tests/core/stream/pushed_messages.txt": pushed_messages.written,
        **{f"simulator/testing/{name}": partial(client_calls.written, name) for name in client_calls.MODULES},
    }


def outdated(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Each file that is not what it has to be, and what that is."""
    for name, written in files().items():
        path = root / name
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        if (text := written(present)) != present:
            yield path, text


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    for outdated_path, right_text in outdated():
        outdated_path.write_text(right_text, encoding="utf-8")
        sys.stdout.write(f"{outdated_path.relative_to(ROOT)}\n")

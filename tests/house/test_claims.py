"""Flags and variables that the pages name are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from support.source_tree import PACKAGE, ROOT

from simulator.cli import PREFIX, main
from simulator.commands import COMMANDS, command_of

PLUGIN: Final = ROOT / "pytest_kucoin.py"
PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOREIGN: Final = {
    **dict.fromkeys(("--build", "--exit-code-from"), "docker compose"),
    **dict.fromkeys(("--rm", "--cap-add", "--security-opt"), "docker run"),
    **dict.fromkeys(("--fail", "--fail-with-body", "--noproxy", "--proxy"), "curl"),
    **dict.fromkeys(("--enable-optimizations", "--enable-shared"), "how Python was built"),
    **dict.fromkeys(("--quick", "--tool", "--uvloop"), "scripts of benchmarks/"),
    "--map-user": "unshare",
    "--no-daemon": "Gradle",
    "--test": "node",
    "--help": "every command",
}
"""Flags of others that the pages name, and whose they are."""
FLAG: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
VARIABLE: Final = re.compile(rf"\b{PREFIX}_[A-Z_]+\b")
COMPLETION: Final = "COMPLETE"
"""The variable by which click's completion works; the prefix stands before it."""


def options(command: click.Command | None, name: str = PREFIX) -> Iterator[tuple[str, click.Option]]:
    """Every option of a command and of those below it, with the variable that click makes for it."""
    assert command is not None
    for option in command.params:
        if isinstance(option, click.Option):
            yield re.sub(r"\W", "_", f"{name}_{option.name}").upper(), option
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            yield from options(below, f"{name}_{word}")


OPTIONS: Final = [
    *options(main),
    *(pair for name in COMMANDS for pair in options(command_of(name), f"{PREFIX}_{name}")),
]
SOURCES: Final = "\n".join(path.read_text(encoding="utf-8") for path in [*sorted(PACKAGE.rglob("*.py")), PLUGIN])
FLAGS: Final = {
    *(flag for _, option in OPTIONS for flag in (*option.opts, *option.secondary_opts)),
    *re.findall(r'"(--kucoin-[a-z-]+)"', PLUGIN.read_text(encoding="utf-8")),
}
VARIABLES: Final = {
    *(variable for variable, _ in OPTIONS),
    *VARIABLE.findall(SOURCES),
    f"{PREFIX}_{COMPLETION}",
}


def unknown(text: str) -> set[str]:
    """The flags and the variables of ours in a text that nothing reads."""
    return ({*FLAG.findall(text)} - FLAGS - FOREIGN.keys()) | ({*VARIABLE.findall(text)} - VARIABLES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_flags_and_variables_are_there(page: Path) -> None:
    """Each flag that a page names is an option of ours or of a named program, and each variable is read somewhere."""
    assert unknown(page.read_text(encoding="utf-8")) == set()


def test_foreign_flags_are_named() -> None:
    """No program of others is listed for a flag that no page names, or that is ours."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert FOREIGN.keys() - {*FLAG.findall(text)} == set()
    assert FOREIGN.keys() & FLAGS == set()


def test_a_false_claim_is_caught() -> None:
    """A flag or a variable that is planted is seen; what is there is not."""
    assert unknown(f"pass `--bogus-flag` or set `{PREFIX}_BOGUS=1`") == {"--bogus-flag", f"{PREFIX}_BOGUS"}
    assert unknown(f"pass `--scenario demo` or set `{PREFIX}_SCENARIO=demo`") == set()

"""The tables of docs/command-line.md, made from the commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from simulator.commands import COMMANDS, command_of
from simulator.launch.doctor.verdict import CHECKS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "command-line.md"
COMMANDS_HEAD: Final = "| command | does | options |\n|---|---|---|\n"
CHECKS_HEAD: Final = "| layer | finding | what is checked | what to do |\n|---|---|---|---|\n"
SHARED: Final = {"--url", "--workspace", "--control-token", "--json"}
"""Options that the page explains once."""
TABLE: Final = r"(?:\|.*\n)+"


def _leaves() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command = command_of(name)
        assert command is not None
        is_group = isinstance(command, click.Group)
        if not is_group or command.invoke_without_command:  # type: ignore[attr-defined]  # it is a group
            yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {verb}", below) for verb, below in command.commands.items())


def _row(name: str, command: click.Command) -> str:
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
    options = [
        f"`{p.opts[0]}{'' if p.is_flag else f' {_metavar(p, command)}'}`"
        for p in command.params
        if isinstance(p, click.Option) and p.opts[0] not in SHARED
    ]
    does = " ".join((command.help or "").partition("\n\n")[0].split()).removesuffix(".")
    usage = " ".join([name, *arguments])
    return " | ".join(["", _cell(f"`{usage}`"), _cell(does), _cell(", ".join(options)) or "-", ""]).strip()


def _metavar(parameter: click.Option, command: click.Command) -> str:
    return parameter.make_metavar(click.Context(command))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def commands() -> str:
    """The table of the commands."""
    return COMMANDS_HEAD + "".join(f"{_row(*leaf)}\n" for leaf in _leaves())


def checks() -> str:
    """The table of what the doctor looks at."""
    rows = [
        (check.layer.value, f"`{check.id}`{' (a note)' if check.harmless else ''}", check.about, check.fix)
        for check in CHECKS
    ]
    return CHECKS_HEAD + "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)


def written(page: str) -> str:
    """The page with the tables of now."""
    for head, table in ((COMMANDS_HEAD, commands()), (CHECKS_HEAD, checks())):
        before, _, behind = page.partition(head)
        page = before + table + re.sub(f"\\A(?:{TABLE})?", "", behind)
    return page

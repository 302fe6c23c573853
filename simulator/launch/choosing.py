"""Which mechanism leads a command.

`auto` is `hooks`: they work on every system and in every container, cost nothing, and leave the command its network. It
is `namespace` if the command itself is something that hooks cannot be in, and a namespace can be made here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from simulator.launch.blind import is_tool, isolated, names_kucoin, program_of, reason


class Choice(NamedTuple):
    """A mode, a line about it, and why the command must not run ("" = it may)."""

    mode: str
    why: str = ""
    refusal: str = ""


def choose(mode: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Choice:
    """The mode for a command, which would run in this environment with hooks."""
    if mode in {"plain", "proxy", "namespace"}:
        return Choice(mode)
    program = program_of(arguments, environment)
    why = "" if is_tool(program) else reason(program)
    if not (why and (isolated(program.arguments) or names_kucoin(program))):
        return Choice("hooks")
    if mode == "hooks":
        return Choice("hooks", refusal=f"the command was not started: {why}")
    from simulator.launch.namespace import unavailable

    obstacle = unavailable()
    if obstacle is None:
        return Choice("namespace", f"mode namespace, because {why.rpartition(': ')[0]}")
    return Choice("hooks", refusal=f"the command was not started: {why}. No namespace can be made here: {obstacle}")
